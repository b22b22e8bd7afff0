"""The WebSocket command with which the module in the front end tells that a panel was opened."""

from typing import Any, Final

import voluptuous as vol
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback

from .data import async_loaded
from .tiers import words

ATTR_PANEL: Final = "panel"


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the command."""
    websocket_api.async_register_command(hass, websocket_panel_opened)


# For everybody who is logged in, and nobody is asked who that is. The schema takes anything: what
# it refuses is logged by the host, with the name of the user.
@callback
@websocket_api.websocket_command(
    {vol.Required("type"): "analytics/panel_opened", vol.Optional(ATTR_PANEL): object}
)
def websocket_panel_opened(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Count that a panel was opened."""
    panel = msg.get(ATTR_PANEL)
    if (data := async_loaded(hass)) is None:
        connection.send_error(msg["id"], websocket_api.ERR_NOT_FOUND, "Not loaded")
    elif not (isinstance(panel, str) and panel in words.PANELS):
        connection.send_error(msg["id"], websocket_api.ERR_INVALID_FORMAT, "Unknown panel")
    elif data.interface.opened(panel):
        connection.send_result(msg["id"])
    else:
        connection.send_error(msg["id"], websocket_api.ERR_NOT_ALLOWED, "Not counted")
