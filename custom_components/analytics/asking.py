"""Whom commands ask: the loaded entry, or an answer that there is none."""

from typing import Any

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback

from .data import AnalyticsData, async_loaded


@callback
def async_data(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> AnalyticsData | None:
    """Return the loaded entry's data; without one, answer so."""
    data = async_loaded(hass)
    if data is None:
        send_not_found(connection, msg)
    return data


def send_not_found(connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Answer that nobody can answer."""
    connection.send_error(msg["id"], websocket_api.ERR_NOT_FOUND, "Not loaded")
