"""How often the parts of the interface were opened, today and yesterday: numbers, and no more.

Days are those of UTC, and whole ones are reported, so that no number tells a time of day.
"""

import asyncio
from datetime import date, datetime, timedelta
from typing import Final

import voluptuous as vol
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..files import StoreFile
from ..tiers import PanelUse, words

type Counts = dict[str, dict[str, int]]

KEY: Final = "analytics.panels"
LOSS: Final = "what was counted in the last two days is lost"
# A click is not worth a write.
WRITE_AFTER: Final = timedelta(minutes=5)
# What is more is told as this many.
MOST: Final = words.OPENED_STEPS[-1]
DAY: Final = timedelta(days=1)

# What a later version counted under a word that is unknown here is left out.
_COUNTED: Final = vol.Schema(
    {vol.Optional(panel): vol.All(int, vol.Range(min=1, max=MOST)) for panel in words.PANELS},
    extra=vol.REMOVE_EXTRA,
)
# By the address of the destination, for a yes belongs to one.
SCHEMA: Final = vol.Schema({str: {vol.Match(r"\A\d{4}-\d\d-\d\d\Z"): _COUNTED}})


class PanelCounter:
    """Counts by day and panel for one destination; on disk a while later, and at the end."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the file; nothing is read yet."""
        self._hass = hass
        self._file = StoreFile(hass, KEY, SCHEMA, private=True, loss=LOSS)
        self._writing = asyncio.Lock()
        self._url = ""
        self._timer: CALLBACK_TYPE | None = None
        self._stopped = False
        # Until it was read, there may be one.
        self._on_disk = True

    async def async_load(self, url: str) -> None:
        """Read what was counted for a destination, from now on the one that it is counted for."""
        self._url = url
        await self._file.async_load()

    @callback
    def opened(self, panel: str) -> None:
        """Count one more."""
        if panel not in words.PANELS:
            raise ValueError("expected a word of the table")
        today = self._today.isoformat()
        counted = self._counts.get(today, {})
        count = min(counted.get(panel, 0) + 1, MOST)
        if count == counted.get(panel):
            return
        # In the order of names: none is kept of what was opened first.
        counted = dict(sorted({**counted, panel: count}.items()))
        self._put({**self._counts, today: counted})

    def last_day(self) -> tuple[PanelUse, ...] | None:
        """Return what was counted on the last whole day, in coarse steps; None if nothing was."""
        counted = self._counts.get((self._today - DAY).isoformat())
        if not counted:
            return None
        return tuple(
            PanelUse(panel=panel, opened=words.step(count, words.OPENED_STEPS))
            for panel, count in sorted(counted.items())
        )

    @callback
    def async_forget_old(self) -> None:
        """Drop what is neither of today nor of yesterday, or was for another destination."""
        if self._file.data.keys() - {self._url} or self._recent(self._counts) != self._counts:
            self._put(self._counts)

    @callback
    def async_clear(self) -> None:
        """Drop all that was counted, on disk too."""
        self._cancel()
        self._file.data = {}
        if self._on_disk:
            self._on_disk = False
            self._hass.async_create_task(self._async_write(), "analytics panels")

    async def async_stop(self) -> None:
        """Leave no timer, and what was counted on disk."""
        self._stopped = True
        unwritten = self._timer is not None
        self._cancel()
        if unwritten:
            await self._async_write()
        async with self._writing:
            pass

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._file.async_remove()

    @property
    def _today(self) -> date:
        return dt_util.utcnow().date()

    @property
    def _counts(self) -> Counts:
        counts: Counts = self._file.data.get(self._url, {})
        return counts

    def _recent(self, counts: Counts) -> Counts:
        kept = {day.isoformat() for day in (self._today - DAY, self._today)}
        return {day: counted for day, counted in counts.items() if day in kept}

    def _put(self, counts: Counts) -> None:
        self._file.data = {self._url: self._recent(counts)}
        if self._timer is None and not self._stopped:
            self._timer = async_call_later(self._hass, WRITE_AFTER, self._async_due)

    async def _async_due(self, _now: datetime) -> None:
        self._timer = None
        await self._async_write()

    async def _async_write(self) -> None:
        """Write the file, or delete it where nothing is counted; one after the other."""
        async with self._writing:
            if self._counts:
                self._on_disk = True
                await self._file.async_save()
            else:
                self._on_disk = False
                await self._file.async_remove()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None
