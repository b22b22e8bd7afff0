"""A client of the real cluster that tests of a process share."""

from collections.abc import AsyncIterator

import pytest

from receiver.storage.valkey.cluster import Cluster
from scripts.valkey_servers import Servers as RealServers
from tests.receiver.valkey.clients import options
from tests.receiver.valkey.fake import Fake


@pytest.fixture
async def cluster(servers: RealServers) -> AsyncIterator[Cluster]:
    """Return a client of the real cluster."""
    cluster = Cluster(options(servers))
    await cluster.start()
    yield cluster
    await cluster.close()


@pytest.fixture
async def fake() -> AsyncIterator[Fake]:
    """Return a node that says what a test wants."""
    async with Fake() as fake:
        yield fake
