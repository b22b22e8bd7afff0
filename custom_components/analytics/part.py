"""A part of what runs while the config entry is loaded, and the moments that it is told of."""

from homeassistant.core import callback

from .models import Matter


class Part:
    """What all parts can be told; a moment at which one has nothing to do, it leaves out."""

    # Of what it tells somebody, if it does: what waits is dropped when that is taken back.
    matter: Matter | None = None

    async def async_load(self, *, copied: bool) -> None:
        """Take up what was kept, and drop it where that was in another home."""

    @callback
    def async_start(self) -> None:
        """Begin, now that the host has started and the switches were read."""

    @callback
    def async_update(self) -> None:
        """Follow a change of the choices, of a switch, or of whether all is saved."""

    @callback
    def async_forget(self) -> None:
        """Drop what waits: it may have arrived under the id that is taken back."""

    async def async_watch(self) -> None:
        """Write again what could not be written; once a minute."""

    async def async_stop(self) -> None:
        """Leave neither timer nor task."""
