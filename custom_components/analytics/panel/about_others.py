"""The sentences about crash reports and snapshots, which have destinations of their own."""

from typing import Final

from .. import host
from ..crash import CrashReporter
from ..crash import consent as crash_consent
from ..data import AnalyticsData
from ..issues import CONFIRM_CRASH_SERVER, CONFIRM_DESTINATION, CONFIRM_SNAPSHOTS
from ..models import CrashServer, Kind, Matter, Obstacle
from ..snapshots import SnapshotReporter
from .lines import Do, Going, Line, Remedy, Tone, approved, called, going

# What keeps all that could leave, and is told of reports.
OF_ALL: Final = {Obstacle.SWITCH, Obstacle.SETTINGS, Obstacle.NOT_SAVED}
LOOK: Final = Remedy(do=Do.OPEN, to="left")


def about_crash_reports(data: AnalyticsData, server: CrashServer) -> Line:
    """Say whether crash reports leave, or what keeps them."""
    named = {"destination": called(server.destination)}
    if not data.crash_reporter.effective:
        text, tone, remedy = _crashes_kept(data, server)
        return Line(
            matter=Matter.CRASH_REPORTS,
            tone=tone,
            text=f"crash_{text}",
            placeholders=named,
            remedy=remedy,
        )
    goes = approved(data.holding, Matter.CRASH_REPORTS, _crashes_going(data.crash_reporter))
    due = data.crash_reporter.worker.due_time if goes.tone is Tone.TROUBLE else None
    return Line(
        matter=Matter.CRASH_REPORTS,
        tone=goes.tone,
        text=f"crash_{goes.how}",
        placeholders={
            **named,
            "reason": goes.reason,
            "waiting": str(goes.waiting),
        },
        at=due.isoformat() if due else None,
        remedy=goes.remedy,
    )


def _crashes_kept(data: AnalyticsData, server: CrashServer) -> tuple[str, Tone, Remedy | None]:
    """Return what keeps crash reports, how that is meant, and what to do about it."""
    blocked = data.pipeline.blocked()
    chosen = data.choices.consent
    if blocked and blocked.obstacle in OF_ALL:
        return "neither", Tone.OFF, None
    if not chosen.decided or not chosen.preferences.get(crash_consent.TIER):
        return "off", Tone.OFF, Remedy(do=Do.CHOOSE, to=crash_consent.TIER)
    if data.choices.pending:
        return "after_reports", Tone.WAITS, Remedy(do=Do.ANSWER, to=CONFIRM_DESTINATION)
    if crash_consent.pending(data.choices, data.store, server):
        return "pending", Tone.WAITS, Remedy(do=Do.ANSWER, to=CONFIRM_CRASH_SERVER)
    return "declined", Tone.OFF, Remedy(do=Do.CHOOSE, to=crash_consent.TIER)


def _crashes_going(reporter: CrashReporter) -> Going:
    last = reporter.sender.last if reporter.sender else None
    if last and last.outcome.kind is Kind.REFUSED:
        return Going(how="refused", tone=Tone.TROUBLE, reason=last.outcome.reason, remedy=LOOK)
    if last and last.outcome.kind is Kind.RETRYABLE and reporter.worker.due is not None:
        return Going(how="undelivered", tone=Tone.TROUBLE, reason=last.outcome.reason, remedy=LOOK)
    waiting = reporter.waiting
    return Going(how="waiting", waiting=waiting) if waiting else Going(how="on")


def about_snapshots(data: AnalyticsData, reporter: SnapshotReporter) -> Line:
    """Say whether a list of devices leaves, or what keeps it."""
    named = {"destination": called(reporter.destination)}
    blocked = reporter.blocked()
    if blocked and blocked.obstacle in OF_ALL:
        return Line(matter=Matter.SNAPSHOTS, tone=Tone.OFF, text="snapshots_neither")
    if blocked and blocked.obstacle is Obstacle.PENDING:
        return Line(
            matter=Matter.SNAPSHOTS,
            tone=Tone.WAITS,
            text="snapshots_pending",
            placeholders=named,
            remedy=Remedy(do=Do.ANSWER, to=CONFIRM_SNAPSHOTS),
        )
    if blocked:
        return Line(
            matter=Matter.SNAPSHOTS,
            tone=Tone.OFF,
            text="snapshots_off",
            placeholders=named,
            remedy=Remedy(do=Do.CHOOSE, to=host.SNAPSHOTS_FEATURE),
        )
    goes = approved(data.holding, Matter.SNAPSHOTS, going(reporter.scheduler, reporter.last, LOOK))
    due = reporter.next_time
    return Line(
        matter=Matter.SNAPSHOTS,
        tone=goes.tone,
        text=f"snapshots_{goes.how}",
        placeholders={**named, "reason": goes.reason, "waiting": str(goes.waiting)},
        at=due.isoformat() if due else None,
        remedy=goes.remedy,
    )
