"""The file of what was counted by day: written a while after a change, gone where it is empty."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final

import voluptuous as vol
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..files import StoreFile
from ..tiers import SECONDS, words

KEY: Final = "analytics.panels"
LOSS: Final = "what was counted in the last two days is lost"
# A click is not worth a write.
WRITE_AFTER: Final = timedelta(minutes=5)
# What is more is told as this many.
MOST: Final = words.OPENED_STEPS[-1]

ATTR_COUNTED: Final = "counted"
ATTR_DAY: Final = "day"
ATTR_DAYS: Final = "days"
ATTR_SINCE: Final = "since"
ATTR_URL: Final = "url"

# What a later version counted under a word that is unknown here is left out.
_COUNTED: Final = vol.Schema(
    {vol.Optional(panel): vol.All(int, vol.Range(min=1, max=MOST)) for panel in words.PANELS},
    extra=vol.REMOVE_EXTRA,
)
# For the address of a destination, for a yes belongs to one; `since` is when the day began.
_DAY: Final = {
    vol.Required(ATTR_URL): str,
    vol.Required(ATTR_DAY): vol.All(str, vol.Match(r"\A\d{4}-\d\d-\d\d\Z")),
    vol.Required(ATTR_SINCE): SECONDS,
    vol.Required(ATTR_COUNTED): _COUNTED,
}
SCHEMA: Final = vol.Schema({vol.Optional(ATTR_DAYS, default=list): [_DAY]})

type Day = dict[str, Any]


class DayFile(StoreFile):
    """The days as they were counted; a change counts at once."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the file; nothing is read yet."""
        super().__init__(
            hass,
            KEY,
            SCHEMA,
            private=True,
            loss=LOSS,
            items=(ATTR_DAYS,),
            dated={ATTR_DAYS: ATTR_SINCE},
        )
        self._writing = asyncio.Lock()
        self._timer: CALLBACK_TYPE | None = None
        self._stopped = False
        # Until it was read, there may be one.
        self._on_disk = True

    @property
    def days(self) -> list[Day]:
        """Return all days that are kept."""
        days: list[Day] = self.data.get(ATTR_DAYS, [])
        return days

    @property
    def aged(self) -> bool:
        """Tell whether it is to be written for nothing but that what is in it got older."""
        return self._timer is None and self.outdated

    @callback
    def put(self, days: list[Day]) -> None:
        """Keep these days, and no others; on disk a while later."""
        self.data = {ATTR_DAYS: days}
        if self._timer is None and not self._stopped:
            self._timer = async_call_later(self._hass, WRITE_AFTER, self._async_due)

    @callback
    def async_clear(self) -> None:
        """Keep nothing, on disk neither."""
        self._cancel()
        self.data = {}
        if self._on_disk:
            self._on_disk = False
            self._hass.async_create_task(self.async_write(), "analytics panels")

    async def async_write(self) -> None:
        """Write the file, or delete it where nothing is counted; one after the other."""
        async with self._writing:
            if self.days:
                self._on_disk = True
                await self.async_save()
            else:
                self._on_disk = False
                await self.async_remove()

    async def async_stop(self) -> None:
        """Leave no timer, and what was counted on disk."""
        self._stopped = True
        unwritten = self._timer is not None or self.outdated
        self._cancel()
        if unwritten:
            await self.async_write()
        async with self._writing:
            pass

    async def _async_due(self, _now: datetime) -> None:
        self._timer = None
        await self.async_write()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None
