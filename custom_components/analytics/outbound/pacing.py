"""The pause after what waits in a queue, an event or a crash report, could not be sent."""

from dataclasses import dataclass
from datetime import timedelta
from random import random
from typing import Final

from ..models import Kind, Outcome
from . import retry

# Beyond the table of retries: a server that is down for days is not worth a journal full of it.
LONGEST_PAUSE: Final = 6 * 3600.0
# What keeps it back at home is looked at as often, and leaves no trace in the journal.
WHILE_BLOCKED: Final = 60.0


@dataclass(slots=True)
class Pacing:
    """The failures in a row, and from when on to try again, in the loop's time."""

    failures: int = 0
    resume: float = 0.0

    @property
    def attempt(self) -> int:
        """Return the number of the next attempt."""
        return self.failures + 1

    def note(self, failure: Outcome | None, now: float) -> None:
        """Note how sending ended, None where all was sent; what lies in this home is no failure."""
        if failure is not None and failure.kind is Kind.BLOCKED:
            self.resume = now + WHILE_BLOCKED
            return
        self.failures = 0 if failure is None else self.failures + 1
        if failure is not None:
            pause = retry.delay(self.failures, failure.retry_after, random) or LONGEST_PAUSE
            self.resume = now + pause

    def wait(self, now: float) -> timedelta:
        """Return how long to wait until the next attempt."""
        return timedelta(seconds=max(0.0, self.resume - now))
