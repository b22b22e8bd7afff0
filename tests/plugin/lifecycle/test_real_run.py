"""A real Home Assistant whose life is told: starts, a kill, a crash, a power loss, a clean stop."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from scripts.home_assistant import SMALL_CONFIGURATION, HomeAssistantProcess
from scripts.host_api import HostApi
from scripts.onboarding import Person, confirm_http_settings, log_in, onboard, wait_until_running
from scripts.sink import Sink

pytestmark = pytest.mark.process

PERSON = Person(username="tester", password="correct horse", name="Tester")
MORE = {"environment": False, "lifecycle": True, "interface": False}
FLOWS = "/api/config/config_entries/options/flow"
POLL_INTERVAL = 0.05
SETTLE_TIMEOUT = 30
TELLING = "Castle Greyskull"


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def host(tmp_path: Path, receiver: Sink) -> HomeAssistantProcess:
    section = {
        "destination": {"name": "Test", "url": receiver.url, "extended": True},
        "initial_delay": 1,
    }
    home = {"homeassistant": {"name": TELLING, "time_zone": "UTC"}}
    return HomeAssistantProcess(
        tmp_path, configuration={**SMALL_CONFIGURATION, **home, "analytics": section}
    )


async def share_more(api: HostApi) -> None:
    """Turn the tier on, as the options page does."""
    websocket = await api.websocket()
    async with websocket:
        entries = await websocket.command("config_entries/get", domain="analytics")
    flow = await api.post(FLOWS, {"handler": entries[0]["entry_id"]})
    form = await api.post(f"{FLOWS}/{flow['flow_id']}", {"next_step_id": "more"})
    end = await api.post(f"{FLOWS}/{form['flow_id']}", MORE)
    assert end["type"] == "create_entry"


@asynccontextmanager
async def running(
    host: HomeAssistantProcess, session: aiohttp.ClientSession
) -> AsyncIterator[None]:
    """Run the host until it has started, and end it if the test did not."""
    await host.start()
    try:
        api = HostApi(session, host.url)
        await log_in(api, PERSON)
        websocket = await api.websocket()
        async with websocket:
            await confirm_http_settings(websocket)
            await wait_until_running(websocket)
        yield
    finally:
        await host.stop()


async def end(host: HomeAssistantProcess, number: signal.Signals) -> None:
    """End the host by a signal."""
    assert host.pid
    os.kill(host.pid, number)
    await host.wait_until_stopped()


async def settle(folder: Path) -> None:
    """Wait until it is on disk that all events have arrived: a host that was killed sends them."""
    path = folder / ".storage" / "analytics.events"
    try:
        async with asyncio.timeout(SETTLE_TIMEOUT):
            while waiting := json.loads(path.read_text())["data"]["waiting"]:
                await asyncio.sleep(POLL_INTERVAL)
    except TimeoutError:
        pytest.fail(f"These events did not arrive within {SETTLE_TIMEOUT} s: {waiting}")


def lose_power(folder: Path) -> None:
    """Let the file of phases be one of an earlier boot of the machine."""
    path = folder / ".storage" / "analytics.run"
    path.write_text(json.dumps({**json.loads(path.read_text()), "boot_id": "an earlier one"}))


async def wait_for_starts(receiver: Sink, number: int) -> None:
    await receiver.wait_until(lambda: len(of(receiver, "start")) == number)


def of(receiver: Sink, name: str) -> list[Any]:
    return [event for event in receiver.life if event["event"] == name]


async def test_each_end_of_a_run_is_told_at_the_next_start(
    host: HomeAssistantProcess, session: aiohttp.ClientSession, receiver: Sink, tmp_path: Path
) -> None:
    await host.start()
    try:
        api = HostApi(session, host.url)
        await onboard(api, PERSON, preferences={"base": True, "diagnostics": True})
        await share_more(api)
        websocket = await api.websocket()
        async with websocket:
            await wait_until_running(websocket)
    finally:
        await host.stop()
    assert of(receiver, "start") == []

    endings = (signal.SIGKILL, signal.SIGSEGV, signal.SIGKILL, None)
    for starts, ending in enumerate(endings, start=1):
        async with running(host, session):
            await wait_for_starts(receiver, starts)
            await settle(tmp_path)
            if ending is not None:
                await end(host, ending)
        if starts == 3:
            lose_power(tmp_path)
    ends = [event["previous_end"] for event in of(receiver, "start")]
    assert ends == ["clean", "killed", "killed", "power_loss"]
    faults = of(receiver, "fault")
    assert [event["previous_end"] for event in faults] == ["killed", "killed", "power_loss"]
    assert "fault" not in faults[0]
    assert faults[1]["fault"]["error"] == "SegmentationFault"
    assert faults[1]["fault"]["file"].startswith(("asyncio/", "homeassistant/", "selectors"))
    assert [event["unclean_ends"] for event in faults] == ["first", "repeated", "repeated"]
    assert ["run_duration" in event for event in faults] == [True, True, False]
    assert ["memory_nearly_full" in event for event in faults] == [True, True, False]
    assert "stop_duration" in of(receiver, "start")[0]
    last = of(receiver, "stop")[-1]
    assert last["unclean_ends"] == "recovered"
    assert {"run_duration", "memory_nearly_full", "disk_nearly_full"} <= last.keys()
    told = json.dumps(receiver.life)
    assert str(tmp_path) not in told
    assert TELLING not in told
    assert host.complaints() == []
