"""The WebSocket command with which the page follows what changes, without asking again."""

from asyncio import Handle
from datetime import datetime
from typing import Any, Final

import voluptuous as vol
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .. import changes
from ..const import DOMAIN
from ..data import async_loaded
from .now import now

# A time that is counted down to differs by less each time that it is asked for.
A_SECOND: Final = 1.0


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the command."""
    websocket_api.async_register_command(hass, websocket_subscribe)


@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): "analytics/subscribe"})
@websocket_api.async_response
async def websocket_subscribe(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell the state now and whenever it changes, also while nothing is loaded."""
    subscription = Subscription(hass, connection, msg["id"])
    connection.subscriptions[msg["id"]] = subscription.async_end
    connection.send_result(msg["id"])
    subscription.async_begin()
    # Only now, for a connection that is lost while this waits ends what is there by then.
    if data := async_loaded(hass):
        await data.async_watch_switches()


class Subscription:
    """Follows what changes for one page; it outlives the entry, which is loaded anew for options.

    What changes in one turn of the loop is told at once, and what is the same as before is not.
    """

    def __init__(self, hass: HomeAssistant, connection: ActiveConnection, number: int) -> None:
        """Keep whom to tell; nothing is followed yet."""
        self._hass = hass
        self._connection = connection
        self._number = number
        self._listening: list[CALLBACK_TYPE] = []
        self._planned: Handle | None = None
        self._told: dict[str, Any] | None = None

    @callback
    def async_begin(self) -> None:
        """Tell the state, and follow it."""
        self._listening = [
            changes.async_listen(self._hass, self._async_changed),
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_entry_changed
            ),
        ]
        self._tell()

    @callback
    def async_end(self) -> None:
        """Follow nothing any more."""
        for stop in self._listening:
            stop()
        self._listening = []
        if self._planned:
            self._planned.cancel()

    @callback
    def _async_entry_changed(self, _change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN:
            self._async_changed()

    @callback
    def _async_changed(self) -> None:
        if self._planned is None:
            self._planned = self._hass.loop.call_soon(self._tell)

    def _tell(self) -> None:
        self._planned = None
        if not self._connection.user.is_admin:  # any more
            self.async_end()
            return
        state = now(async_loaded(self._hass))
        if not same(self._told, state):
            self._told = state
            self._connection.send_event(self._number, state)


def same(one: object, other: object) -> bool:
    """Tell whether two states say the same, but for parts of a second."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if one == other or not (isinstance(one, str) and isinstance(other, str)):
        return one == other
    try:
        apart = datetime.fromisoformat(one) - datetime.fromisoformat(other)
    except (ValueError, TypeError):
        return False
    return abs(apart.total_seconds()) < A_SECOND
