"""Where what waits comes from: who knows whether it may still leave, and by which way."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from ..models import Blocked, Outcome, Report
from ..outbound import Noted
from .held import Held


class ChangedError(Exception):
    """By what is known today the guard lets something else pass than what was shown."""

    def __init__(self, report: Report, body: bytes) -> None:
        """Keep what it lets pass."""
        super().__init__("the guard lets something else pass by now")
        self.report = report
        self.body = body


class UnfitError(Exception):
    """By what is known today nothing of it may leave; it says why, and quotes no value."""


class Origin(Protocol):
    """Who made one kind of what waits."""

    def blocked(self, item: Held) -> Blocked | None:
        """Name what keeps it from leaving at this moment."""

    async def async_send(self, item: Held, permit: Callable[[], bool], noted: Noted) -> Outcome:
        """Send exactly these bytes, if the guard would make them again.

        `permit` is asked last. Raises ChangedError where it makes others, UnfitError where it makes
        none, OSError where it can't look.
        """

    def ended(self, item: Held, outcome: Outcome, /) -> None:
        """Take note of how that ended."""


def unchanged(item: Held, report: Report, body: bytes) -> tuple[Report, bytes]:
    """Return what was shown, and its bytes. Raises ChangedError where these are others."""
    if body != item.body.encode():
        raise ChangedError(report, body)
    return replace(report, dropped=item.dropped), body
