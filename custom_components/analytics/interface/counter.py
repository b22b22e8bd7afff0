"""How often the parts of the interface were opened, today and yesterday: numbers, and no more.

Days are those of UTC, and whole ones are reported, so that no number tells a time of day. A day is
kept for two days for which the host runs, whatever the clock says meanwhile; and what was counted
under a clock that is set later moves to the day that it was.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from homeassistant.core import HomeAssistant, callback

from .. import clock
from ..tiers import PanelUse, words
from .day_file import ATTR_COUNTED, ATTR_DAY, ATTR_SINCE, ATTR_URL, MOST, Day, DayFile

type Counted = dict[str, int]

DAY: Final = timedelta(days=1)
KEPT: Final = 2 * DAY.total_seconds()
# A clock that is set from day to day at each start is no reason for more.
MOST_DAYS: Final = 4


class PanelCounter:
    """Counts by day and panel for one destination."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the file; nothing is read yet."""
        self._file = DayFile(hass)
        # When the first of a day was counted in this run, by the running clock.
        self._begun: dict[str, float] = {}
        self._url = ""

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
        self._file.put([*self._others(today), self._day(today, {**counted, panel: count})])

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
        if self._recent != self._file.days:
            self._file.put(self._recent)

    @callback
    def async_clear(self) -> None:
        """Drop all that was counted, on disk too."""
        self._begun = {}
        self._file.async_clear()

    async def async_watch(self) -> None:
        """Write now and then that what was counted gets older."""
        if self._file.aged:
            self.async_forget_old()
            await self._file.async_write()

    async def async_stop(self) -> None:
        """Leave no timer, and what was counted on disk."""
        await self._file.async_stop()

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._file.async_remove()

    @property
    def _today(self) -> date:
        return clock.as_date(clock.running()).date()

    @property
    def _recent(self) -> list[Day]:
        """Return the days of this destination that are not too old."""
        mine = [each for each in self._file.days if each[ATTR_URL] == self._url]
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
            self._file.put([*others, self._day(today, both)])

    def _moved(self) -> list[tuple[str, float]]:
        """Return the days that are others by now, and when they were begun to be counted."""
        return [
            (day, moment)
            for day, moment in self._begun.items()
            if clock.as_date(moment).date().isoformat() != day
        ]
