"""Two clocks: the one on the wall is set at any time, the other only runs.

A small board starts with a time that is long over, and is set when the network comes. So what is
told to people and servers is told by the first, and what is waited for or gets old by the second.
"""

import time
from datetime import UTC, datetime
from typing import Final

TOLERANCE: Final = 10.0


def wall() -> float:
    """Return the time in seconds since the epoch, as the clock is set at this moment."""
    return time.time()


def running() -> float:
    """Return seconds that only go on, from any beginning; of this run of the host only."""
    return time.monotonic()


def time_of(moment: float) -> float:
    """Return when a moment of the running clock was, by the clock as it is set now."""
    return wall() - running() + moment


class Setting:
    """Notices that the clock on the wall was set: by more than it is adjusted all the time."""

    def __init__(self) -> None:
        """Take the clock as it is set now."""
        self._set_by = wall() - running()

    def changed(self) -> float:
        """Return by how many seconds it was set since the last call; 0 where it was not."""
        by = wall() - running() - self._set_by
        if abs(by) < TOLERANCE:
            return 0.0
        self._set_by += by
        return by


def as_date(moment: float) -> datetime:
    """Return the same as a date."""
    return datetime.fromtimestamp(time_of(moment), UTC)
