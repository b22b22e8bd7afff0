"""The two files of the choices: what is written into which, and in which order.

`shared` is the built-in integration's; `own` is ours, and holds the choices while a switch is on.
"""

import asyncio

from homeassistant.core import HomeAssistant

from ..files import StoreFile
from . import held
from .held import Record
from .schema import (
    ATTR_DELETIONS,
    ATTR_HELD,
    OWN_DATED,
    OWN_ITEMS,
    OWN_KEY,
    OWN_SCHEMA,
    SHARED_KEY,
    SHARED_SCHEMA,
)


class ChoiceFiles:
    """Both files, of which `data` is in force; what the shared one has on the disk may differ."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare both files; nothing is read yet."""
        self.shared = StoreFile(hass, SHARED_KEY, SHARED_SCHEMA, private=False)
        self.own = StoreFile(
            hass, OWN_KEY, OWN_SCHEMA, private=True, items=OWN_ITEMS, dated=OWN_DATED
        )
        self._hass = hass
        self._writing = asyncio.Lock()
        # Whether the choices are to be held, and the shared file as it is on the disk.
        self._holding = False
        self._on_disk: Record = {}

    async def async_load(self) -> None:
        """Read both files."""
        await self.shared.async_load()
        await self.own.async_load()
        self._on_disk = self.shared.data
        self._holding = held.is_masked(self._on_disk)
        self.shared.data = held.choices(self._on_disk, self._held)

    def hold(self, holding: bool) -> bool:
        """Let the shared file say no, or what was chosen; tell whether that is to be saved."""
        self._holding = holding
        wanted = held.mask(self.shared.data) if self._masking else self.shared.data
        return wanted != self._on_disk or bool(self._held) is not self._masking

    @property
    def _held(self) -> Record:
        known: Record = self.own.data.get(ATTR_HELD, {})
        return known

    @property
    def _masking(self) -> bool:
        return self._holding and bool(self.shared.data)

    async def async_save(self) -> None:
        """Write both files, to the end even if whoever waits for it is cancelled."""
        await asyncio.shield(self._hass.async_create_task(self._async_write(), "analytics choices"))

    async def async_remove(self) -> None:
        """Delete our own file, but for ids whose deletion is to be asked for, and what is held.

        Where what is left can't be written all goes: an old yes must not come back.
        """
        async with self._writing:
            kept = (ATTR_DELETIONS, ATTR_HELD)
            self.own.data = {key: self.own.data[key] for key in kept if self.own.data.get(key)}
            if self.own.data:
                await self.own.async_save()
            if not self.own.data or not self.own.saved:
                await self.own.async_remove()

    async def async_written(self) -> None:
        """Wait until all that was saved is on the disk, so that it can be loaded again."""
        async with self._writing:
            pass

    async def _async_write(self) -> None:
        """Write both files; the shared one only if there is something in it."""
        async with self._writing:
            if self._masking:
                await self._async_write_held()
            elif self._held and self.shared.data:
                await self._async_give_back()
            else:
                await self._async_write_both()

    async def _async_write_both(self) -> None:
        self._set_held(None)
        if self.shared.data:
            await self._async_write_shared(self.shared.data)
        await self.own.async_save()

    async def _async_give_back(self) -> None:
        """Write the latest choices to our own first; what is held goes once the other has them.

        Where the mark is missing, what is held stays until then as it was: it counts after masking
        that was cut short, and does not after an edit.
        """
        if held.is_masked(self._on_disk):
            self._set_held(held.hold(self.shared.data, None))
        await self.own.async_save()
        if self.own.saved and await self._async_write_shared(self.shared.data):
            self._set_held(None)
            await self.own.async_save()

    async def _async_write_held(self) -> None:
        """Write our own first, so that no choice is lost where that fails or is cut short."""
        chosen = self.shared.data
        is_new = not held.is_masked(self._on_disk)
        self._set_held(held.hold(chosen, self._on_disk if is_new else None))
        await self.own.async_save()
        if self.own.saved and await self._async_write_shared(held.mask(chosen)) and is_new:
            self._set_held(held.hold(chosen, None))
            await self.own.async_save()

    async def _async_write_shared(self, data: Record) -> bool:
        """Write the shared file as the built-in integration is to find it."""
        if await self.shared.async_save(data):
            self._on_disk = data
        return self.shared.saved

    def _set_held(self, choices: Record | None) -> None:
        kept = {key: value for key, value in self.own.data.items() if key != ATTR_HELD}
        self.own.data = kept if choices is None else {**kept, ATTR_HELD: choices}
