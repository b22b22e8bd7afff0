"""A cluster as one that takes a copy: no receiver writes to it meanwhile."""

import asyncio
import time
from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import batched
from typing import Any, Final

from ....schema import Name
from ...bounds import Bounds
from ...servers import Servers
from .. import keys, marks
from ..cluster import Cluster
from ..packing import pack
from ..texts import text_in
from . import naming, rewriting
from .glance import glance
from .kinds import refuse_foreign
from .notes import Notes

# Of names, and of rows, that are asked for at once.
NAMES: Final = 200
ROWS: Final = 1_000
# Milliseconds: what is too old at the source may not be deleted there yet, and counts.
LEAST: Final = 3_600_000
# What a row is kept longer or shorter may be so many of them.
NEAR: Final = 60_000
_BY: Final = "copy"


class Filling:
    """Takes a copy, for whoever has no event loop: one runs while something is asked."""

    def __init__(self, runner: asyncio.Runner, cluster: Cluster, retention: int) -> None:
        """Keep rows for so many seconds after their latest time."""
        self._runner = runner
        self._cluster = cluster
        self._retention = retention
        self._notes = Notes(cluster)
        self._changed = False

    def codes_of(self, names: Sequence[tuple[str, Name]]) -> list[int]:
        """Return the codes of names of tables, which are made where there are none, 0 for none."""
        return self._runner.run(self._codes_of(names))

    async def _codes_of(self, names: Sequence[tuple[str, Name]]) -> list[int]:
        bounds = Bounds()
        found: list[int] = []
        for some in batched(names, NAMES, strict=False):
            texts = ((table, text_in(table, name)) for table, name in some)
            highest = max(found, default=0)
            giving = naming.giving(texts, bounds, few=bounds.most, highest=highest)
            _, codes = await self._cluster.write(keys.CODES, *giving, again=True)
            found += codes
        return found

    def put(self, rows: Mapping[bytes, bytes]) -> int:
        """Keep rows, each instead of the one before; return how many for the least time only."""
        if not rows:
            return 0
        self._change()
        left = self._left(rows)
        self._each(self._put(key, row, left[key]) for key, row in rows.items())
        self._notes.saw(max(glance(row)[1] for row in rows.values()))
        self._runner.run(self._notes.flush())
        return [*left.values()].count(LEAST)

    def keep(self, rows: Mapping[bytes, bytes]) -> int:
        """Keep rows that are there for as long as if they were put now; return the same.

        An earlier copy may have been told another retention.
        """
        left = self._left(rows)
        self._each(self._keep(key, left[key]) for key in rows)
        return [*left.values()].count(LEAST)

    def _left(self, rows: Mapping[bytes, bytes]) -> dict[bytes, int]:
        """Return for how many milliseconds each row is kept from now on."""
        now = int(time.time())
        return {
            key: max((glance(row)[1] + self._retention - now) * 1_000, LEAST)
            for key, row in rows.items()
        }

    def delete(self, keys: Sequence[bytes]) -> None:
        """Delete rows."""
        if keys:
            self._change()
        self._each(map(self._delete, keys))

    def put_published(self, time: int, figures: bytes) -> None:
        """Keep what was published last."""
        values = (b"time", time, b"figures", pack(figures), b"by", _BY)
        self._write(keys.PUBLISHED, b"HSET", keys.PUBLISHED, *values)

    def delete_published(self) -> None:
        """Keep nothing that was published."""
        self._write(keys.PUBLISHED, b"DEL", keys.PUBLISHED)

    def put_days(self, days: Mapping[str, bytes], obsolete: Sequence[str]) -> None:
        """Keep figures of days, and no longer those of others."""
        for day, figures in days.items():
            self._write(keys.HISTORY, b"HSET", keys.HISTORY, day, pack(figures))
        for day in obsolete:
            self._write(keys.HISTORY, b"HDEL", keys.HISTORY, day)

    def put_dropped(self, dropped: Mapping[str, int]) -> None:
        """Keep how often keys were left out of reports."""
        self._write(keys.DROPPED, b"DEL", keys.DROPPED)
        if values := [part for one in dropped.items() for part in one]:
            self._write(keys.DROPPED, b"HSET", keys.DROPPED, *values)

    def _change(self) -> None:
        """Ask receivers to take what is replaced or deleted off the disks, once they are there.

        That is before it is done: also of a copy that is cut short.
        """
        if not self._changed:
            self._changed = True
            self._write(rewriting.WANTED, b"INCR", rewriting.WANTED)

    async def _put(self, key: bytes, row: bytes, left: int) -> None:
        place = keys.row_key(key)
        await self._cluster.write(place, b"SET", place, row, b"PX", left, again=True)

    async def _keep(self, key: bytes, left: int) -> None:
        place = keys.row_key(key)
        # Looking costs far less than writing, and nearly all are right.
        known = await self._cluster.read(place, b"PTTL", place)
        if abs(known - left) > NEAR:
            await self._cluster.write(place, b"PEXPIRE", place, left, again=True)

    async def _delete(self, key: bytes) -> None:
        place = keys.row_key(key)
        await self._cluster.write(place, *marks.deleting(place, marks.new()), again=True)

    def _each(self, writes: Iterable[Coroutine[Any, Any, None]]) -> None:
        """Write all, some at a time."""

        async def together(some: Iterable[Coroutine[Any, Any, None]]) -> None:
            await asyncio.gather(*some)

        for some in batched(writes, ROWS, strict=False):
            self._runner.run(together(some))

    def _write(self, key: bytes, *command: bytes | str | int) -> None:
        self._runner.run(self._cluster.write(key, *command, again=True))


@contextmanager
def filling(servers: Servers, retention: int) -> Iterator[Filling]:
    """Open a cluster to copy into; what fails is StorageError or StorageUnavailable."""
    with asyncio.Runner() as runner:
        cluster = Cluster(servers)
        runner.run(cluster.start())
        try:
            runner.run(refuse_foreign(cluster))
            yield Filling(runner, cluster, retention)
        finally:
            runner.run(cluster.close())
