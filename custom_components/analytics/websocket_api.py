"""The WebSocket commands with which the front end reads and sets the user's choices."""

from typing import Any

import voluptuous as vol
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback

from . import host
from .const import ATTR_ONBOARDED, ATTR_PREFERENCES
from .data import AnalyticsData, async_loaded

PREFERENCES_SCHEMA = vol.Schema({vol.Optional(key): bool for key in host.preference_keys()})


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands; they answer not_found while no config entry is loaded."""
    websocket_api.async_register_command(hass, websocket_analytics)
    websocket_api.async_register_command(hass, websocket_preferences)


@callback
@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): "analytics"})
def websocket_analytics(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Answer what the user chose, and whether the user was asked."""
    if data := _loaded(hass, connection, msg):
        connection.send_result(
            msg["id"],
            {
                ATTR_PREFERENCES: data.choices.preferences,
                ATTR_ONBOARDED: data.choices.consent.decided,
            },
        )


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): "analytics/preferences",
        vol.Required(ATTR_PREFERENCES, default={}): PREFERENCES_SCHEMA,
    }
)
@websocket_api.async_response
async def websocket_preferences(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Save choices, and let them take effect at once."""
    if data := _loaded(hass, connection, msg):
        await data.async_choose(msg[ATTR_PREFERENCES])
        connection.send_result(msg["id"], {ATTR_PREFERENCES: data.choices.preferences})


def _loaded(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> AnalyticsData | None:
    """Return the loaded entry's data; without one, answer so."""
    data = async_loaded(hass)
    if data is None:
        connection.send_error(msg["id"], websocket_api.ERR_NOT_FOUND, "Not loaded")
    return data
