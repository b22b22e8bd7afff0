"""The command about what would leave: exactly that, what it is compared with, and what stays."""

from typing import Any, Final

import voluptuous as vol
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback

from ..asking import async_data
from ..const import ATTR_KIND, ATTR_PREFERENCES
from ..data import AnalyticsData
from ..guard import Held
from ..models import Message
from ..preview import Upcoming, previewed_keys, previewed_kinds, upcoming
from ..snapshots import Told
from .journal_answers import sent_before
from .plain import plain

ATTR_NEW_FIELDS: Final = "new_fields"
PREFERENCES_SCHEMA = vol.Schema({vol.Optional(key): bool for key in previewed_keys()})


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the command."""
    websocket_api.async_register_command(hass, websocket_next)


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): "analytics/next",
        vol.Optional(ATTR_KIND, default=Message.REPORT.value): vol.In(previewed_kinds()),
        vol.Optional(ATTR_PREFERENCES): PREFERENCES_SCHEMA,
        vol.Optional(ATTR_NEW_FIELDS, default=False): bool,
    }
)
@websocket_api.async_response
async def websocket_next(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Answer what would be sent, what was sent last, and what is held back.

    The values that are held back are in this answer only.
    """
    if data := async_data(hass, connection, msg):
        kind: str = msg[ATTR_KIND]
        found = await upcoming(
            data,
            kind,
            msg.get(ATTR_PREFERENCES),
            new_fields=msg[ATTR_NEW_FIELDS],
            explain=True,
        )
        connection.send_result(msg["id"], await _answer(data, kind, found))


async def _answer(data: AnalyticsData, kind: str, found: Upcoming) -> dict[str, Any]:
    devices = {} if found.devices is None else {"devices": [*map(_device, found.devices)]}
    return {
        ATTR_KIND: kind,
        "payload": found.payload,
        "json": found.body.decode(),
        "bytes": len(found.body),
        "destination": found.destination,
        **found.more,
        "held": [*map(_held, found.held)],
        "last": await _last(data, kind, found),
        **devices,
    }


async def _last(data: AnalyticsData, kind: str, found: Upcoming) -> dict[str, Any] | None:
    """Return what arrived there last; a journal that can't be read has nothing to compare with."""
    if found.destination is None:
        return None
    try:
        return sent_before(await data.journal.async_last(kind, found.destination["url"]))
    except OSError:
        return None


def _held(part: Held) -> dict[str, Any]:
    return {
        "field": plain(part.field),
        "rule": part.rule,
        "value": plain(part.value),
        "instead": plain(part.instead),
    }


def _device(device: Told) -> dict[str, Any]:
    return {
        "integration": plain(device.integration),
        "told": device.told,
        "nothing": [
            {"field": plain(part.field), "value": plain(part.value), "rule": part.rule}
            for part in device.nothing
        ],
    }
