"""What can be asked of the one that writes to the database."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from ...writing import Published
from ..reading import Kept, reading
from . import statements, sweeping, upgrade, upgrading
from .commits import Commits
from .jobs import Record, Work
from .ledger import Ledger
from .sweeping import Nameless, Sweep
from .upgrade import Upgrade

# Between two parts of what expires: a million rows take a quarter of an hour, and most of the
# writer's time is left to reports.
EXPIRE_PAUSE: Final = 0.05
UPGRADE_PAUSE: Final = 0.02


class Writer(Commits):
    """Writes for the tasks of one event loop: each job is done, durably, when its call returns.

    What it does is what `Store` asks for.
    """

    on_disk: Final = True
    # The file has one receiver.
    shared: Final = False

    async def start(self) -> None:
        """Open the database, look for damage, write to it; raise StorageError or -Unavailable."""
        self._begin()

    async def seen(self) -> int | None:
        """Return the latest time that was stored, in seconds since 1970, None before the first."""
        return await self._read(Kept.seen)

    async def put(self, record: Record) -> None:
        """Keep a report or an event, return when it is durable; raise StorageUnavailable if not.

        What has to be known and is not raises NotKeptError.
        """
        await self._ask(record)

    async def delete(self, key: bytes) -> None:
        """Delete an installation, whether it is there or not."""
        await self._ask(lambda ledger: upgrade.delete(ledger, key) + statements.delete(ledger, key))

    async def bring_up_to_date(self) -> None:
        """Bring what an earlier version kept up to date."""
        await upgrading.bring_up_to_date(self)

    async def begin_upgrade(self, steps: Upgrade) -> None:
        """Look how much an earlier version has left."""
        await self._ask(steps.begin)

    async def upgrade(self, steps: Upgrade) -> None:
        """Bring all that an earlier version kept up to date."""
        await self._slowly(steps.part, pause=UPGRADE_PAUSE)

    async def expire(self, before: int) -> int:
        """Delete installations last seen before then, and events; return how many installations."""
        count = 0

        def part(ledger: Ledger) -> int:
            nonlocal count
            rows, gone = statements.expire(ledger, before)
            count += gone
            return rows

        await self._slowly(part)
        return count

    async def redate(self, now: int, *, to_come: int, stop: Callable[[], bool]) -> None:
        """Let be of now what came in doubt and what is of later than `to_come`, or stop before."""
        for work in (statements.redate, statements.redate_published):
            await self._slowly(partial(work, now=now, to_come=to_come), stop)

    async def _slowly(
        self,
        work: Work,
        stop: Callable[[], bool] = lambda: False,
        *,
        pause: float = EXPIRE_PAUSE,
    ) -> None:
        """Do it a part at a time until nothing is left."""
        while not stop():
            if not await self._ask(work):
                return
            await asyncio.sleep(pause)

    @asynccontextmanager
    async def turn(self, _work: str) -> AsyncIterator[bool]:
        """Tell that it is this receiver that does any work: there is no other one."""
        yield True

    async def published(self, after: int) -> Published | None:
        """Return what was published, unless its time is not later than that."""

        def read(kept: Kept) -> Published | None:
            found = kept.published(after)
            return Published(*found, days=tuple(kept.days())) if found else None

        return await self._read(read)

    async def days(self, wanted: Iterable[str]) -> list[tuple[str, bytes]]:
        """Return days with their figures, as JSON; one that is not kept is left out."""
        return await self._read(lambda kept: [*kept.history(wanted)])

    async def save_published(
        self, time: int, figures: bytes, day: str, told: bytes, *, obsolete: Iterable[str] = ()
    ) -> bool:
        """Keep figures as the published ones, what a day has of them, and no obsolete days."""
        days = tuple(obsolete)

        def save(ledger: Ledger) -> int:
            statements.publish(ledger, time, figures)
            return statements.save_day(ledger, day, told, days)

        await self._ask(save)
        return True

    async def begin_sweep(self) -> None:
        """Note from now on which names are told: somebody is about to read all rows."""
        await self._ask(sweeping.begin)

    async def sweep(self, uses: Mapping[int, int]) -> bool:
        """Free the names that are in no row any more; tell whether there are too many names.

        `uses` has how often each code is in a row, of all rows, as they were since `begin_sweep`.
        """
        sweep = Sweep(uses)
        await self._ask(sweep.look)
        for part in sweep.parts():
            await self._ask(part)
            await asyncio.sleep(EXPIRE_PAUSE)
        await self._ask(sweeping.end)
        return sweep.crowded

    async def leave_nameless_out(self) -> None:
        """Take codes out of rows whose names were given up."""
        await self._slowly(Nameless().part)

    async def _read[T](self, what: Callable[[Kept], T]) -> T:
        """Return what is read, in a thread of its own: it takes as long as the drive does."""

        def read() -> T:
            with reading(self._path) as kept:
                return what(kept)

        return await asyncio.to_thread(read)
