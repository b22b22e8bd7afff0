"""Make reports of what was captured: the client, the places and the surroundings in one hand."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from homeassistant.const import __version__ as HOST_VERSION

from ..code import Places
from ..collect import Source
from ..const import PLACEHOLDER
from ..models import CrashServer
from ..run import Run
from .build import CrashReport, Surroundings, build
from .capture import Captured
from .client import EventMaker
from .held import Newest, held
from .naming import Naming
from .noticed import Noticed, noticed
from .outbox import Outbox
from .sender import Sender
from .surroundings import async_surroundings

type Build = Callable[[Surroundings, Captured, int], Awaitable[CrashReport | None]]

RELEASE: Final = f"homeassistant@{HOST_VERSION}"


class Workshop:
    """Makes the client when it is needed first, and closes it."""

    def __init__(self, source: Source, run: Run, in_force: Callable[[], bool]) -> None:
        """Keep what is read, and who knows whether there is a yes; nothing is imported yet."""
        self._in_force = in_force
        self._source = source
        self._run = run
        self._places = Places(Path(source.hass.config.config_dir))
        self._making = asyncio.Lock()
        self._maker: EventMaker | None = None

    async def async_surroundings(self) -> Surroundings:
        """Return what a report tells of the installation."""
        return await async_surroundings(self._source, self._run)

    async def async_build(
        self,
        captured: Captured,
        count: int,
        server: CrashServer,
        version: int,
        around: Surroundings,
    ) -> CrashReport | None:
        """Return the report of a fault, with the fields of a version; None for one of our own."""
        maker = await self._async_maker(server)
        return await self._source.hass.async_add_executor_job(
            build, captured, count, version, maker, self._places, around
        )

    async def async_show(
        self, captured: Captured | None, build: Build, sender: Sender | None
    ) -> Newest | None:
        """Return what would be sent of a fault, and what of it would not; None where nothing is."""
        if captured is None or sender is None:
            return None
        around = await self.async_surroundings()
        report = await build(around, captured, 1)
        if report is None or sender.outbox.excludes(report.event, report.integration):
            return None
        naming = Naming(self._places, around.knowledge)
        left_out = await self._source.hass.async_add_executor_job(
            held, captured, self._places, naming
        )
        return Newest(lines=sender.form(report.event, PLACEHOLDER), held=left_out)

    async def async_noticed(self, outbox: Outbox, held: list[CrashReport]) -> list[Noticed]:
        """Return what was noticed in this run, and what waits from those before.

        `held` is what waits for approval.
        """
        return await self._source.hass.async_add_executor_job(
            noticed, outbox.record.seen, outbox.waiting, held, self._places
        )

    async def _async_maker(self, server: CrashServer) -> EventMaker:
        async with self._making:
            if self._maker is not None:
                return self._maker
            maker = await self._source.hass.async_add_import_executor_job(
                EventMaker, server, RELEASE
            )
            if self._in_force():
                self._maker = maker
            else:
                maker.close()
            return maker

    def close(self) -> None:
        """Close the client; whoever uses it at this moment ends with it."""
        if self._maker is not None:
            self._maker.close()
            self._maker = None
