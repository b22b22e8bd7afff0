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
from .schema import (
    ATTR_CONFIRMED,
    ATTR_LEFT,
    ATTR_SENT,
    ATTR_STAYS,
    ATTR_SUBMISSION_IDENTIFIER,
    is_identifier,
)
from .store import ConsentStore, Record


def deletes(url: str) -> bool:
    """Tell whether reports that an address got can be taken back: not from Home Assistant's own."""
    address = usable(url)
    return address is not None and known(address) is None


def may_delete(url: str) -> bool | None:
    """Tell whether snapshots that an address got can be taken back: not from Home Assistant's own.

    None of all others, which are asked for that, and whether they do it, when it is wanted only.
    """
    return None if deletes(url) else False


def told(store: ConsentStore, database: Destination) -> tuple[Told, ...]:
    """Return who has something of this installation; `database` is where snapshots go now."""
    return (*_by_reports(store), *_by_snapshots(store, _holder(database)))


def take_back(store: ConsentStore, database: Destination, item: Told) -> None:
    """Drop the id that an address knows, and let its deletion wait where there is such a thing."""
    if item.matter is Matter.SNAPSHOTS:
        _take_back_snapshots(store, _holder(database), item)
        return
    uuid = store.records.get(item.url, {}).get(ATTR_UUID)
    if uuid is None:
        return
    left = {} if item.deletes else {ATTR_LEFT: clock.wall()}
    store.update(item.url, {ATTR_UUID: None, **left})
    if item.deletes:
        deletion = Deletion(url=item.url, uuid=uuid, since=store.now)
        store.put_deletions((*store.deletions, deletion))


def end_deletion(store: ConsentStore, item: Deletion, *, deleted: bool) -> None:
    """Ask for a deletion no longer, and note what stays where a device database has none."""
    store.put_deletions(tuple(each for each in store.deletions if each != item))
    if item.matter is not Matter.SNAPSHOTS:
        return
    record = store.snapshots(item.url)
    if not deleted:
        store.put_snapshots(item.url, {**record, ATTR_LEFT: clock.wall()})
    elif (record.get(ATTR_SENT) or 0.0) <= item.since:  # and none has been sent since
        store.put_snapshots(item.url, {**record, ATTR_SENT: None})


def leave_all(store: ConsentStore, database: Destination) -> None:
    """Drop all ids, for they may be another installation's too; the choices stay.

    Who is still told something is asked to delete what it has under the old one. Nobody else is:
    that would be a request that nobody has asked for.
    """
    for item in told(store, database):
        asks = not item.stays and _shares(store, _holder(database), item)
        take_back(store, database, item if asks else replace(item, deletes=False))
    store.drop_all_ids()


def leave(store: ConsentStore, item: Told) -> None:
    """Take the user's word that what an address has stays there."""
    _put_stays(store, item.matter, item.url, stays=True)


def ask_again(store: ConsentStore, matter: Matter, url: str) -> bool:
    """Let that word end, for it was about what an address had until then; False without one."""
    known = store.databases if matter is Matter.SNAPSHOTS else store.records
    stays = bool(known.get(url, {}).get(ATTR_STAYS))
    if stays:
        _put_stays(store, matter, url, stays=False)
    return stays


def _put_stays(store: ConsentStore, matter: Matter, url: str, *, stays: bool) -> None:
    if matter is Matter.SNAPSHOTS:
        known = store.snapshots(url)
        known.pop(ATTR_STAYS, None)  # earlier versions would set aside what has it
        store.put_snapshots(url, {**known, ATTR_STAYS: True} if stays else known)
    else:
        store.update(url, {ATTR_STAYS: stays})


def _shares(store: ConsentStore, holder: str, item: Told) -> bool:
    """Tell whether the user's word is that an address goes on being told."""
    if item.matter is not Matter.SNAPSHOTS:
        preferences = store.records.get(item.url, {}).get(ATTR_PREFERENCES, {})
        return bool(preferences.get(BASE.name))
    if item.url == holder:
        return store.snapshots_chosen is True
    return store.snapshots(item.url).get(ATTR_CONFIRMED) is True


def _by_reports(store: ConsentStore) -> Iterator[Told]:
    waiting = _waiting(store, Matter.REPORTS)
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


def _waiting(store: ConsentStore, matter: Matter) -> set[str]:
    """Return the addresses that are asked to delete what they have."""
    return {item.url for item in store.deletions if item.matter is matter}


def _matter(url: str, record: Record) -> Matter:
    """Tell what an address gets: reports go nowhere that was not decided about, as none of these.

    A server for crash reports is confirmed, and *Diagnostics* decided about elsewhere.
    """
    decided = record.get(ATTR_ONBOARDED) or shares_choices(url)
    return Matter.REPORTS if decided else Matter.CRASH_REPORTS


def _by_snapshots(store: ConsentStore, holder: str) -> Iterator[Told]:
    waiting = _waiting(store, Matter.SNAPSHOTS)
    for url in sorted({holder, *store.databases, *waiting}):
        record = store.databases.get(url, {})
        identified = _identifier(store, holder, url) is not None
        sent = record.get(ATTR_SENT) is not None
        # One that is shared may be of another, where nothing was sent to this one.
        can_ask = url in waiting or (identified and (sent or url != holder))
        if identified or can_ask or sent or ATTR_LEFT in record:
            yield Told(
                matter=Matter.SNAPSHOTS,
                url=url,
                identified=identified,
                deletes=may_delete(url) if can_ask else False,
                left=record.get(ATTR_LEFT),
                stays=record.get(ATTR_STAYS, False),
            )


def _identifier(store: ConsentStore, holder: str, url: str) -> object:
    """Return what a device database knows this installation by, whatever that is."""
    known_by = store.shared if url == holder else store.snapshots(url)
    return known_by.get(ATTR_SUBMISSION_IDENTIFIER)


def _holder(database: Destination) -> str:
    """Return the address that the identifier is of which the built-in integration knows."""
    return (database if shares_keys(database) else DEVICE_DATABASE).url


def _take_back_snapshots(store: ConsentStore, holder: str, item: Told) -> None:
    """Drop what a device database knows this installation by, and let its deletion wait.

    Where it is known to have none, what was sent stays.
    """
    identifier = _identifier(store, holder, item.url)
    if identifier is None:
        return
    gone = {ATTR_SUBMISSION_IDENTIFIER: None}
    if item.url == holder:
        store.put_shared(gone)
    own = {} if item.url == holder else gone
    asks = item.deletes is not False and is_identifier(identifier)
    left = {} if asks else {ATTR_LEFT: clock.wall()}
    store.put_snapshots(item.url, {**store.snapshots(item.url), **own, **left})
    if asks:
        deletion = Deletion(
            url=item.url, uuid=str(identifier), since=store.now, matter=Matter.SNAPSHOTS
        )
        store.put_deletions((*store.deletions, deletion))
