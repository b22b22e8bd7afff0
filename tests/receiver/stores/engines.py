"""Both engines as tests see them: receivers on one place, and what is there, by name."""

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from receiver.storage.sqlite.writing import Writer
from receiver.storage.valkey import keys
from receiver.storage.valkey.marks import is_row
from receiver.storage.valkey.texts import read_text
from receiver.storage.valkey.writing import ClusterStore
from receiver.storage.valkey.writing.store import Pace
from receiver.storage.writing import Store
from scripts.kept_rows import KeptRow, decoded, kept_rows
from scripts.valkey_servers import AnswerError, Node, Servers
from tests.receiver.valkey.clients import options

DAYS = 60 * 24 * 3600


@dataclass(slots=True)
class Engine:
    """A place that keeps rows, and the receivers that use it."""

    stack: AsyncExitStack
    several: bool
    """Whether there may be more than one of these."""

    async def receiver(self) -> Store:
        """Start a receiver."""
        raise NotImplementedError

    async def rows(self) -> dict[bytes, KeptRow]:
        """Return what is kept of each installation."""
        raise NotImplementedError

    async def names(self) -> set[Any]:
        """Return the names that are there."""
        raise NotImplementedError

    async def dropped(self, store: Any) -> dict[str, int]:
        """Return how often keys were left out."""
        raise NotImplementedError

    async def uses(self) -> Counter[int]:
        """Return how often each code is in a row, as whoever counts sees it."""
        found: Counter[int] = Counter()
        for row in (await self.rows()).values():
            found.update(row.stored.report)
            for event in row.stored.events:
                found.update(event.codes)
        return found


@dataclass(slots=True)
class Sqlite(Engine):
    """A file."""

    path: Path = Path()

    async def receiver(self) -> Store:
        """Start a receiver, which has to be the only one."""
        writer = Writer(self.path)
        await writer.start()
        self.stack.push_async_callback(writer.close)
        return writer

    async def rows(self) -> dict[bytes, KeptRow]:
        """Read the file."""
        return {row.key: row for row in kept_rows(self.path)}

    async def names(self) -> set[Any]:
        """Read the file."""
        return {
            json.loads(name) for (name,) in self._all("SELECT name FROM name WHERE name NOTNULL")
        }

    async def dropped(self, _store: Any) -> dict[str, int]:
        """Read the file."""
        return dict(self._all("SELECT name, count FROM dropped_key"))

    def _all(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(query).fetchall()


@dataclass(slots=True)
class Valkey(Engine):
    """A cluster that frees names by the second sweep: a minute passes whenever it is asked."""

    servers: Servers = field(default_factory=Servers)
    pace: Pace = field(default_factory=lambda: Pace(lease=1, minute=0))

    primaries: tuple[Node, ...] = ()
    """Where these don't change: to ask all nodes which they are takes most of a test's time."""

    async def receiver(self) -> ClusterStore:
        """Start a receiver."""
        store = ClusterStore(options(self.servers), DAYS, pace=self.pace)
        await store.start()
        self.stack.push_async_callback(store.close)
        return store

    async def rows(self) -> dict[bytes, KeptRow]:
        """Read the primaries."""
        return await asyncio.to_thread(self._rows)

    async def names(self) -> set[Any]:
        """Read the node that has them."""
        known = await asyncio.to_thread(self._names)
        return {name for _, name in known.values()}

    async def dropped(self, store: ClusterStore) -> dict[str, int]:
        """Read the node that has them, once it was told."""
        await store.tell()
        found = await asyncio.to_thread(self.hash, keys.DROPPED)
        return {name.decode(): int(count) for name, count in found.items()}

    def hash(self, key: bytes) -> Mapping[bytes, bytes]:
        """Return what a hash has."""
        for node in self.primaries or self.servers.primaries():
            with suppress(AnswerError):
                found = node.call("HGETALL", key)
        return dict(zip(found[::2], found[1::2], strict=True))

    def _names(self) -> dict[int, tuple[str, Any]]:
        named = {int(code): read_text(text) for code, text in self.hash(keys.NAMES).items()}
        return {code: one for code, one in named.items() if one}

    def _rows(self) -> dict[bytes, KeptRow]:
        found: list[tuple[bytes, bytes]] = []
        for node in self.primaries or self.servers.primaries():
            with node.connection() as connection:
                found += [
                    (place[len(keys.ROW) :], row)
                    for place in connection.call("KEYS", keys.ROW + b"*")
                    if is_row(row := connection.call("GET", place))
                ]
        return {row.key: row for row in decoded(found, self._names())}
