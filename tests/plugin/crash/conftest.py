"""A faulty integration, crash reports in force, and a real Sentry-compatible server for them."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from homeassistant import runner
from homeassistant.core import HomeAssistant

from scripts.bugsink import Bugsink
from scripts.sink import Sink
from tests.bugsink import require_bugsink

from ..conftest import Command, Start, Wait
from .faulty import installed

type Settle = Callable[[], Awaitable[None]]

# Longer than faults of one kind are counted in one report.
SETTLE = timedelta(seconds=11)
ON = {"diagnostics": True}
OFF = {"diagnostics": False}


@pytest.fixture
def faults_are_only_logged(hass: HomeAssistant) -> None:
    """Take the place of the test package's handler, which fails a test in which a task failed."""
    hass.loop.set_exception_handler(runner._async_loop_exception_handler)


@pytest.fixture
def settle(hass: HomeAssistant, wait: Wait, faults_are_only_logged: None) -> Settle:
    """Let what was noticed be sent."""

    async def settle() -> None:
        await hass.async_block_till_done()
        await wait(SETTLE)

    return settle


@pytest.fixture
def faulty(tmp_path: Path, plugin: None, faults_are_only_logged: None) -> Iterator[ModuleType]:
    with installed(tmp_path) as module:
        yield module


@pytest.fixture
def crash_section(section: dict[str, Any], receiver: Sink) -> dict[str, Any]:
    """Return a section with a crash report server of the test's own."""
    return {**section, "crash_reports": {"dsn": receiver.dsn}}


@pytest.fixture
async def listening(start: Start, command: Command, crash_section: dict[str, Any]) -> Any:
    """Return the loaded entry, with crash reports in force."""
    entry = await start(crash_section)
    await command("analytics/preferences", preferences=ON)
    assert (await command("analytics/status"))["crash_reports"]["effective"] is True
    return entry


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A host with crash reports in force and a faulty integration, and the doors to both ends."""

    hass: HomeAssistant
    entry: Any
    faulty: ModuleType
    settle: Settle
    receiver: Sink
    command: Command
    wait: Wait


@pytest.fixture
def scene(
    hass: HomeAssistant,
    listening: Any,
    faulty: ModuleType,
    settle: Settle,
    receiver: Sink,
    command: Command,
    wait: Wait,
) -> Scene:
    """Return all that a test of crash reports works with."""
    return Scene(
        hass=hass,
        entry=listening,
        faulty=faulty,
        settle=settle,
        receiver=receiver,
        command=command,
        wait=wait,
    )


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
