"""A client of the real cluster that tests of a process share."""

from collections.abc import AsyncIterator, Iterable, Iterator

import pytest

from receiver.storage.valkey.cluster import Cluster
from scripts.valkey_servers import Node as Real
from scripts.valkey_servers import Servers as RealServers
from tests.receiver.valkey.clients import Settings, connected, options
from tests.receiver.valkey.fake import Fake


@pytest.fixture
async def cluster(servers: RealServers) -> AsyncIterator[Cluster]:
    """Return a client of the real cluster."""
    async with connected(options(servers)) as cluster:
        yield cluster


@pytest.fixture
def set_up(servers: RealServers) -> Iterator[Settings]:
    """Return what changes a setting of some nodes, or of all; all are put back in the end."""
    before: dict[tuple[Real, str], str] = {}

    def change(name: str, value: str, nodes: Iterable[Real] = ()) -> None:
        for node in [*nodes] or servers.nodes:
            there = node.call("CONFIG", "GET", name)[1].decode()
            before.setdefault((node, name), there)
            node.call("CONFIG", "SET", name, value)

    yield change
    for (node, name), value in before.items():
        node.call("CONFIG", "SET", name, value)


@pytest.fixture
async def fake() -> AsyncIterator[Fake]:
    """Return a node that says what a test wants."""
    async with Fake() as fake:
        yield fake
