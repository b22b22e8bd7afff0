"""Delete installations and events that are too old: at the start, then each hour.

Not while the time is in doubt; what was stored meanwhile gets another one afterwards.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from ...clock import CORRECTED, Clock, Window
from ..errors import StorageUnavailable
from .writer import Writer

LOGGER = logging.getLogger(__name__)

DAY: Final = 24 * 3600
EVERY: Final = 3600
AFTER_A_FAULT: Final = 60
WHILE_IN_DOUBT: Final = 60
# The largest number that SQLite knows.
FOREVER: Final = (1 << 63) - 1


class Retention:
    """Looks once an hour, beginning at the start, for what is too old."""

    def __init__(
        self,
        writer: Writer,
        days: int,
        *,
        clock: Clock,
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
        if behind := self._clock.settle():
            await self._redate(behind)
            self._clock.settled()
        if self._clock.doubted:
            return 0
        now = int(self._clock.now())
        # What is stored meanwhile is later than now as well, if by less.
        to_come = now + CORRECTED
        await self._redate(Window(sure=to_come, after=to_come, until=FOREVER))
        count = await self._writer.expire(now - self._seconds)
        if count:
            LOGGER.info("Deleted %d installations that did not report any more", count)
        return count

    async def _redate(self, wrong: Window) -> None:
        """Let nothing go before it is due, or stay for longer, because of what a clock said."""
        # A second ago: to be told from what is stored now.
        await self._writer.redate(wrong, int(self._clock.now()) - 1)

    async def _run(self) -> None:
        while True:
            try:
                await self.sweep()
                pause = WHILE_IN_DOUBT if self._clock.doubted else EVERY
            except StorageUnavailable:
                # The writer has said so.
                pause = AFTER_A_FAULT
            await self._sleep(pause)
