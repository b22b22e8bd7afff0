"""The line about analytics under Settings > System > Repairs > System information."""

from collections.abc import Awaitable
from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from . import clock
from .data import AnalyticsData, async_loaded
from .models import Kind
from .status import blocked, next_report


@callback
def async_register(_hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register the information."""
    register.async_register_info(_async_info, "/config/analytics")


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return when reports are sent, what blocks them, and whether the destination answers."""
    data = async_loaded(hass)
    if data is None:
        return {"loaded": False}
    await data.async_watch_switches()
    about_snapshots = {"snapshots": data.snapshots.blocked() is None} if data.snapshots else {}
    last, obstacle, due = data.last_report, blocked(data), next_report(data)
    return {
        "destination": data.choices.destination.label,
        # The front end shows times and booleans in the user's language.
        "last_report": clock.as_date(last.moment) if last else False,
        "last_outcome": last.outcome.kind if last else "-",
        "next_report": due or False,
        "blocked_by": obstacle["reason"] if obstacle else False,
        "crash_reports": data.crash_reporter.effective,
        **about_snapshots,
        "destination_reachable": _reachable(data),
    }


def _reachable(data: AnalyticsData) -> Awaitable[str | dict[str, str]] | str:
    """Ask the destination only while reports may be sent to it."""
    return "not asked" if data.pipeline.blocked() else _async_reachable(data)


async def _async_reachable(data: AnalyticsData) -> str | dict[str, str]:
    outcome = await data.pipeline.gate.async_request(
        "HEAD", data.choices.destination.url, lambda: data.pipeline.blocked() is None
    )
    if outcome.kind is Kind.BLOCKED:
        return "not asked"
    # Any answer will do: a receiver need not know HEAD.
    return {"type": "failed", "error": "unreachable"} if outcome.status is None else "ok"
