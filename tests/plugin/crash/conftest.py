"""A real Sentry-compatible server for crash reports."""

from collections.abc import Iterator

import pytest

from scripts.bugsink import Bugsink
from tests.bugsink import require_bugsink


@pytest.fixture(scope="session")
def bugsink_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bugsink]:
    """Return the session's Bugsink, which the first test that wants it starts."""
    require_bugsink()
    server = Bugsink(tmp_path_factory.mktemp("bugsink"))
    yield server
    server.kill()


@pytest.fixture
async def bugsink(bugsink_process: Bugsink, socket_enabled: None) -> Bugsink:
    """Return a running Bugsink with a project of this test's own, in which nothing is yet.

    The test may stop it and start it again.
    """
    if not bugsink_process.running:
        await bugsink_process.start()
    await bugsink_process.begin_project()
    return bugsink_process
