"""Whom the panel's commands ask: the loaded entry."""

from typing import Any

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback

from ..data import AnalyticsData, async_loaded


@callback
def async_data(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> AnalyticsData | None:
    """Return the loaded entry's data; without one, answer so."""
    data = async_loaded(hass)
    if data is None:
        connection.send_error(msg["id"], websocket_api.ERR_NOT_FOUND, "Not loaded")
    return data
