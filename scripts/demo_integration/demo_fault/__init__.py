"""A custom integration with a fault, for scripts/demo --crash: its action raises in a task."""

import asyncio
from collections.abc import Mapping
from typing import Final

from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

DOMAIN: Final = "demo_fault"
CONFIG_SCHEMA: Final = cv.empty_config_schema(DOMAIN)


class DemoFaultError(Exception):
    """What the action raises; its arguments hold what no crash report may tell."""


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Offer the action."""

    @callback
    def start(call: ServiceCall) -> None:
        """Let a task fail that nobody waits for, so that the host logs what it raised."""
        hass.async_create_task(_poll(**call.data))

    hass.services.async_register(DOMAIN, "raise", start)
    return True


async def _poll(token: str, email: str, latitude: float, longitude: float) -> None:
    """Do what integrations do, with what they know."""
    headers = {"Authorization": f"Bearer {token}"}
    account = {"user": email, "home": (latitude, longitude)}
    await asyncio.sleep(0)
    _read(headers, account)


def _read(headers: Mapping[str, str], account: Mapping[str, object]) -> None:
    address = f"https://demo.invalid/{account['user']}?home={account['home']}"
    raise DemoFaultError(f"{address} made no sense with {headers}", address, headers, account)
