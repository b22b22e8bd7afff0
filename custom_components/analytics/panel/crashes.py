"""The commands about crash reports: what was noticed, and of which integrations nothing is told."""

from typing import Any

import voluptuous as vol
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..asking import async_data
from ..const import DOMAIN
from ..crash import Because, CrashReport, Noticed, State
from ..data import AnalyticsData
from ..models import Message
from ..status import crash_reports
from .plain import plain

# As folders of integrations can be called, from which the host takes others than domains, too.
INTEGRATION = vol.All(str, vol.Match(r"\A(?!\.)[^/\\<>\x00-\x1f\x7f]{1,255}\Z"))


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands."""
    websocket_api.async_register_command(hass, websocket_crashes)
    websocket_api.async_register_command(hass, websocket_never)


@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): "analytics/crashes"})
@websocket_api.async_response
async def websocket_crashes(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Answer which faults were noticed, the newest first, and what became of each."""
    if data := async_data(hass, connection, msg):
        connection.send_result(msg["id"], await _answer(data))


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): "analytics/crashes/never",
        vol.Required("integration"): INTEGRATION,
        vol.Required("never"): bool,
    }
)
@websocket_api.async_response
async def websocket_never(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Take that nothing is ever told of faults in an integration, or that it is again."""
    if data := async_data(hass, connection, msg):
        outbox = data.crash_reporter.outbox
        outbox.exclude(msg["integration"], never=msg["never"])
        data.async_refresh()  # what waits for approval follows
        if not await outbox.async_save():
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="not_saved")
        connection.send_result(msg["id"], {"never": sorted(outbox.never)})


async def _answer(data: AnalyticsData) -> dict[str, Any]:
    reporter = data.crash_reporter
    waiting = [
        CrashReport(event=item.payload[-1], digest="", integration=item.integration)
        for item in data.holding.items
        if item.kind is Message.CRASH
    ]
    found = await reporter.workshop.async_noticed(reporter.outbox, waiting)
    held = {report.event["event_id"] for report in waiting}
    return {
        "server": crash_reports(data),
        "noticed": [_shown(each, held) for each in found],
        "never": sorted(reporter.outbox.never),
    }


def _shown(noticed: Noticed, held: set[str]) -> dict[str, Any]:
    """Return a fault; one that waited for approval, and does not any more, was discarded."""
    is_gone = noticed.state is State.HELD and noticed.event_id not in held
    state = State.DROPPED if is_gone else noticed.state
    why = Because.DISCARDED if is_gone else noticed.why
    return {
        "digest": noticed.digest,
        "kind": plain(noticed.kind),
        "where": plain(noticed.where),
        "integration": noticed.integration,
        "count": noticed.count,
        "first": noticed.first,
        "last": noticed.last,
        "state": state,
        "why": f"crash.why_{why}" if why else None,
        "event": noticed.event,
    }
