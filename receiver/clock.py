"""What time it is: the wall clock's word, unless it contradicts what was stored last.

Rows are deleted, days thinned and figures dated by it, and none of that can be taken back. So a
clock that leapt is not believed before it has gone on for nearly a day: until then time is counted
on from what was stored last.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

LOGGER = logging.getLogger(__name__)

HOUR: Final = 3600
DAY: Final = 24 * HOUR
# A clock may be corrected by so much while the receiver runs, and back at its start.
CORRECTED: Final = HOUR
# For so long a receiver may be off. A shorter time would make it wait after each weekend's work.
OFF: Final = 2 * DAY
# So long a clock that contradicts has to go on. A start begins that anew, so it is less than a day,
# or a receiver that is started daily would wait for ever.
CONFIRMED_AFTER: Final = 23 * HOUR
# On Linux only this one, on macOS the other one as well goes on while the machine sleeps.
_STEADY: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def steady() -> float:
    """Return seconds since some moment, by a clock that nobody sets."""
    return time.clock_gettime(_STEADY)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Doubt:
    """A clock that contradicts: by how many seconds, and since when steadily."""

    offset: float
    since: float


class Clock:
    """The time, as it is believed; without a beginning the wall clock is right at first."""

    def __init__(
        self, *, wall: Callable[[], float] = time.time, steady: Callable[[], float] = steady
    ) -> None:
        """Name a clock in seconds since 1970, which may be set, and one that nobody sets."""
        self._wall = wall
        self.steady = steady
        # What time it was, at which moment of the steady clock.
        self._time, self._moment = wall(), steady()
        self._ahead = CORRECTED
        self._doubt: _Doubt | None = None

    def begin(self, seen: int | None) -> None:
        """Go on from the time that was stored last; where there is none, nothing contradicts."""
        if seen is not None:
            # What comes now is later than all that is stored.
            self._time, self._moment, self._ahead = seen + 1, self.steady(), OFF
        self.look()

    def now(self) -> float:
        """Return the seconds since 1970, counted on from the last look."""
        return self._time + self.steady() - self._moment

    def look(self) -> float:
        """Compare the wall clock with that, believe or doubt it, and return what time it is."""
        wall, expected = self._wall(), self.now()
        if -CORRECTED <= wall - expected <= self._ahead:
            self._believe(wall)
            return wall
        self._contradict(wall - expected)
        return expected

    def confirm(self) -> float:
        """Look, and believe a clock that has gone on for long enough; return what time it is."""
        now = self.look()
        if self._doubt is None or self.steady() - self._doubt.since < CONFIRMED_AFTER:
            return now
        self._believe(now := self._wall())
        return now

    @property
    def doubted(self) -> bool:
        """Tell whether the clock contradicted at the last look, so that time is counted on.

        Nothing may be deleted, thinned or published then.
        """
        return self._doubt is not None

    def _believe(self, wall: float) -> None:
        self._time, self._moment, self._ahead = wall, self.steady(), CORRECTED
        if self._doubt is not None:
            self._doubt = None
            LOGGER.warning("The clock is believed again: figures are published, what is due goes")

    def _contradict(self, offset: float) -> None:
        if self._doubt is None:
            LOGGER.warning(
                "The clock is %.1f hours %s what follows from the time that was stored last: "
                "nothing is deleted, thinned or published until it is set right, or has gone on "
                "for %d hours; reports are taken",
                abs(offset) / HOUR,
                "ahead of" if offset > 0 else "behind",
                CONFIRMED_AFTER // HOUR,
            )
        if self._doubt is None or abs(offset - self._doubt.offset) > CORRECTED:
            self._doubt = _Doubt(offset=offset, since=self.steady())
