"""The integration's actions, for administrators only."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import voluptuous as vol
from homeassistant.const import SERVICE_RELOAD
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.helpers.reload import async_integration_yaml_config
from homeassistant.helpers.service import async_set_service_schema

from .const import ATTR_KIND, ATTR_PREFERENCES, CONF_DESTINATION, DOMAIN
from .data import RUNNING_CONFIG, AnalyticsData, async_loaded
from .models import Kind, Message, Obstacle
from .outbound import async_fault_of_file, outcome
from .preview import preview, previewed_keys, previewed_kinds
from .settings import resolve
from .taking_back import forget

type Handler = Callable[[ServiceCall], Awaitable[ServiceResponse]]

EMPTY_SCHEMA = vol.Schema({})
FORGET_SCHEMA = vol.Schema({vol.Optional(CONF_DESTINATION): str})
PREVIEW_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_KIND, default=Message.REPORT.value): vol.In(previewed_kinds()),
        vol.Optional(ATTR_PREFERENCES): {vol.Optional(key): bool for key in previewed_keys()},
    }
)


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the actions."""
    _register(hass, SERVICE_RELOAD, _async_reload, answers=SupportsResponse.NONE)
    _register(hass, "preview", _async_preview, PREVIEW_SCHEMA, answers=SupportsResponse.ONLY)
    _describe_preview(hass)
    _register(hass, "send_report", _async_send_report)
    _register(hass, "forget", _async_forget, FORGET_SCHEMA)


def _describe_preview(hass: HomeAssistant) -> None:
    """Offer only what this host has to show, which services.yaml can't know."""
    kinds = {"select": {"translation_key": ATTR_KIND, "options": [*previewed_kinds()]}}
    fields = {
        ATTR_KIND: {"required": False, "default": Message.REPORT.value, "selector": kinds},
        ATTR_PREFERENCES: {"required": False, "selector": {"object": None}},
    }
    async_set_service_schema(hass, DOMAIN, "preview", {"fields": fields})


def _register(
    hass: HomeAssistant,
    name: str,
    handler: Handler,
    schema: vol.Schema = EMPTY_SCHEMA,
    *,
    answers: SupportsResponse = SupportsResponse.OPTIONAL,
) -> None:
    """Register an action; the host's own helper can't answer on the oldest."""

    async def admin_only(call: ServiceCall) -> ServiceResponse:
        if call.context.user_id:
            user = await hass.auth.async_get_user(call.context.user_id)
            if user is None:
                raise UnknownUser(context=call.context)
            if not user.is_admin:
                raise Unauthorized(context=call.context)
        return await handler(call)

    hass.services.async_register(DOMAIN, name, admin_only, schema=schema, supports_response=answers)


async def _async_reload(call: ServiceCall) -> None:
    """Read `analytics:` in configuration.yaml again and apply it.

    Raises ServiceValidationError, and changes nothing, where it can't be used.
    """
    hass = call.hass
    config = await async_integration_yaml_config(hass, DOMAIN, raise_on_failure=True)
    entries = hass.config_entries.async_entries(DOMAIN, include_disabled=False)
    running = replace(hass.data[RUNNING_CONFIG], section=config.get(DOMAIN))
    for entry in entries:
        settings = resolve(running.section, entry.options)
        problem = settings.problem or await async_fault_of_file(hass, settings.way_out)
        if problem:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="settings_unusable",
                translation_placeholders={"problem": str(problem)},
            )
    hass.data[RUNNING_CONFIG] = running
    for entry in entries:
        await hass.config_entries.async_reload(entry.entry_id)


async def _async_preview(call: ServiceCall) -> ServiceResponse:
    """Return what would be sent."""
    kind, preferences = call.data[ATTR_KIND], call.data.get(ATTR_PREFERENCES)
    return await preview(_loaded(call.hass), kind, preferences)


async def _async_send_report(call: ServiceCall) -> ServiceResponse:
    """Send now, or let it wait for approval. Raises HomeAssistantError where that failed."""
    ended = await _loaded(call.hass).async_send()
    if ended.kind in {Kind.SENT, Kind.HELD}:
        return outcome(ended) if call.return_response else None
    if ended.kind is Kind.BLOCKED:
        blocked = _loaded(call.hass).pipeline.blocked()
        obstacle = blocked.obstacle if blocked else Obstacle.CHOICE
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key=f"blocked_{obstacle}"
        )
    raise HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="report_failed",
        translation_placeholders={"reason": ended.reason},
    )


async def _async_forget(call: ServiceCall) -> ServiceResponse:
    """Take back what one destination was told, or all were."""
    answer = await forget(_loaded(call.hass), call.data.get(CONF_DESTINATION))
    return answer if call.return_response else None


def _loaded(hass: HomeAssistant) -> AnalyticsData:
    """Return the loaded entry's data; raises ServiceValidationError without one."""
    data = async_loaded(hass)
    if data is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_loaded")
    return data
