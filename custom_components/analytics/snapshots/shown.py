"""What is said of snapshots: their state, and what would be sent."""

from typing import Any

from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..outbound import last_report
from .reporter import SnapshotReporter
from .sender import SnapshotError


def state(reporter: SnapshotReporter) -> dict[str, Any]:
    """Return what becomes of snapshots; nothing in it is secret."""
    blocked = reporter.blocked()
    return {
        "name": reporter.destination.name,
        "url": reporter.destination.url,
        "privacy_url": reporter.destination.privacy_url,
        "confirmed": reporter.confirmed,
        "effective": blocked is None,
        "blocked": {"reason": blocked.obstacle, "detail": blocked.detail} if blocked else None,
        "next": due.isoformat() if (due := reporter.next_time) else None,
        "last": last_report(reporter.last),
        "deletes_on_request": False,
    }


async def preview(reporter: SnapshotReporter | None) -> dict[str, Any]:
    """Return the snapshot that would be sent now, whether or not it may be.

    Nothing is sent. Raises HomeAssistantError where the host can't make one, and OSError where this
    home's own secrets, which the guard looks for, can't be read.
    """
    if reporter is None:
        return {}
    try:
        report, body = await reporter.async_preview()
    except SnapshotError as error:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="snapshot_failed",
            translation_placeholders={"reason": str(error)},
        ) from error
    return {
        "payload": report.payload,
        "destination": state(reporter),
        "bytes": len(body) if report.payload else 0,
        "dropped": dict(report.dropped),
    }
