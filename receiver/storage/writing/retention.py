"""Delete installations and events that are too old: at the start, then each hour."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from ..errors import StorageUnavailable
from .writer import Writer

LOGGER = logging.getLogger(__name__)

DAY: Final = 24 * 3600
EVERY: Final = 3600
AFTER_A_FAULT: Final = 60


class Retention:
    """Looks once an hour, beginning at the start, for what is too old."""

    def __init__(
        self,
        writer: Writer,
        days: int,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Keep installations for so many days after their last report, by this clock."""
        self._writer = writer
        self._seconds = days * DAY
        self._clock = clock
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look, in the background."""
        self._task = asyncio.create_task(self._run(), name="retention")

    async def stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def sweep(self) -> int:
        """Delete what is too old now, and return how many installations that were."""
        count = await self._writer.expire(int(self._clock()) - self._seconds)
        if count:
            LOGGER.info("Deleted %d installations that did not report any more", count)
        return count

    async def _run(self) -> None:
        while True:
            try:
                await self.sweep()
                pause = EVERY
            except StorageUnavailable:
                # The writer has said so.
                pause = AFTER_A_FAULT
            await self._sleep(pause)
