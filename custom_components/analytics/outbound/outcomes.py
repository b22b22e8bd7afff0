"""How something ended that was sent, as JSON."""

from typing import Any

from ..models import LastReport, Outcome


def last_report(last: LastReport | None) -> dict[str, Any] | None:
    """Return how the latest report ended."""
    return {"time": last.time.isoformat(), **outcome(last.outcome)} if last else None


def outcome(ended: Outcome) -> dict[str, Any]:
    """Return how a report ended."""
    return {
        "outcome": ended.kind,
        "reason": ended.reason or None,
        "status": ended.status,
        "dropped": dict(ended.dropped),
    }
