"""The sender itself, which takes each command and lets no light out."""

from typing import Any

from homeassistant.components import infrared
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType

# Older hosts know no other entities than those that send.
SENDER: Any = getattr(infrared, "InfraredEmitterEntity", None) or infrared.InfraredEntity


async def async_setup_platform(
    _hass: HomeAssistant,
    _config: ConfigType,
    async_add_entities: AddEntitiesCallback,
    _discovery_info: DiscoveryInfoType | None = None,
) -> None:
    """Add it."""
    async_add_entities([DemoSender()])


class DemoSender(SENDER):  # type: ignore[misc]
    """It is of no device, and always there."""

    _attr_name = "Demo sender"
    _attr_unique_id = "demo_sender"

    async def async_send_command(self, _command: object) -> None:
        """Do nothing."""
