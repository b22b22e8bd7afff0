"""How often the parts of the interface were opened, today and yesterday: numbers, and no more.

Days are those of UTC, and whole ones are reported, so that no number tells a time of day. A day is
kept for two days for which the host runs, whatever the clock says meanwhile; and what was counted
under a clock that is set later moves to the day that it was.
"""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import voluptuous as vol
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .. import clock
from ..files import StoreFile
from ..tiers import SECONDS, PanelUse, words

type Counted = dict[str, int]

KEY: Final = "analytics.panels"
LOSS: Final = "what was counted in the last two days is lost"
# A click is not worth a write.
WRITE_AFTER: Final = timedelta(minutes=5)
# What is more is told as this many.
MOST: Final = words.OPENED_STEPS[-1]
DAY: Final = timedelta(days=1)
KEPT: Final = 2 * DAY.total_seconds()
# A clock that is set from day to day at each start is no reason for more.
MOST_DAYS: Final = 4

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


class PanelCounter:
    """Counts by day and panel for one destination; on disk a while later, and at the end."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the file; nothing is read yet."""
        self._hass = hass
        self._file = StoreFile(
            hass,
            KEY,
            SCHEMA,
            private=True,
            loss=LOSS,
            items=(ATTR_DAYS,),
            dated={ATTR_DAYS: ATTR_SINCE},
        )
        # When the first of a day was counted in this run, by the running clock.
        self._begun: dict[str, float] = {}
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
        self._follow_clock()
        today = self._today.isoformat()
        counted = self._counted(today)
        count = min(counted.get(panel, 0) + 1, MOST)
        if count == counted.get(panel):
            return
        self._begun.setdefault(today, clock.running())
        self._put([*self._others(today), self._day(today, {**counted, panel: count})])

    def last_day(self) -> tuple[PanelUse, ...] | None:
        """Return what was counted on the last whole day, in coarse steps; None if nothing was."""
        self._follow_clock()
        counted = self._counted((self._today - DAY).isoformat())
        if not counted:
            return None
        return tuple(
            PanelUse(panel=panel, opened=words.step(count, words.OPENED_STEPS))
            for panel, count in sorted(counted.items())
        )

    @callback
    def async_forget_old(self) -> None:
        """Drop what is too old, or was for another destination."""
        self._follow_clock()
        if self._recent != self._days:
            self._put(self._recent)

    @callback
    def async_clear(self) -> None:
        """Drop all that was counted, on disk too."""
        self._cancel()
        self._file.data, self._begun = {}, {}
        if self._on_disk:
            self._on_disk = False
            self._hass.async_create_task(self._async_write(), "analytics panels")

    async def async_watch(self) -> None:
        """Write now and then that what was counted gets older."""
        if self._timer is None and self._file.outdated:
            self.async_forget_old()
            await self._async_write()

    async def async_stop(self) -> None:
        """Leave no timer, and what was counted on disk."""
        self._stopped = True
        unwritten = self._timer is not None or self._file.outdated
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
        return clock.as_date(clock.running()).date()

    @property
    def _days(self) -> list[Day]:
        days: list[Day] = self._file.data.get(ATTR_DAYS, [])
        return days

    @property
    def _recent(self) -> list[Day]:
        """Return the days of this destination that are not too old."""
        mine = [each for each in self._days if each[ATTR_URL] == self._url]
        return [each for each in mine if self._file.is_recent(each[ATTR_SINCE], KEPT)][-MOST_DAYS:]

    def _counted(self, day: str) -> Counted:
        return next((each[ATTR_COUNTED] for each in self._recent if each[ATTR_DAY] == day), {})

    def _others(self, day: str) -> list[Day]:
        return [each for each in self._recent if each[ATTR_DAY] != day]

    def _day(self, day: str, counted: Counted) -> Day:
        """Return a day, in the order of names: none is kept of what was opened first, or when."""
        began = datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()
        return {
            ATTR_URL: self._url,
            ATTR_DAY: day,
            ATTR_SINCE: max(0.0, self._file.now - max(0.0, clock.wall() - began)),
            ATTR_COUNTED: dict(sorted(counted.items())),
        }

    def _follow_clock(self) -> None:
        """Let what was counted in this run be of the days that it was by the clock as it is set."""
        for day, moment in self._moved():
            counted, today = self._counted(day), clock.as_date(moment).date().isoformat()
            del self._begun[day]
            if not counted:
                continue  # too old, and dropped since
            self._begun.setdefault(today, moment)
            both = {
                name: min(MOST, counted.get(name, 0) + self._counted(today).get(name, 0))
                for name in {**counted, **self._counted(today)}
            }
            others = [each for each in self._others(day) if each[ATTR_DAY] != today]
            self._put([*others, self._day(today, both)])

    def _moved(self) -> list[tuple[str, float]]:
        """Return the days that are others by now, and when they were begun to be counted."""
        return [
            (day, moment)
            for day, moment in self._begun.items()
            if clock.as_date(moment).date().isoformat() != day
        ]

    def _put(self, days: list[Day]) -> None:
        self._file.data = {ATTR_DAYS: days}
        if self._timer is None and not self._stopped:
            self._timer = async_call_later(self._hass, WRITE_AFTER, self._async_due)

    async def _async_due(self, _now: datetime) -> None:
        self._timer = None
        await self._async_write()

    async def _async_write(self) -> None:
        """Write the file, or delete it where nothing is counted; one after the other."""
        async with self._writing:
            if self._days:
                self._on_disk = True
                await self._file.async_save()
            else:
                self._on_disk = False
                await self._file.async_remove()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None
