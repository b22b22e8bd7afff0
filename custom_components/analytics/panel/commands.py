"""All that the page asks for, a module for each of its rooms."""

from homeassistant.core import HomeAssistant, callback

from . import (
    crashes,
    decide,
    journal,
    options,
    outbox,
    subscribe,
    upcoming,
)


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands; they answer not_found while nothing is loaded."""
    crashes.async_register(hass)
    decide.async_register(hass)
    journal.async_register(hass)
    options.async_register(hass)
    outbox.async_register(hass)
    subscribe.async_register(hass)
    upcoming.async_register(hass)
