"""Which events about the time before them are settled in this run of the host."""

from typing import Final

from homeassistant.core import CoreState, HomeAssistant
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..models import Message

# What tells of the time before it is noted.
OF_THE_PAST: Final = (Message.FAULT, Message.START)
# Of these, what was noted in this run of the host, or is not to be.
TOLD: Final[HassKey[set[Message]]] = HassKey(f"{DOMAIN}_told")


def told(hass: HomeAssistant) -> set[Message]:
    """Return what of this run's start is settled: all of it where we were not there when it was."""
    if TOLD not in hass.data:
        late = hass.state is CoreState.running
        hass.data[TOLD] = set(OF_THE_PAST) if late else set()
    return hass.data[TOLD]
