"""A real cluster for all tests of a process, whole again before each, and a client of it."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from receiver.storage.valkey.cluster import Cluster
from scripts.valkey_servers import Servers as RealServers
from tests.receiver.valkey.clients import options


@pytest.fixture(scope="session")
def started() -> Iterator[RealServers]:
    """Start three primaries with two replicas each, so that one node may be gone; once."""
    with RealServers(replicas=2) as servers:
        yield servers


@pytest.fixture
async def servers(started: RealServers) -> AsyncIterator[RealServers]:
    """Return them, all running and empty."""
    yield started
    await asyncio.to_thread(mend, started)


def mend(servers: RealServers) -> None:
    """Let everything run again that a test has killed or paused, and forget what it wrote."""
    for node in servers.nodes:
        if node.paused:
            node.resume()
        if not node.running:
            servers.restart(node)
    servers.wait_until_whole()
    for node in servers.primaries():
        node.call("FLUSHALL")


@pytest.fixture
async def cluster(servers: RealServers) -> AsyncIterator[Cluster]:
    """Return a client of the real cluster."""
    cluster = Cluster(options(servers))
    await cluster.start()
    yield cluster
    await cluster.close()
