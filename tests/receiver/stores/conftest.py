"""Each test on each engine."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from scripts.valkey_servers import Servers
from tests.receiver.stores.engines import Engine, Sqlite, Valkey

ENGINES = ("sqlite", "valkey")


@pytest.fixture(params=ENGINES)
def shared(request: pytest.FixtureRequest) -> Servers | None:
    """Return the servers of the engine that has some."""
    return request.getfixturevalue("servers") if request.param == "valkey" else None


@pytest.fixture
async def engine(shared: Servers | None, tmp_path: Path) -> AsyncIterator[Engine]:
    """Return an engine that keeps nothing yet."""
    async with AsyncExitStack() as stack:
        if shared:
            yield Valkey(stack, several=True, servers=shared)
        else:
            yield Sqlite(stack, several=False, path=tmp_path / "analytics.db")


@pytest.fixture
async def valkey(servers: Servers) -> AsyncIterator[Valkey]:
    """Return a cluster that keeps nothing yet."""
    async with AsyncExitStack() as stack:
        yield Valkey(stack, several=True, servers=servers)
