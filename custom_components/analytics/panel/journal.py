"""The commands about what left: the journal in pages, one entry of it, and a file of it."""

from collections.abc import Awaitable
from functools import partial
from typing import Any, Final

import orjson
import voluptuous as vol
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..asking import async_data
from ..const import CONF_URL, DOMAIN
from ..data import AnalyticsData
from ..models import Message
from ..outbound import Found, Wanted, without_ids
from .journal_answers import listed, opened

MAX_PAGE: Final = 100
LONGEST_SEARCH: Final = 200

FILTERS: Final = {
    vol.Optional("kinds"): [vol.In([kind.value for kind in Message])],
    vol.Optional(CONF_URL): str,
    vol.Optional("outcomes"): [str],
    vol.Optional("search"): vol.All(str, vol.Length(max=LONGEST_SEARCH)),
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands."""
    websocket_api.async_register_command(hass, websocket_list)
    websocket_api.async_register_command(hass, websocket_entry)
    websocket_api.async_register_command(hass, websocket_export)


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): "analytics/journal/list",
        vol.Optional("offset", default=0): vol.All(int, vol.Range(min=0)),
        vol.Optional("limit", default=50): vol.All(int, vol.Range(min=1, max=MAX_PAGE)),
        **FILTERS,
    }
)
@websocket_api.async_response
async def websocket_list(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Answer a page of the entries that are wanted, newest first, without what was sent."""
    if data := async_data(hass, connection, msg):
        found = await _read(data.journal.async_find(_wanted(msg)))
        page = slice(msg["offset"], msg["offset"] + msg["limit"])
        connection.send_result(msg["id"], listed(found, page))


@websocket_api.require_admin
@websocket_api.websocket_command(
    {vol.Required("type"): "analytics/journal/entry", vol.Required("number"): int}
)
@websocket_api.async_response
async def websocket_entry(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Answer one entry with the bytes that left, and what arrived there before it."""
    if data := async_data(hass, connection, msg):
        found = await _read(data.journal.async_open(msg["number"]))
        if found is None:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="journal_entry_gone"
            )
        connection.send_result(msg["id"], opened(found))


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): "analytics/journal/export",
        vol.Optional("ids", default=False): bool,
        **FILTERS,
    }
)
@websocket_api.async_response
async def websocket_export(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Answer the text of a file of what is wanted; of ids it has four digits, unless asked for."""
    if data := async_data(hass, connection, msg):
        text = await _async_export(data, _wanted(msg), ids=msg["ids"])
        name = f"analytics-journal-{dt_util.now().date().isoformat()}.json"
        connection.send_result(msg["id"], {"name": name, "text": text})


async def _async_export(data: AnalyticsData, wanted: Wanted, *, ids: bool) -> str:
    found = await _read(data.journal.async_find(wanted, opened=True))
    return await data.hass.async_add_executor_job(partial(_exported, found, ids=ids))


def _exported(found: Found, *, ids: bool) -> str:
    """Return entries as the text of a file. Takes its time: not for the event loop."""
    entries = [entry.as_dict() for entry in found.wanted]
    content = {"exported": dt_util.utcnow().isoformat(), "ids": ids, "entries": entries}
    shown = content if ids else without_ids(content)
    return orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode()


async def _read[T](reading: Awaitable[T]) -> T:
    try:
        return await reading
    except OSError as error:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="journal_unreadable"
        ) from error


def _wanted(msg: dict[str, Any]) -> Wanted:
    kinds, outcomes = msg.get("kinds"), msg.get("outcomes")
    return Wanted(
        kinds=None if kinds is None else frozenset(kinds),
        url=msg.get(CONF_URL),
        outcomes=None if outcomes is None else frozenset(outcomes),
        search=msg.get("search", ""),
    )
