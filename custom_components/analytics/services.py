"""The integration's actions."""

from dataclasses import replace

from homeassistant.const import SERVICE_RELOAD
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.reload import async_integration_yaml_config
from homeassistant.helpers.service import async_register_admin_service

from .const import DOMAIN
from .data import RUNNING_CONFIG
from .settings import resolve


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the actions, for administrators only."""
    async_register_admin_service(hass, DOMAIN, SERVICE_RELOAD, _async_reload)


async def _async_reload(call: ServiceCall) -> None:
    """Read `analytics:` in configuration.yaml again and apply it.

    Raises ServiceValidationError, and changes nothing, where it can't be used.
    """
    hass = call.hass
    config = await async_integration_yaml_config(hass, DOMAIN, raise_on_failure=True)
    entries = hass.config_entries.async_entries(DOMAIN, include_disabled=False)
    running = replace(hass.data[RUNNING_CONFIG], section=config.get(DOMAIN))
    for entry in entries:
        if problem := resolve(running.section, entry.options).problem:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="settings_unusable",
                translation_placeholders={"problem": problem},
            )
    hass.data[RUNNING_CONFIG] = running
    for entry in entries:
        await hass.config_entries.async_reload(entry.entry_id)
