"""One file of the host's `.storage`, which never stops anything when it can't be read."""

import asyncio
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final

import voluptuous as vol
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .. import changes, host
from ..const import LOGGER
from .ages import Ages, Dated

VERSION: Final = 1
LOSS: Final = (
    "where your choices about analytics in it counted, nothing is sent until you choose again "
    "under Settings > System > Analytics"
)

NOTHING_DATED: Final[Dated] = {}
# What the host's Store raises for a file that it can't read, a later version's included.
UNREADABLE: Final = (HomeAssistantError, NotImplementedError, AttributeError, KeyError, TypeError)


class StoreFile:
    """One file of `.storage`; what can't be read of it counts as absent, and is kept aside."""

    def __init__(
        self,
        hass: HomeAssistant,
        key: str,
        schema: vol.Schema,
        *,
        private: bool,
        loss: str = LOSS,
        items: Collection[str] = (),
        dated: Dated = NOTHING_DATED,
    ) -> None:
        """Name the file, the shape of its data, and what it means that it can't be read.

        `items` are the keys of what stands by itself: what can't be read of it costs nothing else.
        `dated` are those whose items get old, by `now`.
        """
        self._hass = hass
        self._schema = schema
        self._loss = loss
        self._items = items
        self._store = Store[dict[str, Any]](
            hass,
            VERSION,
            key,
            private=private,
            atomic_writes=True,
            # Data is replaced, never changed in place, so a thread may read it.
            **host.threaded_store(),
        )
        self._unreadable = False
        self._ages = Ages(dated)
        self.data: dict[str, Any] = {}
        # Whether what was last to be written is on the disk.
        self.saved = True

    @property
    def now(self) -> float:
        """Return what an item is dated by that comes now: seconds for which the host has run."""
        return self._ages.now

    def is_recent(self, at: float, limit: float) -> bool:
        """Tell whether an item came less than so many of these seconds ago."""
        return self.now - at < limit

    @property
    def outdated(self) -> bool:
        """Tell whether the file is to be written again: it is not, or its items got older."""
        return not self.saved or self._ages.due(self.data)

    async def async_load(self) -> None:
        """Read the file; what can't be read means that the user has not decided."""
        try:
            existed, is_file = await self._hass.async_add_executor_job(_look_at, self._store.path)
            if existed and not is_file:
                raise HomeAssistantError("not a file")  # reading a pipe would never end
            stored = await self._store.async_load()
            self.data = self._sound(self._ages.taken(stored)) if stored is not None else {}
            # The host has moved a file that is no JSON out of the way, and says so itself.
            lost = existed and stored is None
        # The host moves no file on a disk that it may not write to.
        except (vol.Invalid, OSError, *UNREADABLE):
            self._unreadable = lost = True
        if lost:
            LOGGER.error("%s can't be read: %s", self._store.path, self._loss)

    def _sound(self, stored: Any) -> dict[str, Any]:
        """Return what can be read. Raises vol.Invalid where that is not the whole but for items."""
        left = stored
        while True:
            try:
                sound = dict(self._schema(left))
                break
            except vol.MultipleInvalid as error:
                # Some versions of voluptuous name one item of a list at a time.
                before, left = left, _without(left, error, self._items)
                if left == before:
                    raise
        if left is not stored:
            self._unreadable = True
            LOGGER.error("Part of %s can't be read: %s", self._store.path, self._loss)
        return sound

    async def async_save(self, data: dict[str, Any] | None = None) -> bool:
        """Write the file, or other data into it; tell whether it is on the disk.

        One that could not be read is renamed first.
        """
        data = self._ages.dated(self.data if data is None else data)
        try:
            if self._unreadable:
                await self._hass.async_add_executor_job(_set_aside, self._store.path)
                self._unreadable = False
            await self._store.async_save(data)
            # The host's Store logs a failed write and goes on: only reading tells.
            self.saved = await self._store.async_load() == data
        except (OSError, *UNREADABLE) as error:
            self.saved = False
            LOGGER.error("%s can't be written (%s)", self._store.path, type(error).__name__)
        changes.async_tell(self._hass)
        return self.saved

    async def async_remove(self) -> None:
        """Delete the file."""
        try:
            await self._store.async_remove()
        except OSError as error:
            LOGGER.error("%s can't be deleted (%s)", self._store.path, type(error).__name__)


class SerialStoreFile(StoreFile):
    """One that several tasks change: written to the end, one after the other, the newest last."""

    def __init__(
        self,
        hass: HomeAssistant,
        key: str,
        schema: vol.Schema,
        *,
        loss: str,
        items: Collection[str],
        dated: Dated,
    ) -> None:
        """Name the file, which only the host's user can read; nothing is read yet."""
        super().__init__(hass, key, schema, private=True, loss=loss, items=items, dated=dated)
        self._name = key
        self._writing = asyncio.Lock()

    async def async_save(self, data: dict[str, Any] | None = None) -> bool:
        """Write the file, also if whoever waits for it is cancelled."""
        return await asyncio.shield(
            self._hass.async_create_task(self._async_write(data), self._name)
        )

    async def _async_write(self, data: dict[str, Any] | None) -> bool:
        async with self._writing:
            return await super().async_save(data)

    async def async_remove(self) -> None:
        """Delete the file, and what is in it."""
        async with self._writing:
            self.data = {}
            await super().async_remove()


async def async_once[F: SerialStoreFile](
    hass: HomeAssistant, key: HassKey[F], make: Callable[[HomeAssistant], F]
) -> F:
    """Return a file that is read once for each run of the host.

    So what could not be written is not brought back by loading the entry again.
    """
    file = hass.data.get(key)
    if file is None:
        file = hass.data[key] = make(hass)
        await file.async_load()
    return file


def _without(stored: Any, error: vol.MultipleInvalid, items: Collection[str]) -> Any:
    """Return data without those items that errors are about."""
    if not isinstance(stored, dict):
        return stored
    wrong = {tuple(each.path[:2]) for each in error.errors if len(each.path) > 1}
    sound = dict(stored)
    for key in items:
        known = stored.get(key)
        if isinstance(known, dict):
            sound[key] = {name: item for name, item in known.items() if (key, name) not in wrong}
        elif isinstance(known, list):
            sound[key] = [item for at, item in enumerate(known) if (key, at) not in wrong]
    return sound


def _look_at(path: str) -> tuple[bool, bool]:
    """Return whether there is something, and whether that is a file."""
    return Path(path).exists(), Path(path).is_file()


def _set_aside(path: str) -> None:
    """Rename a file out of the way, as the host does with a corrupt one."""
    file = Path(path)
    if file.exists():
        file.rename(f"{path}.unreadable.{dt_util.utcnow().isoformat()}")
