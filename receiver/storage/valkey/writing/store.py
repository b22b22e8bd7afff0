"""What can be asked of a cluster by one of its receivers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from typing import Final

from ....clock import steady
from ...bounds import Bounds
from ...errors import StorageUnavailable
from ...rows import Event, Row
from ...servers import Durability, Servers
from ...writing import Published
from ..cluster import Cluster
from .ageing import Ageing
from .deleting import Deleting
from .dictionary import LEASE, MINUTE, Dictionary
from .figures import PublishedFigures
from .kinds import refuse_foreign
from .notes import Notes
from .presence import LASTS, Presence
from .rewriting import EVERY, Rewriting
from .rows import Rows
from .sweeping import Sweeping
from .turns import Turns

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How often the cluster is asked for what there is to be done."""

    upkeep: float = 60
    """Seconds between two times that it is told of, and asked what others did."""
    rewrite: int = EVERY
    """Seconds after which append-only files are rewritten."""
    presence: int = LASTS
    """Seconds for which a receiver that says nothing more may yet be there."""
    lease: int = LEASE
    """Minutes for which a code has to be retired."""
    minute: int = MINUTE
    """Seconds of one of these."""
    steady: Callable[[], float] = steady
    """Seconds by a clock that nobody sets."""
    bounds: Bounds = field(default_factory=Bounds)


class ClusterStore:
    """Writes for the tasks of one event loop: each job is done, durably, when its call returns.

    What it does is what `Store` asks for.
    """

    # There may be other receivers.
    shared: Final = True
    # Of an earlier version there is nothing.
    upgrading: Final = False

    def __init__(self, servers: Servers, retention: int, *, pace: Pace | None = None) -> None:
        """Name the cluster; what is not told for so many seconds is to go."""
        self.on_disk = servers.durability is Durability.DISK
        self._pace = pace = pace or Pace()
        self._cluster = cluster = Cluster(servers)
        self._turns = Turns(cluster)
        self._presence = Presence(cluster, self._turns.name, pace.presence)
        self._dictionary = Dictionary(
            cluster, bounds=pace.bounds, lease=pace.lease, minute=pace.minute, steady=pace.steady
        )
        self._rows = Rows(cluster, self._dictionary, retention)
        self._deleting = Deleting(cluster, pace.steady)
        self._ageing = Ageing(cluster, self._rows, self._turns)
        self._figures = PublishedFigures(cluster, self._turns.name)
        self._notes = Notes(cluster)
        self._sweeping = Sweeping(cluster, self._dictionary)
        self._rewriting = Rewriting(cluster, self._turns, every=pace.rewrite)
        # Whether anything came in doubt since rows were dated anew: others have not done that then.
        self._doubted = False
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def available(self) -> bool:
        """Tell whether all parts of the cluster can be written to."""
        return self._cluster.available and self._dictionary.current

    async def start(self) -> None:
        """Find the cluster, write to all of it, and load the names."""
        await self._cluster.start()
        try:
            await refuse_foreign(self._cluster)
            # Before anything is taken: what is copied deletes what is not at its source.
            await self._presence.renew()
            await self._dictionary.catch_up()
        except BaseException:
            with suppress(StorageUnavailable):
                await self._presence.leave()
            await self._cluster.close()
            raise
        # Apart: files may take long to rewrite.
        renew = self._presence.renew
        works: tuple[Callable[[], Awaitable[None]], ...] = (self.tell, self.tidy, renew)
        self._tasks = [asyncio.create_task(self._each_minute(work)) for work in works]

    async def close(self) -> None:
        """Tell the cluster what it does not know yet, and end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._dictionary.close()
        with suppress(StorageUnavailable):
            await self._deleting.hand_over()
            await self._rewriting.tell()
            await self._notes.flush()
        with suppress(StorageUnavailable):
            await self._presence.leave()
        await self._cluster.close()

    async def tell(self) -> None:
        """Forget what was retired, and tell the cluster sums: once a minute, by itself."""
        await self._dictionary.catch_up()
        await self._notes.flush()

    async def tidy(self) -> None:
        """Have files rewritten where it is time: once a minute, by itself."""
        if await self._deleting.take_away():
            self._rewriting.note()
        await self._rewriting.look()

    async def seen(self) -> int | None:
        """Return the latest time that was stored, in seconds since 1970, None before the first.

        Of the last minute it may be that nobody has told.
        """
        times = (await self._notes.seen(), await self._figures.time())
        return max((time for time in times if time is not None), default=None)

    async def put(self, record: Row | Event) -> None:
        """Keep a report or an event; raise NotKeptError where it has to be known, and is not."""
        if await self._rows.put(record):
            self._notes.count(record.dropped)
        self._notes.saw(record.time)
        self._doubted |= record.doubted

    async def delete(self, key: bytes) -> None:
        """Delete an installation, whether it is there or not."""
        await self._deleting.delete(key)

    async def bring_up_to_date(self) -> None:
        """Do nothing: there is no earlier version."""

    async def redate(self, now: int, *, to_come: int, stop: Callable[[], bool]) -> None:
        """Let be of now what came in doubt and what is of later than `to_come`, or stop before."""
        if stop():
            return
        doubted, self._doubted = self._doubted, False
        try:
            await self._ageing.redate(now, to_come, stop, anew=doubted)
        except StorageUnavailable:
            self._doubted |= doubted
            raise
        if not stop():
            await self._notes.redate(now, to_come)
            await self._figures.redate(now, to_come)

    async def expire(self, before: int) -> int:
        """Delete installations last seen before then, and events; return how many installations."""
        count = await self._ageing.expire(before)
        if count:
            self._rewriting.note()
        return count

    async def leave_nameless_out(self) -> None:
        """Take codes out of rows whose names were given up."""
        if codes := await self._sweeping.nameless():
            await self._ageing.leave_out(codes)

    def turn(self, work: str) -> AbstractAsyncContextManager[bool]:
        """Enter to do some work that one receiver does at a time: tells whether this one may."""
        return self._turns.take(work)

    async def published(self, after: int) -> Published | None:
        """Return what was published, unless its time is not later than that."""
        return await self._figures.read(after)

    async def days(self, wanted: Iterable[str]) -> list[tuple[str, bytes]]:
        """Return days with their figures, as JSON; one that is not kept is left out."""
        return await self._figures.days(wanted)

    async def save_published(
        self, time: int, figures: bytes, day: str, told: bytes, *, obsolete: Iterable[str] = ()
    ) -> bool:
        """Keep figures as the published ones, what a day has of them, and no obsolete days.

        Tell whether they are: where another receiver has published later ones, or of the same
        second, nothing is done.
        """
        return await self._figures.save(time, figures, day, told, obsolete)

    async def begin_sweep(self) -> None:
        """Note when all rows begin to be read."""
        await self._sweeping.begin()

    async def sweep(self, uses: Mapping[int, int]) -> bool:
        """Free the names that are in no row any more; tell whether there are too many names."""
        return await self._sweeping.sweep(uses)

    async def _each_minute(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(self._pace.upkeep)
            try:
                await work()
            except StorageUnavailable:
                # Who writes to the cluster says so.
                pass
            except Exception as error:  # noqa: BLE001 - each of the next minutes may do without
                # Its text may be of a report.
                LOGGER.error("What is done each minute failed: %s", type(error).__name__)  # noqa: TRY400
