"""The WebSocket commands with which the page edits every option: the form of the options flow."""

from typing import Any, Final

import voluptuous as vol
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..asking import async_data
from ..const import DOMAIN
from ..options_form import OptionsForm, error_key, options_form

ATTR_ERRORS: Final = "errors"
ATTR_VALUES: Final = "values"
UNKNOWN_FIELD: Final = "unknown_key"


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands."""
    websocket_api.async_register_command(hass, websocket_options)
    websocket_api.async_register_command(hass, websocket_save)


@callback
@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): "analytics/options"})
def websocket_options(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Answer what can be set and how it is, and what is set elsewhere."""
    if async_data(hass, connection, msg):
        form = options_form(hass, _entry(hass))
        shown = {
            "schema": _serialized(form),
            ATTR_VALUES: form.values,
            "fixed": form.fixed,
            ATTR_ERRORS: {},
        }
        connection.send_result(msg["id"], shown)


# The schema takes any values, for each that can't be used has a text of its own.
@websocket_api.require_admin
@websocket_api.websocket_command(
    {vol.Required("type"): "analytics/options/save", vol.Required(ATTR_VALUES): {str: object}}
)
@websocket_api.async_response
async def websocket_save(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Save all options, or answer why not; the entry is loaded again with them."""
    if async_data(hass, connection, msg):
        errors = await _async_save(hass, msg[ATTR_VALUES])
        connection.send_result(msg["id"], {ATTR_ERRORS: errors})


async def _async_save(hass: HomeAssistant, given: dict[str, Any]) -> dict[str, str]:
    """Save what passes the checks; return texts of errors by field, none where it did."""
    entry = _entry(hass)
    form = options_form(hass, entry)
    values = {key: value for key, value in given.items() if value not in (None, "")}
    if errors := _of_another_form(form, values):
        return errors
    checked = await form.async_check(hass, values)
    if not checked.errors:
        hass.config_entries.async_update_entry(entry, options=checked.options)
    return dict(checked.errors)


def _of_another_form(form: OptionsForm, values: dict[str, Any]) -> dict[str, str]:
    """Return errors for what the host refuses of a flow before it is asked."""
    errors: dict[str, str] = {}
    for key, value in values.items():
        if key not in form.fields:
            errors[key] = UNKNOWN_FIELD
            continue
        try:
            form.fields[key](value)
        except vol.Invalid as error:
            errors[key] = error_key(error)
    return errors


def _entry(hass: HomeAssistant) -> ConfigEntry:
    [entry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return entry


def _serialized(form: OptionsForm) -> list[dict[str, Any]]:
    """Return the fields as the host tells its front end of those of a flow."""
    return [
        {"name": key, "optional": True, **selector.serialize()}
        for key, selector in form.fields.items()
    ]
