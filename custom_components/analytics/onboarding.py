"""While the host's onboarding goes on: choices are taken and kept, and nothing else happens.

There is no config entry before it is done, for the last page of onboarding lists every entry that
is there among the devices that were found at home.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from .consent import Choices, ConsentStore
from .const import DOMAIN
from .data import RUNNING_CONFIG, STORE, AnalyticsData, async_loaded
from .outbound import Gate
from .page import Page
from .settings import resolve

# Seconds in which the browser leaves the last page of onboarding, which would still list the entry.
LEAVING: Final = 3


class Onboarding:
    """Answers the pages of onboarding, of which one asks what is shared."""

    def __init__(self, hass: HomeAssistant, store: ConsentStore) -> None:
        """Take choices for the destination that configuration.yaml names."""
        settings = resolve(hass.data[RUNNING_CONFIG].section, {})
        self.choices = Choices(hass, store, settings.destination)
        self._page = Page(settings=settings, store=store, choices=self.choices)
        self._store = store
        self._gate = Gate(hass, enabled=settings.enabled)

    @property
    def preferences(self) -> dict[str, bool]:
        """Return all choices that the front end knows."""
        return self._page.preferences

    async def async_choose(self, chosen: Mapping[str, bool]) -> None:
        """Keep choices, and tell the Supervisor.

        Raises HomeAssistantError where they can't be saved: they count all the same until the host
        stops, and saving them is tried again once there is a config entry.
        """
        self._page.choose(chosen)
        self._store.hold(await self._gate.async_read_switches() is not None)
        await self._store.async_save()
        await self.choices.async_mirror(chosen)
        if not self._store.saved:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="not_saved")


ONBOARDING: HassKey[Onboarding] = HassKey(f"{DOMAIN}_onboarding")


async def async_until_over(hass: HomeAssistant, over: Callable[[], None]) -> None:
    """Call this when onboarding is over, and take choices until then.

    At once where it is over, where the host has none, and where the entry is there already.
    """
    if _is_over(hass) or hass.config_entries.async_entries(DOMAIN):
        over()
        return
    store = ConsentStore(hass)
    await store.async_load()
    # The entry goes on with it, so that no choice can be lost in between.
    hass.data[STORE] = store
    hass.data[ONBOARDING] = Onboarding(hass, store)
    _listen(hass, over)


@callback
def _listen(hass: HomeAssistant, over: Callable[[], None]) -> None:
    """Call this when the last page has been left."""
    from homeassistant.components.onboarding import async_add_listener

    @callback
    def left(_now: datetime) -> None:
        over()

    @callback
    def done() -> None:
        async_call_later(hass, LEAVING, HassJob(left, cancel_on_shutdown=True))

    async_add_listener(hass, done)


@callback
def async_end(hass: HomeAssistant) -> None:
    """Leave all that follows to the config entry, which is there now."""
    hass.data.pop(ONBOARDING, None)


@callback
def async_answering(hass: HomeAssistant) -> AnalyticsData | Onboarding | None:
    """Return who answers the host's pages; None while there is nobody."""
    return async_loaded(hass) or hass.data.get(ONBOARDING)


def _is_over(hass: HomeAssistant) -> bool:
    if "onboarding" not in hass.config.components:
        return True
    from homeassistant.components.onboarding import async_is_onboarded

    return async_is_onboarded(hass)
