"""Where the user's choices are kept, each destination's apart, with its random id.

The choices for Home Assistant's receiver live where the built-in integration keeps them, in
`core.analytics`, so that each finds what the other saved. All else lives in a store of our own, by
destination: the choices for others, versions and confirmations, and ids that wait for deletion.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from homeassistant.core import HomeAssistant

from .. import host
from ..const import ATTR_ONBOARDED, ATTR_PREFERENCES, ATTR_UUID
from ..models import Consent, Deletion, Destination
from ..settings import shares_choices
from . import deletions
from .choice_files import ChoiceFiles
from .fingerprint import Habits
from .schema import (
    ATTR_CONFIRMED,
    ATTR_DECLINED,
    ATTR_DELETIONS,
    ATTR_DESTINATIONS,
    ATTR_FINGERPRINT,
    ATTR_HABITS,
    ATTR_SENT,
    ATTR_SNAPSHOTS,
    ATTR_SUBMISSION_IDENTIFIER,
    ATTR_VERSIONS,
    MADE_FOR_ONE,
    SHARED_KEYS,
)

type Record = dict[str, Any]

UNDECIDED: Final[Record] = {ATTR_ONBOARDED: False, ATTR_PREFERENCES: {}, ATTR_UUID: None}


class ConsentStore:
    """The choices for every destination, and the id that each destination knows.

    What changes is in force at once; `async_save` puts it on disk.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare both files; nothing is read yet."""
        self._files = files = ChoiceFiles(hass)
        self._shared, self._own = files.shared, files.own

    async def async_load(self) -> None:
        """Read both files."""
        await self._files.async_load()

    async def async_save(self) -> None:
        """Write both files, to the end even if whoever waits for it is cancelled."""
        await self._files.async_save()

    @property
    def saved(self) -> bool:
        """Tell whether what was last to be written is on the disk."""
        return self._shared.saved and self._own.saved

    def hold(self, holding: bool) -> bool:
        """Let the shared file say no, or what was chosen; tell whether that is to be saved."""
        return self._files.hold(holding)

    async def async_remove(self) -> None:
        """Delete our own file, but for ids whose deletion is to be asked for, and what is held."""
        await self._files.async_remove()

    async def async_written(self) -> None:
        """Wait until all that was saved is on the disk, so that it can be loaded again."""
        await self._files.async_written()

    def consent(self, destination: Destination) -> Consent:
        """Return what the user chose for a destination."""
        record = self._record(destination.url)
        return Consent(
            decided=record.get(ATTR_ONBOARDED, False),
            confirmed=record.get(ATTR_CONFIRMED, False),
            extended=destination.extended,
            preferences=dict(record.get(ATTR_PREFERENCES, {})),
            versions=dict(record.get(ATTR_VERSIONS, {})),
            declined=dict(record.get(ATTR_DECLINED, {})),
        )

    def put(self, destination: Destination, consent: Consent) -> None:
        """Keep what the user chose for a destination."""
        self.update(
            destination.url,
            {
                ATTR_ONBOARDED: consent.decided,
                ATTR_PREFERENCES: dict(consent.preferences),
                ATTR_CONFIRMED: consent.confirmed,
                ATTR_VERSIONS: dict(consent.versions),
                ATTR_DECLINED: dict(consent.declined),
            },
        )

    def decided_elsewhere(self, destination: Destination) -> bool:
        """Tell whether the user has decided about any other destination."""
        others = [self._shared.data] if not shares_choices(destination.url) else []
        others += [record for url, record in self._destinations.items() if url != destination.url]
        return any(record.get(ATTR_ONBOARDED) for record in others)

    @property
    def records(self) -> dict[str, Record]:
        """Return what is kept of each address of reports and crash reports."""
        return {url: self._record(url) for url in {host.receiver_url(): 0, **self._destinations}}

    def uuid(self, destination: Destination) -> str | None:
        """Return the id that a destination knows, None before the first report."""
        known: str | None = self._record(destination.url).get(ATTR_UUID)
        return known

    def make_uuid(self, destination: Destination) -> str:
        """Return the id that a destination knows, made now if there is none."""
        uuid = self.uuid(destination) or uuid4().hex
        self.update(destination.url, {ATTR_UUID: uuid})
        return uuid

    def drop_all_ids(self) -> None:
        """Forget what all destinations know this installation by, and when it sends snapshots."""
        if known := self._shared.data:
            gone = dict.fromkeys((ATTR_UUID, *(known.keys() & MADE_FOR_ONE)))
            self._shared.data = {**known, **gone}
        for url, record in self.databases.items():
            self.put_snapshots(url, {**record, ATTR_SUBMISSION_IDENTIFIER: None, ATTR_SENT: None})
        self._set(
            ATTR_DESTINATIONS,
            {url: {**record, ATTR_UUID: None} for url, record in self._destinations.items()},
        )

    @property
    def now(self) -> float:
        """Return what deletions and snapshots are dated by: seconds for which the host has run."""
        return self._own.now

    def is_recent(self, at: float, limit: float) -> bool:
        """Tell whether something came less than so many of these seconds ago."""
        return self._own.is_recent(at, limit)

    @property
    def outdated(self) -> bool:
        """Tell whether it is to be written again: it is not, or what waits in it got older."""
        return not self._shared.saved or self._own.outdated

    @property
    def deletions(self) -> tuple[Deletion, ...]:
        """Return what waits for being deleted, oldest first."""
        return tuple(map(deletions.read, self._own.data.get(ATTR_DELETIONS, [])))

    def put_deletions(self, waiting: tuple[Deletion, ...]) -> None:
        """Keep what waits for being deleted."""
        self._set(ATTR_DELETIONS, [*map(deletions.kept, waiting)])

    @property
    def fingerprint(self) -> dict[str, str]:
        """Return the fingerprint of the installation for which the ids were made."""
        return dict(self._own.data.get(ATTR_FINGERPRINT, {}))

    @property
    def habits(self) -> dict[str, tuple[int, int]]:
        """Return which parts of it have changed of late."""
        known = self._own.data.get(ATTR_HABITS, {})
        return {name: (times, starts) for name, (times, starts) in known.items()}

    def put_fingerprint(self, fingerprint: Mapping[str, str], habits: Habits) -> None:
        """Keep the fingerprint beside the ids, and what of it has changed of late."""
        self._set(ATTR_FINGERPRINT, dict(fingerprint))
        self._set(ATTR_HABITS, {name: list(habit) for name, habit in habits.items()})

    @property
    def shared(self) -> Record:
        """Return what the built-in integration keeps as well."""
        return self._shared.data

    def put_shared(self, changes: Mapping[str, object]) -> None:
        """Change keys that the built-in integration has as well; others are kept."""
        self._shared.data = {**UNDECIDED, **self._shared.data, **changes}

    @property
    def snapshots_chosen(self) -> bool | None:
        """Return the word about snapshots that the built-in integration knows; None for none."""
        chosen: bool | None = self._shared.data.get(ATTR_PREFERENCES, {}).get(ATTR_SNAPSHOTS)
        return chosen

    def choose_snapshots(self, on: bool) -> None:
        """Keep a word about snapshots, and nothing else."""
        known = self._shared.data.get(ATTR_PREFERENCES, {})
        self.put_shared({ATTR_PREFERENCES: {**known, ATTR_SNAPSHOTS: on}})

    def snapshots(self, url: str) -> Record:
        """Return what is kept of a device database beside what the built-in integration keeps."""
        return dict(self.databases.get(url, {}))

    def put_snapshots(self, url: str, record: Record) -> None:
        """Keep what is known of such a device database."""
        self._set(ATTR_SNAPSHOTS, {**self.databases, url: record})

    @property
    def databases(self) -> dict[str, Record]:
        """Return what is kept of each device database."""
        known: dict[str, Record] = self._own.data.get(ATTR_SNAPSHOTS, {})
        return known

    @property
    def _destinations(self) -> dict[str, Record]:
        known: dict[str, Record] = self._own.data.get(ATTR_DESTINATIONS, {})
        return known

    def _record(self, url: str) -> Record:
        own = self._destinations.get(url, {})
        if not shares_choices(url):
            return own
        # Not what else a later built-in integration may keep there, under names that we use too.
        shared = {key: value for key, value in self._shared.data.items() if key in SHARED_KEYS}
        return {**own, **shared}

    def update(self, url: str, changes: Record) -> None:
        """Change a destination's record, each key where it belongs; keys of others are kept."""
        own = changes
        if shares_choices(url):
            shared: Record = {key: changes[key] for key in SHARED_KEYS if key in changes}
            self.put_shared(shared)
            own = {key: value for key, value in changes.items() if key not in SHARED_KEYS}
        record = {**self._destinations.get(url, {}), **own}
        self._set(ATTR_DESTINATIONS, {**self._destinations, url: record})

    def _set(self, key: str, value: object) -> None:
        self._own.data = {**self._own.data, key: value}
