"""Snapshots of devices that wait: the reporter's, with its consent and its inspector."""

from collections.abc import Callable
from dataclasses import dataclass

from .. import host
from ..collect import async_home
from ..models import Blocked, Obstacle, Outcome, Report
from ..outbound import Noted
from ..snapshots import SnapshotReporter, inspected
from .held import Held
from .origin import unchanged


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshots:
    """Where a snapshot comes from, and by which way it leaves."""

    reporter: SnapshotReporter

    def blocked(self, item: Held) -> Blocked | None:
        """Name what keeps it from leaving at this moment."""
        here = item.url == self.reporter.destination.url
        # First: a no counts also while something else keeps it from leaving.
        if here and not self.reporter.chosen:
            return Blocked(obstacle=Obstacle.CHOICE)
        if found := self.reporter.blocked():
            return found
        return None if here else Blocked(obstacle=Obstacle.CHOICE)

    async def async_send(self, item: Held, permit: Callable[[], bool], noted: Noted) -> Outcome:
        """Send exactly these bytes. Raises ChangedError, and OSError."""
        source = self.reporter.sender.source
        home, devices = await async_home(source), list(host.devices(source.hass))

        def make() -> tuple[Report, bytes]:
            return unchanged(item, *inspected(item.payload, home, devices))

        return await self.reporter.sender.async_deliver(
            make, item.attempt, permit, noted, approved=True
        )

    def ended(self, _item: Held, outcome: Outcome) -> None:
        """Take note of how that ended."""
        self.reporter.ended(outcome)
