"""Where the user's choices are kept, each destination's apart, with its random id.

The choices for Home Assistant's receiver live where the built-in integration keeps them, in
`core.analytics`, so that each finds what the other saved. All others live in a store of our own.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import voluptuous as vol
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .consent import merge
from .const import ATTR_ONBOARDED, ATTR_PREFERENCES, ATTR_UUID, LOGGER
from .models import Consent, Destination
from .settings import is_home_assistant
from .tiers import UUID

type Record = dict[str, Any]

SHARED_KEY: Final = "core.analytics"
OWN_KEY: Final = "analytics.destinations"
VERSION: Final = 1

RECORD_SCHEMA: Final = vol.Schema(
    {
        vol.Required(ATTR_ONBOARDED): bool,
        vol.Required(ATTR_PREFERENCES): {str: bool},
        vol.Optional(ATTR_UUID): vol.Any(None, UUID),
    },
    extra=vol.ALLOW_EXTRA,
)
SHARED_SCHEMA: Final = RECORD_SCHEMA
OWN_SCHEMA: Final = vol.Schema({str: RECORD_SCHEMA})

# What the host's Store raises for a file that it can't read, a later version's included.
UNREADABLE: Final = (HomeAssistantError, NotImplementedError, AttributeError, KeyError, TypeError)


class StoreFile:
    """One file of `.storage`; one that can't be read counts as empty, and is kept aside."""

    def __init__(self, hass: HomeAssistant, key: str, schema: vol.Schema, *, private: bool) -> None:
        """Name the file and the shape of its data."""
        self._hass = hass
        self._schema = schema
        self._store = Store[Record](hass, VERSION, key, private=private, atomic_writes=True)
        self._unreadable = False
        self.data: Record = {}

    async def async_load(self) -> None:
        """Read the file; what can't be read means that the user has not decided."""
        existed = await self._hass.async_add_executor_job(_exists, self._store.path)
        try:
            stored = await self._store.async_load()
            self.data = dict(self._schema(stored)) if stored is not None else {}
            # The host has moved a file that is no JSON out of the way, and says so itself.
            lost = existed and stored is None
        except (vol.Invalid, *UNREADABLE):
            self._unreadable = lost = True
        if lost:
            LOGGER.error(
                "The choices about analytics in %s can't be read, so nothing is sent until you "
                "choose again under Settings > System > Analytics",
                self._store.path,
            )

    async def async_save(self) -> None:
        """Write the file; one that could not be read is renamed first."""
        if self._unreadable:
            await self._hass.async_add_executor_job(_set_aside, self._store.path)
            self._unreadable = False
        await self._store.async_save(self.data)

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()


class ConsentStore:
    """The choices for every destination, and the id that each destination knows."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare both files; nothing is read yet."""
        self._shared = StoreFile(hass, SHARED_KEY, SHARED_SCHEMA, private=False)
        self._own = StoreFile(hass, OWN_KEY, OWN_SCHEMA, private=True)

    async def async_load(self) -> None:
        """Read both files."""
        await self._shared.async_load()
        await self._own.async_load()

    def consent(self, destination: Destination) -> Consent:
        """Return what the user chose for a destination."""
        record = self._record(destination)
        return Consent(
            decided=record.get(ATTR_ONBOARDED, False),
            preferences=dict(record.get(ATTR_PREFERENCES, {})),
        )

    def choose(self, destination: Destination, chosen: Mapping[str, bool]) -> None:
        """Put choices in force at once; async_save puts them on disk."""
        preferences = merge(self.consent(destination).preferences, chosen)
        self._update(destination, {ATTR_ONBOARDED: True, ATTR_PREFERENCES: preferences})

    async def async_save(self, destination: Destination) -> None:
        """Write the choices for a destination."""
        await self._file(destination).async_save()

    async def async_uuid(self, destination: Destination) -> str:
        """Return the random id that this destination knows, made when it is first asked for."""
        known: str | None = self._record(destination).get(ATTR_UUID)
        if known is not None:
            return known
        made = uuid4().hex
        self._update(destination, {ATTR_UUID: made})
        await self.async_save(destination)
        return made

    def _file(self, destination: Destination) -> StoreFile:
        return self._shared if is_home_assistant(destination) else self._own

    def _record(self, destination: Destination) -> Record:
        file = self._file(destination)
        record: Record = file.data if file is self._shared else file.data.get(destination.url, {})
        return record

    def _update(self, destination: Destination, changes: Record) -> None:
        """Change a destination's record, and keep what others wrote into it."""
        file = self._file(destination)
        record = {ATTR_ONBOARDED: False, ATTR_PREFERENCES: {}, ATTR_UUID: None}
        record |= self._record(destination) | changes
        file.data = record if file is self._shared else {**file.data, destination.url: record}


async def async_remove_own(hass: HomeAssistant) -> None:
    """Delete the store of our own; the one shared with the built-in integration stays."""
    await StoreFile(hass, OWN_KEY, OWN_SCHEMA, private=True).async_remove()


def _exists(path: str) -> bool:
    return Path(path).exists()


def _set_aside(path: str) -> None:
    """Rename a file out of the way, as the host does with a corrupt one."""
    file = Path(path)
    if file.exists():
        file.rename(f"{path}.unreadable.{dt_util.utcnow().isoformat()}")
