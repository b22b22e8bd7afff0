"""All that the page shows of this moment, in one answer."""

from typing import Any

from homeassistant.const import __version__ as HOST_VERSION

from .. import host
from ..consent import may_delete
from ..const import ATTR_ONBOARDED
from ..data import AnalyticsData
from ..snapshots import SnapshotReporter
from ..status import status, tiers
from .about_others import about_crash_reports, about_snapshots
from .about_reports import about_reports
from .lines import Line
from .questions import questions

NOT_LOADED = {"loaded": False}


def now(data: AnalyticsData | None) -> dict[str, Any]:
    """Return the state of all that the page shows; nothing in it is secret."""
    if data is None:
        return NOT_LOADED
    return {
        "loaded": True,
        "lines": [line.as_dict() for line in lines(data)],
        "status": status(data),
        "tiers": tiers(data),
        "snapshots": _snapshots(data, data.snapshots) if data.snapshots else None,
        "questions": questions(data),
        "outbox": _outbox(data),
        "journal": data.journal.changes,
        "crashes": data.crash_reporter.outbox.record.changes,
        "host_version": HOST_VERSION,
        ATTR_ONBOARDED: data.choices.consent.decided,
    }


def _outbox(data: AnalyticsData) -> dict[str, Any]:
    """Return whether anything waits for approval; `changes` grows with each change of that."""
    holding = data.holding
    return {"hold": holding.hold, "waiting": holding.waiting, "changes": holding.changes}


def lines(data: AnalyticsData) -> list[Line]:
    """Return a sentence for each matter that there is on this host."""
    server, snapshots = data.settings.crash_server, data.snapshots
    return [
        about_reports(data),
        *([about_crash_reports(data, server)] if server else []),
        *([about_snapshots(data, snapshots)] if snapshots else []),
    ]


def _snapshots(data: AnalyticsData, reporter: SnapshotReporter) -> dict[str, Any]:
    """Return whether snapshots are on, and under Labs, and who gets them."""
    labs, target = host.snapshots_enabled(data.hass), reporter.destination
    return {
        "on": labs and reporter.agreed,
        "labs": labs,
        "destination": {
            "name": target.name,
            "url": target.url,
            "privacy_url": target.privacy_url,
            "confirmed": reporter.confirmed,
            "deletes_on_request": may_delete(target.url),
        },
    }
