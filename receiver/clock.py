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
class Window:
    """Times that were counted on and so were too early, in seconds since 1970.

    They are later than `after`, of first reports later than `sure`, and up to `until`.
    """

    sure: int
    after: int
    until: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Doubt:
    """A clock that contradicts: by how many seconds, since when steadily, and what was before."""

    offset: float
    since: float
    sure: int
    after: int


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
        self._sure: int | None = None
        self._doubt: _Doubt | None = None
        self._behind: Window | None = None

    def begin(self, seen: int | None, published: int | None) -> None:
        """Go on from the time that was stored last; where there is none, nothing contradicts.

        What came since the last publication may have come while the clock was doubted.
        """
        if seen is not None:
            # What is stored from now on is to be told from what was stored before.
            self._time, self._moment = seen + 1, self.steady()
            self._ahead, self._sure = OFF, published

    def now(self) -> float:
        """Return the seconds since 1970, of which those in doubt are counted on."""
        wall, moment = self._wall(), self.steady()
        expected = self._time + moment - self._moment
        if -CORRECTED <= wall - expected <= self._ahead:
            self._believe(wall, moment, expected)
            return wall
        self._contradict(wall - expected, moment, expected)
        return expected

    @property
    def doubted(self) -> bool:
        """Tell whether nothing may be deleted, thinned or published now."""
        self.now()
        return self._doubt is not None or self._behind is not None

    def settle(self) -> Window | None:
        """Believe a clock that has gone on for long enough, and return what is to be put right.

        That is in doubt until `settled`.
        """
        expected = self.now()
        doubt, moment = self._doubt, self.steady()
        if doubt is not None and moment - doubt.since >= CONFIRMED_AFTER:
            self._believe(self._wall(), moment, expected)
        return self._behind

    def settled(self) -> None:
        """Note that it was put right."""
        self._behind = None

    def _believe(self, wall: float, moment: float, expected: float) -> None:
        self._time, self._moment, self._ahead, self._sure = wall, moment, CORRECTED, None
        if (doubt := self._doubt) is not None:
            self._doubt = None
            # Where time was ahead, nothing was counted on too early: all is wrong that is to come.
            if wall - expected > CORRECTED:
                self._behind = Window(sure=doubt.sure, after=doubt.after, until=int(expected))
            LOGGER.warning("The clock is believed again: figures are published, what is due goes")

    def _contradict(self, offset: float, moment: float, expected: float) -> None:
        doubt = self._doubt
        if doubt is None:
            LOGGER.warning(
                "The clock is %.1f hours %s what follows from the time that was stored last: "
                "nothing is deleted, thinned or published until it is set right, or has gone on "
                "for %d hours; reports are taken",
                abs(offset) / HOUR,
                "ahead of" if offset > 0 else "behind",
                CONFIRMED_AFTER // HOUR,
            )
        if doubt is None or abs(offset - doubt.offset) > CORRECTED:
            # Of what was stored in this very second, some may have been after the leap.
            after = int(expected) - 1 if doubt is None else doubt.after
            sure = after if self._sure is None else self._sure
            self._doubt = _Doubt(offset=offset, since=moment, sure=sure, after=after)
