"""Crash reports that wait: the reporter's, with its consent and its scrub."""

from collections.abc import Callable
from dataclasses import dataclass

from ..collect import Source, async_home
from ..crash import CrashReporter, consent, encoded, look_again, undated
from ..models import Blocked, Kind, Obstacle, Outcome, Report
from ..outbound import Noted
from ..settings import Settings
from .held import Held
from .origin import UnfitError, unchanged


@dataclass(frozen=True, kw_only=True, slots=True)
class Crashes:
    """Where a crash report comes from, and by which way it leaves."""

    reporter: CrashReporter
    settings: Settings
    source: Source

    def blocked(self, item: Held) -> Blocked | None:
        """Name what keeps it from leaving at this moment."""
        sender, reporter = self.reporter.sender, self.reporter
        if reporter.outbox.excludes(item.payload[-1], item.integration):
            return Blocked(obstacle=Obstacle.CHOICE)
        if problem := self.settings.problem:
            return Blocked(obstacle=Obstacle.SETTINGS, detail=problem)
        if sender is None or not reporter.in_force:
            return Blocked(obstacle=Obstacle.CHOICE)
        here = item.url == sender.server.destination.url
        if not here or _user(item) != sender.store.uuid(sender.server.destination):
            return Blocked(obstacle=Obstacle.CHOICE)
        return None if reporter.allowed else Blocked(obstacle=Obstacle.NOT_SAVED)

    async def async_send(self, item: Held, permit: Callable[[], bool], noted: Noted) -> Outcome:
        """Send exactly these bytes. Raises ChangedError, UnfitError and OSError."""
        sender = self.reporter.sender
        if sender is None:
            raise UnfitError("there is no server for it")
        version = consent.consented_version(sender.store, sender.server)
        home = await async_home(self.source)

        def make() -> tuple[Report, bytes]:
            told = {name: part for name, part in item.payload[-1].items() if name != "user"}
            event = look_again(told, version, home.knowledge())
            if "event_id" not in event or not event["exception"]["values"]:
                raise UnfitError("it is no crash report")
            lines = undated(event, _user(item))
            report = Report(message=item.kind, payload=lines, tiers=item.tiers)
            return unchanged(item, report, encoded(lines))

        return await sender.async_deliver(
            make, _user(item), item.attempt, permit, noted, approved=True
        )

    def ended(self, item: Held, outcome: Outcome) -> None:
        """Take note of one that has arrived; any other waits on."""
        if outcome.kind is Kind.SENT:
            self.reporter.outbox.record.ended(item.payload[-1]["event_id"], outcome)


def _user(item: Held) -> str:
    return str(item.payload[-1]["user"]["id"])
