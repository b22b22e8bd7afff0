"""A real Home Assistant in a process of its own, without the plugin. Nobody opts in."""

import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import RawTestServer

from custom_components.analytics.outbound.opt_out import VARIABLES
from custom_components.analytics.outbound.trust import SSL_CERT_FILE
from scripts.home_assistant import (
    CONSOLE_LOG_NAME,
    ROOT,
    HomeAssistantError,
    HomeAssistantProcess,
    log_entries,
)
from scripts.ports import LOOPBACK, port_is_free
from tests.limits import limited

pytestmark = pytest.mark.usefixtures("socket_enabled")

PARENT = """
import asyncio, sys
from pathlib import Path
from scripts.home_assistant import HomeAssistantProcess

async def main():
    host = HomeAssistantProcess(Path(sys.argv[1]), plugin=None)
    await host.start()
    print(host.pid, host.port, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_nothing_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        try:
            with limited(parent, "process and port"):
                pid, port = map(int, parent.stdout.readline().split())
            assert is_alive(pid)
            assert not port_is_free(port)
        finally:
            parent.kill()
    deadline = time.monotonic() + 30
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_alive(pid)
    assert port_is_free(port)


async def test_a_host_that_cannot_start_says_why(tmp_path: Path) -> None:
    host = HomeAssistantProcess(tmp_path, configuration="frontend: !broken", plugin=None)
    host.python = "false"
    with pytest.raises(HomeAssistantError, match="stopped, code 1"):
        await host.start()
    assert not host.running


@pytest.fixture
async def idle(tmp_path: Path) -> AsyncIterator[HomeAssistantProcess]:
    """Return a host that runs, and does not listen yet."""
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexec sleep 600\n")
    python.chmod(0o755)
    host = HomeAssistantProcess(tmp_path / "config", plugin=None, python=python)
    host.spawn()
    yield host
    host.kill()


async def test_another_program_that_takes_its_port_is_told(idle: HomeAssistantProcess) -> None:
    async def answer(_request: web.BaseRequest) -> web.Response:
        return web.Response()

    async with RawTestServer(answer, host=LOOPBACK, port=idle.port):
        with pytest.raises(HomeAssistantError, match=f"Port {idle.port} is in use"):
            await idle.wait_until_answering(timeout=10)


async def test_what_somebody_wants_of_all_programs_does_not_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*VARIABLES, SSL_CERT_FILE):
        monkeypatch.setenv(name, "inherited")
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nenv\n")
    python.chmod(0o755)
    own = {"DO_NOT_TRACK": "its own"}
    host = HomeAssistantProcess(tmp_path / "config", plugin=None, python=python, environ=own)
    host.spawn()
    await host.wait_until_stopped()
    console = (tmp_path / "config" / CONSOLE_LOG_NAME).read_text()
    assert "inherited" not in console
    assert "DO_NOT_TRACK=its own" in console


HTTP_STORE = {"stable": {"server_port": 8000}, "yaml_migration_done": True}


@pytest.mark.parametrize("configuration", [{"frontend": {}}, "frontend:\n"])
@pytest.mark.parametrize(
    ("store", "named"),
    [
        (None, True),
        (HTTP_STORE, False),
        (HTTP_STORE | {"stable": {"server_port": 8001}}, True),
        (HTTP_STORE | {"yaml_migration_done": False}, True),
    ],
)
def test_yaml_names_the_port_until_the_host_has_taken_it_over(
    tmp_path: Path,
    configuration: dict[str, object] | str,
    store: dict[str, object] | None,
    named: bool,
) -> None:
    if store:
        (tmp_path / ".storage").mkdir()
        (tmp_path / ".storage" / "http").write_text(json.dumps({"data": store}))
    host = HomeAssistantProcess(
        tmp_path, configuration=configuration, port=8000, plugin=None, python="false"
    )
    host.spawn()
    host.kill()
    written = (tmp_path / "configuration.yaml").read_text()
    assert ("server_port: 8000" in written) is named


def test_an_empty_log_has_no_entries() -> None:
    assert log_entries("") == []


@pytest.mark.parametrize("log", ["Fatal Error: no folder\n", "21.11.2026 WARNING [a] odd\n"])
def test_what_can_not_be_read_is_a_complaint(log: str) -> None:
    assert log_entries(log) == [(log.strip(), "CRITICAL")]


@pytest.mark.parametrize("offset", ["", "+00:00", "-11:30"])
def test_log_entries_keep_tracebacks_together(offset: str) -> None:
    log = (
        f"2026-11-21 01:00:00.000{offset} ERROR (MainThread) [a] went wrong\n"
        "Traceback (most recent call last):\n"
        "ValueError: 1\n"
        f"2026-11-21 01:00:01.000{offset} INFO (MainThread) [b] fine\n"
    )
    (first, first_level), (second, second_level) = log_entries(log)
    assert (first_level, second_level) == ("ERROR", "INFO")
    assert first.endswith("ValueError: 1")
    assert second.endswith("fine")
