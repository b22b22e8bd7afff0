"""The WebSocket commands with which the front end reads and sets the user's choices."""

from typing import Any

import voluptuous as vol
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from . import host, websocket_panels
from .asking import async_data, send_not_found
from .const import ATTR_KIND, ATTR_ONBOARDED, ATTR_PREFERENCES, CONF_DESTINATION, DOMAIN
from .data import AnalyticsData
from .models import Message
from .onboarding import Onboarding, async_answering
from .outbound import MAX_ENTRIES, outcome
from .preview import preview, previewed_keys, previewed_kinds
from .status import status, tiers
from .taking_back import forget

PREFERENCES_SCHEMA = vol.Schema({vol.Optional(key): bool for key in host.preference_keys()})
PREVIEW_SCHEMA = vol.Schema({vol.Optional(key): bool for key in previewed_keys()})


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands; they answer not_found while nobody can answer."""
    websocket_api.async_register_command(hass, websocket_analytics)
    websocket_api.async_register_command(hass, websocket_preferences)
    websocket_api.async_register_command(hass, websocket_status)
    websocket_api.async_register_command(hass, websocket_tiers)
    websocket_api.async_register_command(hass, websocket_preview)
    websocket_api.async_register_command(hass, websocket_journal)
    websocket_api.async_register_command(hass, websocket_journal_delete)
    websocket_api.async_register_command(hass, websocket_send)
    websocket_api.async_register_command(hass, websocket_forget)
    websocket_panels.async_register(hass)


@callback
@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): "analytics"})
def websocket_analytics(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Answer what the user chose, and whether the user was asked."""
    if answering := _answering(hass, connection, msg):
        connection.send_result(
            msg["id"],
            {
                ATTR_PREFERENCES: answering.preferences,
                ATTR_ONBOARDED: answering.choices.consent.decided,
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
    if answering := _answering(hass, connection, msg):
        await answering.async_choose(msg[ATTR_PREFERENCES])
        connection.send_result(msg["id"], {ATTR_PREFERENCES: answering.preferences})


@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): "analytics/status"})
@websocket_api.async_response
async def websocket_status(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Answer where reports go, what blocks them, and when the last and next one is."""
    if data := async_data(hass, connection, msg):
        await data.async_watch_switches()
        connection.send_result(msg["id"], status(data))


@callback
@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): "analytics/tiers"})
def websocket_tiers(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Answer what can be shared, field by field, and what is."""
    if data := async_data(hass, connection, msg):
        connection.send_result(msg["id"], {"tiers": tiers(data)})


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): "analytics/preview",
        vol.Optional(ATTR_KIND, default=Message.REPORT.value): vol.In(previewed_kinds()),
        vol.Optional(ATTR_PREFERENCES): PREVIEW_SCHEMA,
    }
)
@websocket_api.async_response
async def websocket_preview(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Answer what would be sent."""
    if data := async_data(hass, connection, msg):
        shown = await preview(data, msg[ATTR_KIND], msg.get(ATTR_PREFERENCES))
        connection.send_result(msg["id"], shown)


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): "analytics/journal",
        vol.Optional("limit", default=MAX_ENTRIES): vol.All(int, vol.Range(min=1, max=MAX_ENTRIES)),
    }
)
@websocket_api.async_response
async def websocket_journal(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Answer what was sent, newest first."""
    if data := async_data(hass, connection, msg):
        try:
            entries = await data.journal.async_entries(msg["limit"])
        except OSError as error:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="journal_unreadable"
            ) from error
        connection.send_result(msg["id"], {"entries": [entry.as_dict() for entry in entries]})


@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): "analytics/journal/delete"})
@websocket_api.async_response
async def websocket_journal_delete(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Delete the journal."""
    if data := async_data(hass, connection, msg):
        try:
            await data.journal.async_delete()
        except OSError as error:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="journal_not_deleted"
            ) from error
        connection.send_result(msg["id"])


@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): "analytics/send"})
@websocket_api.async_response
async def websocket_send(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Send now, and answer how that ended."""
    if data := async_data(hass, connection, msg):
        connection.send_result(msg["id"], outcome(await data.async_send()))


@websocket_api.require_admin
@websocket_api.websocket_command(
    {vol.Required("type"): "analytics/forget", vol.Optional(CONF_DESTINATION): str}
)
@websocket_api.async_response
async def websocket_forget(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Take back what one destination was told, or all were, and answer what becomes of it."""
    if data := async_data(hass, connection, msg):
        connection.send_result(msg["id"], await forget(data, msg.get(CONF_DESTINATION)))


def _answering(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> AnalyticsData | Onboarding | None:
    """Return who answers the host's pages, in onboarding too; without anybody, answer so."""
    answering = async_answering(hass)
    if answering is None:
        send_not_found(connection, msg)
    return answering
