"""The one notification of the host's that something waits, with the way to it and nothing of it."""

from collections.abc import Collection
from typing import Final

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN

ID: Final = f"{DOMAIN}_held"
CATEGORY: Final = "config_panel"
TEXTS: Final = f"component.{DOMAIN}.{CATEGORY}.outbox"

type Marks = frozenset[tuple[str, float]]


class Notification:
    """Comes when something new waits, or is loaded anew, and goes when nothing does."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with nothing told."""
        self._hass = hass
        self._told: Marks = frozenset()

    @callback
    def tell(self, waiting: Collection[tuple[str, float]]) -> None:
        """Follow what waits, each by its name and when it came."""
        now = frozenset(waiting)
        told, self._told = self._told, now
        if not now:
            persistent_notification.async_dismiss(self._hass, ID)
        elif now - told:
            self._hass.async_create_task(self._async_create(), "analytics notification")

    @callback
    def dismiss(self) -> None:
        """Take it away."""
        self.tell(())

    async def _async_create(self) -> None:
        texts = await async_get_translations(
            self._hass, self._hass.config.language, CATEGORY, [DOMAIN]
        )
        if self._told:  # it may be over by now
            persistent_notification.async_create(
                self._hass,
                texts[f"{TEXTS}.notification_message"],
                texts[f"{TEXTS}.notification_title"],
                ID,
            )
