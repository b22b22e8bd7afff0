"""What tests of the client have in common: keys by shard, and writers that note what was taken."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import batched, count
from typing import Any

from valkey.crc import key_slot

from receiver.storage import StorageUnavailable
from receiver.storage.servers import Servers
from receiver.storage.valkey.cluster import Cluster
from scripts.valkey_servers import Node as Real
from scripts.valkey_servers import Servers as RealServers
from tests.receiver.waiting import at_most

# Changes a setting of all nodes, or of those that are named.
type Settings = Callable[..., None]

# In seconds; nothing takes that long.
PATIENCE = 60
# Of reads, fewer than a lane lets wait.
AT_ONCE = 2_000


def options(servers: RealServers, **more: Any) -> Servers:
    """Return what an operator would give to a receiver of this cluster."""
    return Servers(hosts=tuple(("127.0.0.1", node.port) for node in servers.nodes), **more)


@asynccontextmanager
async def connected(servers: Servers) -> AsyncIterator[Cluster]:
    """Start a client, and end it."""
    cluster = Cluster(servers)
    await cluster.start()
    yield cluster
    await cluster.close()


def keys_of(cluster: Cluster, node: Real) -> Iterator[bytes]:
    """Yield keys that are on a node now."""
    topology = cluster._lookout.topology
    for number in count():
        owner = topology.owner(key_slot(key := b"k:%d" % number))
        if owner and owner.port == node.port:
            yield key


async def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds."""
    async with at_most(PATIENCE, lambda: what):
        while not holds():
            await asyncio.sleep(0.02)


@dataclass(slots=True)
class Writers:
    """Writes keys of its own all the time, and notes what was taken, and what was not."""

    cluster: Cluster
    tasks: int = 24
    taken: list[bytes] = field(default_factory=list)
    refused: list[bytes] = field(default_factory=list)
    by_slot: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    _running: list[asyncio.Task[None]] = field(default_factory=list)

    async def __aenter__(self) -> "Writers":
        self._running = [asyncio.create_task(self._write(number)) for number in range(self.tasks)]
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        for task in self._running:
            task.cancel()
        for task in self._running:
            with suppress(asyncio.CancelledError):
                await task

    async def _write(self, task: int) -> None:
        for number in count():
            key = b"w:%d:%d" % (task, number)
            try:
                await self.cluster.write(key, b"SET", key, key)
            except StorageUnavailable:
                self.refused.append(key)
            else:
                self.taken.append(key)

    async def more(self, enough: int = 200) -> None:
        """Wait until so many more were taken."""
        wanted = len(self.taken) + enough
        await until(lambda: len(self.taken) >= wanted, f"{enough} writes to be taken")

    async def all_there(self) -> None:
        """Fail where a key is missing that was taken."""
        for keys in batched(self.taken, AT_ONCE, strict=False):
            found = await asyncio.gather(*(self.cluster.read(key, b"GET", key) for key in keys))
            pairs = zip(keys, found, strict=True)
            assert [(key, value) for key, value in pairs if key != value] == []
