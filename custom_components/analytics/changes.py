"""Says that something changed of what people are shown, and lets listen for it.

Whoever changes something calls `async_tell`, and need not know who looks on: nobody, mostly.
"""

from collections.abc import Callable
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from .const import DOMAIN

CHANGED: Final = SignalType[()](f"{DOMAIN}_changed")


@callback
def async_tell(hass: HomeAssistant) -> None:
    """Say that something changed, in this turn of the loop."""
    async_dispatcher_send(hass, CHANGED)


@callback
def async_listen(hass: HomeAssistant, listener: Callable[[], None]) -> CALLBACK_TYPE:
    """Call a listener at each change, until what is returned is called."""
    return async_dispatcher_connect(hass, CHANGED, listener)
