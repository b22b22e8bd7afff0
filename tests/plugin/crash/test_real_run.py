"""A real Home Assistant that is killed, crashes and stops: what the next start makes of it."""

import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import aiohttp
import pytest

from scripts.bugsink import Bugsink
from scripts.home_assistant import SMALL_CONFIGURATION, HomeAssistantProcess
from scripts.host_api import HostApi, WebSocketClient
from scripts.onboarding import (
    Person,
    confirm_http_settings,
    log_in,
    onboard,
    wait_until_running,
)

from ..conftest import Command, Start
from .conftest import ON, Settle

pytestmark = pytest.mark.process

PERSON = Person(username="tester", password="correct horse", name="Tester")


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def previous_run(host: HomeAssistantProcess, session: aiohttp.ClientSession) -> str:
    """Start the host, and return how it says that its last run ended."""
    await host.start()
    api = HostApi(session, host.url)
    await log_in(api, PERSON)
    client: WebSocketClient = await api.websocket()
    async with client:
        await confirm_http_settings(client)
        await wait_until_running(client)
        answer: str = (await client.command("analytics/status"))["previous_run"]
    return answer


async def end(host: HomeAssistantProcess, number: signal.Signals) -> None:
    """End the host by a signal."""
    assert host.pid
    os.kill(host.pid, number)
    await host.wait_until_stopped()


async def test_a_kill_is_told_and_a_native_crash_is_reported_once(
    bugsink: Bugsink, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    section = {"crash_reports": {"dsn": bugsink.dsn}}
    host = HomeAssistantProcess(
        tmp_path, configuration={**SMALL_CONFIGURATION, "analytics": section}
    )
    try:
        await host.start()
        await onboard(HostApi(session, host.url), PERSON, preferences={"diagnostics": True})
        await end(host, signal.SIGKILL)
        assert await previous_run(host, session) in {"killed", "crashed_at_start"}
        await end(host, signal.SIGSEGV)
        assert await previous_run(host, session) == "killed"
        await bugsink.wait_for_events()
        await host.stop()
        assert await previous_run(host, session) == "clean"
        complaints = host.complaints()
    finally:
        await host.stop()
    assert complaints == []
    [event] = await bugsink.events()
    [raised] = event["exception"]["values"]
    assert (event["level"], raised["type"]) == ("fatal", "SegmentationFault")
    functions = [frame["function"] for frame in raised["stacktrace"]["frames"]]
    assert "BaseEventLoop.run_forever" in functions or "run_forever" in functions
    files = [frame.get("filename") for frame in raised["stacktrace"]["frames"]]
    assert "homeassistant/runner.py" in files
    assert str(tmp_path) not in json.dumps(event)


async def test_what_was_approved_is_taken_by_a_real_server(
    bugsink: Bugsink,
    section: dict[str, Any],
    start: Start,
    command: Command,
    settle: Settle,
    faulty: ModuleType,
) -> None:
    """It leaves without the time of sending, by which a server would take the clock for wrong."""
    await start({**section, "crash_reports": {"dsn": bugsink.dsn}, "hold": True})
    await command("analytics/preferences", preferences=ON)
    faulty.log()
    await settle()
    [item] = (await command("analytics/outbox"))["items"]
    assert await bugsink.events() == []
    shown = {"key": item["key"], "digest": item["digest"]}
    assert (await command("analytics/outbox/approve", **shown))["outcome"] == "sent"
    await bugsink.wait_for_events()
    [event] = await bugsink.events()
    noticed = item["payload"][2]
    for name in ("event_id", "timestamp", "exception", "tags"):
        assert event[name] == noticed[name], name


async def test_a_start_with_crash_reports_off_does_not_load_the_sdk(
    session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    """Small boards pay for it only when there is something to report."""
    section = {"crash_reports": {"dsn": "http://key@127.0.0.1:9/1"}}
    host = HomeAssistantProcess(
        tmp_path,
        configuration={**SMALL_CONFIGURATION, "analytics": section},
        environ={"PYTHONVERBOSE": "1"},
    )
    async with host:
        await onboard(HostApi(session, host.url), PERSON, preferences={})
    imported = host.console()
    assert "import 'custom_components.analytics'" in imported
    assert "import 'sentry_sdk'" not in imported
