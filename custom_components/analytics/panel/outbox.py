"""The commands about what waits for approval: shown byte for byte, and decided about as shown."""

from typing import Any

import voluptuous as vol
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..asking import async_data
from ..data import AnalyticsData
from ..holding import Held
from ..outbound import outcome
from ..tiers import TIERS

KEY = vol.Required("key")
DIGEST = vol.Required("digest")


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands; they answer not_found while nothing is loaded."""
    websocket_api.async_register_command(hass, websocket_outbox)
    websocket_api.async_register_command(hass, websocket_approve)
    websocket_api.async_register_command(hass, websocket_trim)
    websocket_api.async_register_command(hass, websocket_discard)


@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): "analytics/outbox"})
@websocket_api.async_response
async def websocket_outbox(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Answer what waits, newest first."""
    if data := async_data(hass, connection, msg):
        holding = data.holding
        # To read what a snapshot says takes its time.
        items = await hass.async_add_executor_job(
            lambda: [shown(data, item) for item in reversed(holding.items)]
        )
        connection.send_result(
            msg["id"],
            {
                "hold": holding.hold,
                "discard_after": holding.hold_for.total_seconds(),
                "items": items,
            },
        )


@websocket_api.require_admin
@websocket_api.websocket_command(
    {vol.Required("type"): "analytics/outbox/approve", KEY: str, DIGEST: str}
)
@websocket_api.async_response
async def websocket_approve(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Send exactly what was shown, and answer how that ended."""
    if data := async_data(hass, connection, msg):
        ended = await data.async_approve(msg["key"], msg["digest"])
        connection.send_result(msg["id"], outcome(ended))


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): "analytics/outbox/trim",
        KEY: str,
        DIGEST: str,
        vol.Exclusive("tiers", "part"): vol.All([vol.In(TIERS)], vol.Length(min=1)),
        vol.Exclusive("crash", "part"): str,
    }
)
@websocket_api.async_response
async def websocket_trim(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Leave tiers, or a crash, out of what waits, and answer what is left: null for nothing."""
    if data := async_data(hass, connection, msg):
        key, digest = msg["key"], msg["digest"]
        if "crash" in msg:
            await data.holding.async_trim_crash(key, digest, msg["crash"])
            connection.send_result(msg["id"], None)
            return
        left = await data.holding.async_trim(key, digest, tuple(msg.get("tiers", ())))
        connection.send_result(msg["id"], shown(data, left))


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): "analytics/outbox/discard",
        KEY: str,
        vol.Optional("digest"): str,
    }
)
@websocket_api.async_response
async def websocket_discard(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Let something never leave."""
    if data := async_data(hass, connection, msg):
        await data.holding.async_discard(msg["key"], msg.get("digest"))
        connection.send_result(msg["id"])


def shown(data: AnalyticsData, item: Held) -> dict[str, Any]:
    """Return what waits, byte for byte, and what is known of it."""
    return {
        "key": item.key,
        "kind": item.kind,
        "time": item.time,
        "expires": (dt_util.utcnow() + data.holding.left(item)).isoformat(),
        "destination": item.name,
        "url": item.url,
        "tiers": dict(item.tiers),
        "size": len(item.body.encode()),
        "payload": item.payload,
        "body": item.body,
        "digest": item.digest,
        "dropped": dict(item.dropped),
        "reason": item.reason,
        "last_outcome": dict(item.last) if item.last else None,
    }
