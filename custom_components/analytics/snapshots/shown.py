"""What is said of snapshots: their state, and what would be sent."""

from dataclasses import dataclass, field
from typing import Any

from homeassistant.exceptions import HomeAssistantError

from ..consent import may_delete
from ..const import DOMAIN
from ..guard import Held
from ..models import Report
from ..outbound import last_report
from .held import Told, each_once
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
        "deletes_on_request": may_delete(reporter.destination.url),
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Upcoming:
    """The snapshot that would be sent, and what becomes of each device where that was asked for."""

    report: Report
    body: bytes
    destination: dict[str, Any]
    held: tuple[Held, ...] = field(default=(), repr=False)
    devices: list[Told] | None = field(default=None, repr=False)


async def upcoming(reporter: SnapshotReporter, *, explain: bool) -> Upcoming:
    """Return the snapshot that would be sent now, whether or not it may be.

    Nothing is sent. Raises HomeAssistantError where the host can't make one, and OSError where this
    home's own secrets, which the guard looks for, can't be read.
    """
    devices: list[Told] | None = None
    try:
        if explain:
            report, body, devices = await reporter.async_explain()
        else:
            report, body = await reporter.async_preview()
    except SnapshotError as error:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="snapshot_failed",
            translation_placeholders={"reason": str(error)},
        ) from error
    return Upcoming(
        report=report,
        body=body,
        destination=state(reporter),
        held=each_once(part for device in devices or () for part in device.nothing),
        devices=devices,
    )
