"""Make reports of what was captured: the client, the places and the surroundings in one hand."""

from pathlib import Path
from typing import Final

from homeassistant.const import __version__ as HOST_VERSION

from ..collect import Source
from ..models import CrashServer
from .build import CrashReport, build
from .capture import Captured
from .client import EventMaker
from .places import Places
from .run import Run
from .surroundings import async_surroundings

RELEASE: Final = f"homeassistant@{HOST_VERSION}"


class Workshop:
    """Makes the client when it is needed first, and closes it."""

    def __init__(self, source: Source, run: Run) -> None:
        """Keep what is read; sentry-sdk is not imported yet."""
        self._source = source
        self._run = run
        self._places = Places(Path(source.hass.config.config_dir))
        self._maker: EventMaker | None = None

    async def async_build(
        self, captured: Captured, count: int, server: CrashServer, version: int
    ) -> CrashReport | None:
        """Return the report of a fault, with the fields of a version; None for one of our own."""
        hass = self._source.hass
        if self._maker is None:
            self._maker = await hass.async_add_import_executor_job(EventMaker, server, RELEASE)
        around = await async_surroundings(self._source, self._run)
        return await hass.async_add_executor_job(
            build, captured, count, version, self._maker, self._places, around
        )

    def close(self) -> None:
        """Close the client."""
        if self._maker is not None:
            self._maker.close()
            self._maker = None
