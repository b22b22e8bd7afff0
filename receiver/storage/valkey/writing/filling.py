"""A cluster as one that takes a copy: no receiver writes to it meanwhile."""

import asyncio
import time
import zlib
from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import batched
from typing import Any, Final

from ....schema import Name
from ...bounds import Bounds
from ...servers import Servers
from .. import keys, marks
from ..cluster import Cluster
from ..texts import size_in, text_in
from . import naming, scripts
from .glance import glance

# Of names, and of rows, that are asked for at once.
NAMES: Final = 200
ROWS: Final = 1_000
# Milliseconds: what is too old at the source may not be deleted there yet, and counts.
LEAST: Final = 3_600_000
_NEVER: Final = 1 << 32
_BY: Final = "copy"


class Filling:
    """Takes a copy, for whoever has no event loop: one runs while something is asked."""

    def __init__(self, runner: asyncio.Runner, cluster: Cluster, retention: int) -> None:
        """Keep rows for so many seconds after their latest time."""
        self._runner = runner
        self._cluster = cluster
        self._retention = retention

    def codes_of(self, names: Sequence[tuple[str, Name]]) -> list[int]:
        """Return the codes of names of tables, which are made where there are none, 0 for none."""
        return self._runner.run(self._codes_of(names))

    async def _codes_of(self, names: Sequence[tuple[str, Name]]) -> list[int]:
        bounds = Bounds()
        found: list[int] = []
        for some in batched(names, NAMES, strict=False):
            texts = [(table, text_in(table, name)) for table, name in some]
            _, codes = await self._cluster.write(
                keys.CODES,
                *(b"EVAL", naming.GIVE, len(naming.GIVE_KEYS), *naming.GIVE_KEYS),
                *(bounds.most, bounds.most_bytes, bounds.most, max(found, default=0)),
                *(part for table, text in texts for part in (table, text, size_in(text))),
                again=True,
            )
            found += codes
        return found

    def put(self, rows: Mapping[bytes, bytes]) -> None:
        """Keep rows, each instead of the one before."""
        now = int(time.time())
        latest = {key: glance(row)[1] for key, row in rows.items()}
        self._each(
            self._put(key, row, max((latest[key] + self._retention - now) * 1_000, LEAST))
            for key, row in rows.items()
        )
        if rows:
            seen = max(latest.values())
            self._write(keys.SEEN, b"EVAL", scripts.SEEN, 1, keys.SEEN, seen, _NEVER)

    def delete(self, keys: Sequence[bytes]) -> None:
        """Delete rows."""
        self._each(map(self._delete, keys))

    def put_published(self, time: int, figures: bytes) -> None:
        """Keep what was published last."""
        values = (b"time", time, b"figures", zlib.compress(figures), b"by", _BY)
        self._write(keys.PUBLISHED, b"HSET", keys.PUBLISHED, *values)

    def put_days(self, days: Mapping[str, bytes], obsolete: Sequence[str]) -> None:
        """Keep figures of days, and no longer those of others."""
        for day, figures in days.items():
            self._write(keys.HISTORY, b"HSET", keys.HISTORY, day, zlib.compress(figures))
        for day in obsolete:
            self._write(keys.HISTORY, b"HDEL", keys.HISTORY, day)

    def put_dropped(self, dropped: Mapping[str, int]) -> None:
        """Keep how often keys were left out of reports."""
        self._write(keys.DROPPED, b"DEL", keys.DROPPED)
        if values := [part for one in dropped.items() for part in one]:
            self._write(keys.DROPPED, b"HSET", keys.DROPPED, *values)

    async def _put(self, key: bytes, row: bytes, left: int) -> None:
        place = keys.row_key(key)
        await self._cluster.write(place, b"SET", place, row, b"PX", left, again=True)

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
            yield Filling(runner, cluster, retention)
        finally:
            runner.run(cluster.close())
