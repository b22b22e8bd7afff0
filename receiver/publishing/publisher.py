"""Publish figures: let a child process count, keep the result, once in a while."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence, Set
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import orjson

from ..clock import Clock
from ..disclosure import Figures, nothing
from ..options import Options
from ..storage import StorageUnavailable
from ..storage.writing import Store
from .child import COMMAND, Child, ChildError, Uses
from .history import Entry, entry, kept, monthly, of_day, tells, told_monthly
from .past import UNREADABLE, days_of, figures_of

LOGGER = logging.getLogger(__name__)

# What one receiver does for all.
WORK: Final = "count"
# Before there ever was anything to see, a newcomer does not wait for an hour.
WHILE_EMPTY: Final = 60
AFTER_A_FAULT: Final = 300
# Of the time between publications; older figures are a fault.
TOO_OLD: Final = 3
# Seconds until the figures that another receiver has published are seen here.
FOLLOWED_EVERY: Final = 5


class Publisher:
    """Has the newest figures and the days before; both are replaced, never changed."""

    def __init__(
        self,
        options: Options,
        store: Store,
        *,
        command: Sequence[str] = COMMAND,
        clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Name who counts, and who keeps; nothing is read or started yet."""
        self.figures: Figures = nothing(options.smallest_group)
        self.history: list[Entry] = []
        self.seconds = 0.0
        """How long the last counting took."""
        self._options = options
        self._store = store
        self._child = Child(options, command)
        self._clock = clock or Clock()
        self._sleep = sleep
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._stopped = False
        # Whether there ever was anything to see.
        self._begun = False
        # Of the figures, in seconds since 1970.
        self._time = -1
        # Whether what was published could not be read, and that was said.
        self._unread = False
        # When figures were last as new as they could be, by the steady clock.
        self._newest_at = self._clock.steady()

    @property
    def age(self) -> float:
        """Return how many seconds ago the figures were counted."""
        updated: int = self.figures["last_updated"]
        return self._clock.now() - updated / 1000

    @property
    def fresh(self) -> bool:
        """Tell whether the figures are as new as they can be, this long after the start."""
        since = self._clock.steady() - self._newest_at
        return since <= TOO_OLD * self._options.publish_every

    async def start(self) -> None:
        """Show what was published before, and go on publishing in the background."""
        await self.follow()
        self._task = asyncio.create_task(self._run(), name="publisher")

    async def stop(self) -> None:
        """Stop publishing, also what goes on now; no process is left."""
        self._stopped = True
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._child.kill()
        # Whoever else has asked for figures may still wait for the process.
        async with self._turn:
            pass

    async def refresh(self) -> bool:
        """Publish what is kept now, and tell whether that worked; never raise."""
        async with self._turn:
            now = self._clock.look()
            waits = self._clock.doubted or self._store.upgrading
            if waits:
                # They have said so.
                self._newest_at = self._clock.steady()
            if self._stopped or waits:
                return False
            try:
                async with self._store.turn(WORK) as ours:
                    if ours:
                        await self._count(now)
            except StorageUnavailable:
                # The store has said so.
                return False
            # The last: the program on the disk is of another version than this process.
            except (ChildError, ValueError, KeyError, TypeError, AttributeError) as error:
                if not self._stopped:
                    LOGGER.warning("Publishing failed, and is tried again: %s", error)
                return False
            return ours

    async def follow(self) -> bool:
        """Show what was published last, as the smallest group of today allows.

        Tell whether that is newer than what was shown; never raise.
        """
        try:
            published = await self._store.published(after=self._time)
            if published is None:
                return False
            known = {one["day"]: one for one in self.history}
            # The last of them may have changed since.
            last = max(known, default="")
            lasts = monthly(published.days)
            wanted = [
                day
                for day in published.days
                if day not in known or day >= last or _lacks(known[day], lasts)
            ]
            figures = await figures_of(published, self._options.smallest_group)
            told = await days_of(self._store, wanted, lasts, self._options.smallest_group)
        except UNREADABLE as error:
            if not self._unread:
                LOGGER.warning("What was published before can't be read: %s", error)
            self._unread = True
            return False
        self._unread = False
        known |= told
        self._time = published.time
        self._show(figures, [known[day] for day in published.days if day in known])
        return True

    async def _run(self) -> None:
        pause = self._due()
        while True:
            try:
                pause = await self._next(pause)
            except Exception as error:  # noqa: BLE001 - the next figures may be sound
                # Its text may be of a report.
                LOGGER.error("To publish failed: %s", type(error).__name__)  # noqa: TRY400
                pause = AFTER_A_FAULT

    async def _next(self, pause: float) -> float:
        """Wait, publish or see what others did, and return how long to wait after that."""
        if await self._others(pause):
            return self._due()
        again = 0 if await self.refresh() else AFTER_A_FAULT
        # Not at once, either, where figures are shown that could not be kept.
        return max(self._due(), min(self._options.publish_every, again))

    async def _others(self, pause: float) -> bool:
        """Wait for so many seconds, or until there are figures of another receiver; tell which."""
        while self._store.shared and pause > FOLLOWED_EVERY:
            await self._sleep(FOLLOWED_EVERY)
            pause -= FOLLOWED_EVERY
            if await self.follow():
                self._newest_at = self._clock.steady()
                return True
        await self._sleep(pause)
        return self._store.shared and await self.follow()

    def _due(self) -> float:
        """Return after how many seconds to publish: a restart makes it no more frequent."""
        every = self._options.publish_every
        if not self._begun:
            every = min(every, WHILE_EMPTY)
        # Figures may seem to be of a time to come.
        return min(max(every - self.age, 0), every)

    async def _count(self, now: float) -> None:
        """Have all counted, and show and keep the figures."""
        with suppress(StorageUnavailable):
            await self._store.begin_sweep()
        began = time.monotonic()
        printed = await self._child.run(now)
        self.seconds = time.monotonic() - began
        await self._publish(orjson.loads(printed.figures), printed.figures)
        await self._sweep(printed.uses)

    async def _publish(self, figures: Figures, printed: bytes) -> None:
        """Show the figures, and keep them; that they can't be kept does not hide them."""
        today = datetime.fromtimestamp(figures["last_updated"] / 1000, UTC).date()
        days = {one["day"]: one for one in self.history}
        day = today.isoformat()
        days[day] = entry(day, figures)
        remaining = kept(days, today)
        self._show(figures, [days[one] for one in remaining])
        self._newest_at = self._clock.steady()
        self._time = figures["last_updated"] // 1000
        told = await asyncio.to_thread(orjson.dumps, of_day(figures))
        obsolete = days.keys() - set(remaining)
        if not await self._store.save_published(self._time, printed, day, told, obsolete=obsolete):
            # Another receiver was quicker: all show the same.
            self._time = -1
            await self.follow()

    async def _sweep(self, uses: Uses | None) -> None:
        """Let names go that no row has any more."""
        if uses is not None and await self._store.sweep(uses):
            LOGGER.warning("Too many different names are reported: the rarest are left out")

    def _show(self, figures: Figures, days: list[Entry]) -> None:
        self.figures, self.history = figures, told_monthly(days)
        self._begun |= any(map(tells, days))


def _lacks(day: Entry, lasts: Set[str]) -> bool:
    """Tell whether a day is the last of its month, and has no devices yet."""
    return day["day"] in lasts and day["devices"] is None
