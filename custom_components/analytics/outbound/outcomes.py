"""How something ended that was sent, as JSON."""

from typing import Any

from .. import clock
from ..models import LastReport, Outcome


def last_report(last: LastReport | None) -> dict[str, Any] | None:
    """Return how the latest report ended."""
    if last is None:
        return None
    return {"time": clock.as_date(last.moment).isoformat(), **outcome(last.outcome)}


def outcome(ended: Outcome) -> dict[str, Any]:
    """Return how a report ended."""
    return {
        "outcome": ended.kind,
        "reason": ended.reason or None,
        "status": ended.status,
        "dropped": dict(ended.dropped),
    }
