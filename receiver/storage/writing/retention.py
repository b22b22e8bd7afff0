"""Delete installations and events that are too old: at the start, then each hour.

Not while the time is in doubt; what was stored meanwhile is dated anew afterwards.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from ...clock import CORRECTED, Clock
from ..errors import StorageUnavailable
from .store import Store

LOGGER = logging.getLogger(__name__)

DAY: Final = 24 * 3600
EVERY: Final = 3600
AFTER_A_FAULT: Final = 60
WHILE_IN_DOUBT: Final = 60


class Retention:
    """Looks once an hour, beginning at the start, for what is too old."""

    def __init__(
        self,
        store: Store,
        days: int,
        *,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Keep installations for so many days after their last report, by this clock."""
        self._store = store
        self._seconds = days * DAY
        self._clock = clock
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
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
        # The times of what an earlier version kept are not looked at before.
        await self._store.bring_up_to_date()
        now = int(self._clock.confirm())
        await self._redate(now)
        if self._clock.doubted:
            return 0
        count = await self._store.expire(now - self._seconds)
        if count:
            LOGGER.info("Deleted %d installations that did not report any more", count)
        await self._store.leave_nameless_out()
        return count

    async def _redate(self, now: int) -> None:
        """Let nothing go before it is due, or stay for longer, because of what a clock said."""
        await self._store.redate(
            # What is stored meanwhile came later.
            now - 1,
            # That may be later than now by as much as a clock may be corrected.
            to_come=now + CORRECTED,
            # What comes in doubt is of no such time.
            stop=lambda: self._clock.doubted,
        )

    async def _run(self) -> None:
        while True:
            try:
                await self.sweep()
                pause = WHILE_IN_DOUBT if self._clock.doubted else EVERY
            except StorageUnavailable:
                # The store has said so.
                pause = AFTER_A_FAULT
            except Exception as error:  # noqa: BLE001 - what is too old has to go all the same
                # Its text may be of a report.
                LOGGER.error("To delete what is too old failed: %s", type(error).__name__)  # noqa: TRY400
                pause = AFTER_A_FAULT
            await self._sleep(pause)
