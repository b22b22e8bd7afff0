"""Who was told something of this installation, and what of that can be taken back.

A destination stays in this list when another takes its place, for it keeps what it has.
"""

from collections.abc import Iterator
from dataclasses import replace

from .. import clock
from ..const import ATTR_ONBOARDED, ATTR_PREFERENCES, ATTR_UUID
from ..models import Deletion, Destination, Matter, Told
from ..settings import DEVICE_DATABASE, known, shares_choices, shares_keys, usable
from ..tiers import BASE
from .schema import ATTR_LEFT, ATTR_SENT, ATTR_STAYS, ATTR_SUBMISSION_IDENTIFIER
from .store import ConsentStore, Record


def deletes(url: str) -> bool:
    """Tell whether reports that an address got can be taken back: not from Home Assistant's own."""
    address = usable(url)
    return address is not None and known(address) is None


def told(store: ConsentStore, database: Destination) -> tuple[Told, ...]:
    """Return who has something of this installation; `database` is where snapshots go now."""
    return (*_by_reports(store), *_by_snapshots(store, _holder(database)))


def take_back(store: ConsentStore, database: Destination, item: Told) -> None:
    """Drop the id that an address knows, and let its deletion wait where there is such a thing."""
    if item.matter is Matter.SNAPSHOTS:
        _drop_identifier(store, _holder(database), item)
        return
    uuid = store.records.get(item.url, {}).get(ATTR_UUID)
    if uuid is None:
        return
    left = {} if item.deletes else {ATTR_LEFT: clock.wall()}
    store.update(item.url, {ATTR_UUID: None, **left})
    if item.deletes:
        deletion = Deletion(url=item.url, uuid=uuid, since=store.now)
        store.put_deletions((*store.deletions, deletion))


def leave_all(store: ConsentStore, database: Destination) -> None:
    """Drop all ids, for they may be another installation's too; the choices stay.

    Who is still told something is asked to delete what it has under the old one. Nobody else is:
    that would be a request that nobody has asked for.
    """
    for item in told(store, database):
        record = store.records.get(item.url, {})
        shares = bool(record.get(ATTR_PREFERENCES, {}).get(BASE.name)) and not item.stays
        take_back(store, database, replace(item, deletes=item.deletes and shares))
    store.drop_all_ids()


def leave(store: ConsentStore, url: str) -> None:
    """Take the user's word that what an address has stays there."""
    store.update(url, {ATTR_STAYS: True})


def ask_again(store: ConsentStore, url: str) -> bool:
    """Let that word end, for it was about what an address had until then; False without one."""
    stays = bool(store.records.get(url, {}).get(ATTR_STAYS))
    if stays:
        store.update(url, {ATTR_STAYS: False})
    return stays


def _by_reports(store: ConsentStore) -> Iterator[Told]:
    waiting = {deletion.url for deletion in store.deletions}
    records = store.records
    for url in sorted(waiting | records.keys()):
        record = records.get(url, {})
        matter = Matter.REPORTS if url in waiting else _matter(url, record)
        identified = record.get(ATTR_UUID) is not None
        if identified or url in waiting or ATTR_LEFT in record:
            yield Told(
                matter=matter,
                url=url,
                identified=identified,
                deletes=matter is Matter.REPORTS and deletes(url),
                left=record.get(ATTR_LEFT),
                stays=record.get(ATTR_STAYS, False),
            )


def _matter(url: str, record: Record) -> Matter:
    """Tell what an address gets: reports go nowhere that was not decided about, as none of these.

    A server for crash reports is confirmed, and *Diagnostics* decided about elsewhere.
    """
    decided = record.get(ATTR_ONBOARDED) or shares_choices(url)
    return Matter.REPORTS if decided else Matter.CRASH_REPORTS


def _by_snapshots(store: ConsentStore, holder: str) -> Iterator[Told]:
    for url in sorted({holder, *store.databases}):
        record = store.databases.get(url, {})
        known_by = store.shared if url == holder else record
        identified = known_by.get(ATTR_SUBMISSION_IDENTIFIER) is not None
        if identified or record.get(ATTR_SENT) is not None or ATTR_LEFT in record:
            yield Told(
                matter=Matter.SNAPSHOTS,
                url=url,
                identified=identified,
                deletes=False,
                left=record.get(ATTR_LEFT),
            )


def _holder(database: Destination) -> str:
    """Return the address that the identifier is of which the built-in integration knows."""
    return (database if shares_keys(database) else DEVICE_DATABASE).url


def _drop_identifier(store: ConsentStore, holder: str, item: Told) -> None:
    """Drop what a device database knows this installation by; it has no deletion."""
    if not item.identified:
        return
    gone = {ATTR_SUBMISSION_IDENTIFIER: None}
    if item.url == holder:
        store.put_shared(gone)
    own = {} if item.url == holder else gone
    record = store.snapshots(item.url)
    store.put_snapshots(item.url, {**record, **own, ATTR_LEFT: clock.wall()})
