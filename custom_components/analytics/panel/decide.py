"""The WebSocket commands with which the page takes what its user decides."""

from typing import Any, Final

import voluptuous as vol
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from .. import host
from ..asking import async_data
from ..consent import EXTENDED_NAMES, deletes
from ..const import CONF_URL, DOMAIN
from ..data import AnalyticsData
from ..repairs import ANSWERS, async_answer
from ..taking_back import forget

ATTR_ANSWER: Final = "answer"
ATTR_MORE: Final = "more"
ATTR_ON: Final = "on"
ATTR_QUESTION: Final = "question"
KNOWN_ANSWERS: Final = sorted({answer for answers in ANSWERS.values() for answer in answers})


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands."""
    websocket_api.async_register_command(hass, websocket_answer)
    websocket_api.async_register_command(hass, websocket_more)
    websocket_api.async_register_command(hass, websocket_new_id)
    if host.has_snapshots():
        websocket_api.async_register_command(hass, websocket_snapshots)


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): "analytics/answer",
        vol.Required(ATTR_QUESTION): vol.In(ANSWERS),
        vol.Required(CONF_URL): str,
        vol.Required(ATTR_ANSWER): vol.In(KNOWN_ANSWERS),
    }
)
@websocket_api.async_response
async def websocket_answer(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Take an answer to a question about an address, as a repair issue does."""
    if data := async_data(hass, connection, msg):
        await async_answer(data, msg[ATTR_QUESTION], msg[CONF_URL], msg[ATTR_ANSWER])
        connection.send_result(msg["id"])


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): "analytics/more",
        vol.Required(ATTR_MORE): vol.Schema({vol.Optional(name): bool for name in EXTENDED_NAMES}),
        vol.Optional(CONF_URL): str,
    }
)
@websocket_api.async_response
async def websocket_more(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Save choices about the tiers that not every destination takes; they count at once."""
    if data := async_data(hass, connection, msg):
        if msg.get(CONF_URL, data.choices.destination.url) != data.choices.destination.url:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="destination_changed"
            )
        await data.async_choose_more(data.choices.more | msg[ATTR_MORE])
        connection.send_result(msg["id"], {ATTR_MORE: data.choices.more})


@websocket_api.require_admin
@websocket_api.websocket_command(
    {vol.Required("type"): "analytics/snapshots", vol.Required(ATTR_ON): bool}
)
@websocket_api.async_response
async def websocket_snapshots(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Turn snapshots on or off, under Labs too; to another address they wait for a yes to it."""
    if data := async_data(hass, connection, msg):
        on = msg[ATTR_ON]
        await host.async_turn_snapshots(hass, on=on)
        if on and not host.snapshots_enabled(hass):
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_labs")
        await data.async_turn_snapshots(on)
        connection.send_result(msg["id"], {ATTR_ON: on})


@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): "analytics/new_id"})
@websocket_api.async_response
async def websocket_new_id(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Drop the id that the destination knows, and answer what becomes of what it has."""
    if data := async_data(hass, connection, msg):
        connection.send_result(msg["id"], await _async_drop_id(data))


async def _async_drop_id(data: AnalyticsData) -> dict[str, Any]:
    """Take back what the destination was told; it is told anew with the next report."""
    destination = data.choices.destination
    known = data.store.uuid(destination) is not None
    answer = await forget(data, destination.url)
    return {
        CONF_URL: destination.url,
        "dropped": known,
        "deletes_on_request": deletes(destination.url),
        "deletions_pending": answer["deletions_pending"],
    }
