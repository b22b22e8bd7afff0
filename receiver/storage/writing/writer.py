"""What can be asked of the one that writes to the database."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from . import statements, sweeping, upgrade
from .commits import REPLACED_FOR, TOO_LONG, Commits
from .jobs import Record, Work
from .ledger import Ledger
from .sweeping import Nameless, Sweep
from .upgrade import Upgrade

# Between two parts of what expires: a million rows take a quarter of an hour, and most of the
# writer's time is left to reports.
EXPIRE_PAUSE: Final = 0.05
UPGRADE_PAUSE: Final = 0.02


class Writer:
    """Writes for the tasks of one event loop."""

    def __init__(
        self, path: Path, *, patience: float = TOO_LONG, replaced_for: float = REPLACED_FOR
    ) -> None:
        """Name the file, which `start` opens.

        A write may take so many seconds, and what was replaced be in the log for so many.
        """
        self._commits = Commits(path, patience=patience, replaced_for=replaced_for)
        self._ask = self._commits.ask

    @property
    def available(self) -> bool:
        """Tell whether the last write worked and is in its place, and none takes too long."""
        return self._commits.available

    @property
    def upgrading(self) -> bool:
        """Tell whether rows of an earlier version are left: without these nothing is whole."""
        return self._commits.upgrading

    def start(self) -> None:
        """Open the database, look for damage, write to it; raise StorageError or -Unavailable."""
        self._commits.start()

    async def put(self, record: Record) -> None:
        """Keep a report or an event, return when it is durable; raise StorageUnavailable if not."""
        await self._ask(record)

    async def delete(self, key: bytes) -> None:
        """Delete an installation, whether it is there or not."""
        await self._ask(lambda ledger: upgrade.delete(ledger, key) + statements.delete(ledger, key))

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

    async def save_published(
        self, time: int, day: str, figures: bytes, *, obsolete: Iterable[str] = ()
    ) -> None:
        """Keep figures as the published ones, and as a day's history; drop obsolete days."""
        days = tuple(obsolete)
        await self._ask(lambda ledger: statements.save_published(ledger, time, day, figures, days))

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

    async def close(self) -> None:
        """Do what still waits, and close the database."""
        await self._commits.close()
