"""While the tier about the interface is in force: the module in the front end, and the counter."""

from homeassistant.core import HomeAssistant, callback

from ..consent import allowed_tiers
from ..models import Matter
from ..part import Part
from ..pipeline import Pipeline
from ..tiers import INTERFACE
from .counter import PanelCounter
from .module import FrontendModule


class Interface(Part):
    """Follows whether it may be counted how often the parts of the interface are opened."""

    matter = Matter.REPORTS

    def __init__(self, hass: HomeAssistant, pipeline: Pipeline, counter: PanelCounter) -> None:
        """Keep the parts; nothing is counted yet."""
        self._pipeline = pipeline
        self._counter = counter
        self._module = FrontendModule(hass)

    @property
    def in_force(self) -> bool:
        """Tell whether it is counted at this moment."""
        return self._agreed and self._pipeline.blocked() is None

    @property
    def _agreed(self) -> bool:
        """Tell whether there is a yes, and no switch is on."""
        chosen = allowed_tiers(self._pipeline.choices.in_force)
        return INTERFACE.name in chosen and self._pipeline.gate.switch is None

    async def async_load(self, *, copied: bool) -> None:
        """Read what was counted, and drop it where it was in another home."""
        await self._counter.async_load(self._pipeline.choices.destination.url)
        if copied:
            self.async_forget()
        self.async_update()

    @callback
    def async_update(self) -> None:
        """Follow a change of what is in force: what was counted before a no is not kept.

        It is while something is to be mended, as a file of certificates that is away for a moment.
        """
        self._module.async_update(wanted=self.in_force)
        if self.in_force:
            self._counter.async_forget_old()
        elif not self._agreed:
            self._counter.async_clear()

    @callback
    def opened(self, panel: str) -> bool:
        """Count that a panel was opened; False where it may not be counted."""
        if self.in_force:
            self._counter.opened(panel)
            return True
        return False

    @callback
    def async_forget(self) -> None:
        """Drop all that was counted."""
        self._counter.async_clear()

    async def async_watch(self) -> None:
        """Let what was counted get older, on disk too."""
        await self._counter.async_watch()

    async def async_stop(self) -> None:
        """Leave neither module nor timer, and what was counted on disk."""
        self._module.async_update(wanted=False)
        await self._counter.async_stop()
