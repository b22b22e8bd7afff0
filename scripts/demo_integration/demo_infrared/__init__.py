"""A sender of infrared light that is none, for scripts/demo: devices which only listen need one."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.discovery import async_load_platform
from homeassistant.helpers.typing import ConfigType

DOMAIN: Final = "demo_infrared"
CONFIG_SCHEMA: Final = cv.empty_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Offer the sender."""
    hass.async_create_task(async_load_platform(hass, "infrared", DOMAIN, {}, config))
    return True
