"""A real Home Assistant: taking the built-in integration's place, and giving it back."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import homeassistant.components
import pytest
from homeassistant.config import SAFE_MODE_FILENAME

from custom_components.analytics.outbound.opt_out import FILE_NAME
from scripts.home_assistant import ROOT, SMALL_CONFIGURATION, HomeAssistantProcess, log_entries
from scripts.host_api import HostApi, WebSocketClient
from scripts.onboarding import (
    Person,
    confirm_http_settings,
    create_owner,
    go_on,
    log_in,
    onboard,
    wait_until_offered,
    wait_until_running,
)
from scripts.ports import free_port
from scripts.sink import Answer, Sink

pytestmark = pytest.mark.process

PERSON = Person(username="tester", password="correct horse", name="Tester")
# Without base the built-in integration sends nothing, which on a machine with a network would
# arrive at Home Assistant.
SHARED = {"usage": True, "statistics": True}
OURS = "custom_components.analytics"
OWN = "analytics.destinations"
BUILT_IN = Path(homeassistant.components.__path__[0]) / "analytics" / "__init__.py"
BUILT_IN_HAS_ENTRY = "async_setup_entry" in BUILT_IN.read_text()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """The configuration folder and the port that all starts of a test share."""

    folder: Path
    port: int

    def with_plugin(self, section: object) -> HomeAssistantProcess:
        """Return a host with the plugin and a section for it in configuration.yaml."""
        configuration = {**SMALL_CONFIGURATION, "analytics": section}
        return HomeAssistantProcess(
            self.folder, port=self.port, configuration=configuration, copy_plugin=True
        )

    def without_plugin(self) -> HomeAssistantProcess:
        """Return a host without the plugin, as after the two steps of uninstalling."""
        return HomeAssistantProcess(
            self.folder, port=self.port, configuration=SMALL_CONFIGURATION, plugin=None
        )

    def stored(self, key: str) -> dict[str, Any]:
        """Return the data of a store on disk."""
        data: dict[str, Any] = json.loads((self.folder / ".storage" / key).read_text())["data"]
        return data


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(folder=tmp_path, port=free_port())


async def connect(host: HomeAssistantProcess, session: aiohttp.ClientSession) -> WebSocketClient:
    """Log in and wait until everything is set up."""
    api = HostApi(session, host.url)
    await log_in(api, PERSON)
    client = await api.websocket()
    await confirm_http_settings(client)
    await wait_until_running(client)
    return client


def lines(host: HomeAssistantProcess, *levels: str) -> list[str]:
    """Return what the host's log has about analytics, of these levels.

    The folder that the project is in may be named after it, and is in any traceback.
    """
    return [
        entry
        for entry, level in log_entries(host.log())
        if level in levels and "analytics" in entry.replace(str(ROOT), "")
    ]


async def test_uninstalling_in_two_steps_gives_everything_back(
    socket_enabled: None, home: Home, session: aiohttp.ClientSession
) -> None:
    host = home.without_plugin()
    async with host:
        await onboard(HostApi(session, host.url), PERSON, preferences=SHARED)
    before = home.stored("core.analytics")

    async with Sink() as sink:
        destination = {"destination": {"name": "Sink", "url": sink.url}, "initial_delay": 1}
        host = home.with_plugin(destination)
        async with host:
            async with await connect(host, session) as client:
                assert (await client.command("analytics"))["onboarded"] is False
                await client.command("analytics/preferences", preferences={"base": True})
            await sink.wait_for_report()
        assert lines(host, "ERROR", "CRITICAL") == []
    assert home.stored("core.analytics") == before
    [entry] = [
        entry
        for entry in home.stored("core.config_entries")["entries"]
        if entry["domain"] == "analytics"
    ]
    assert (entry["source"], entry["version"], entry["data"]) == ("system", 1, {})

    host = home.without_plugin()
    async with host, await connect(host, session) as client:
        answer = await client.command("analytics")
    assert answer["onboarded"] is True
    assert [key for key, value in answer["preferences"].items() if value] == list(SHARED)
    assert len(lines(host, "ERROR", "CRITICAL")) == (0 if BUILT_IN_HAS_ENTRY else 1)


async def test_installing_finds_what_the_built_in_integration_left(
    socket_enabled: None, home: Home, session: aiohttp.ClientSession
) -> None:
    host = home.without_plugin()
    async with host:
        await onboard(
            HostApi(session, host.url), PERSON, preferences={"base": False, "statistics": True}
        )
    host = home.with_plugin(None)
    async with host, await connect(host, session) as client:
        answer = await client.command("analytics")
        entries = await client.command("config_entries/get", domain="analytics")
    assert answer["onboarded"] is True
    assert [key for key, value in answer["preferences"].items() if value] == ["statistics"]
    assert [(entry["source"], entry["state"]) for entry in entries] == [("system", "loaded")]
    assert lines(host, "ERROR", "CRITICAL") == []


async def test_safe_mode_finds_a_no_while_a_switch_is_on(
    socket_enabled: None, home: Home, session: aiohttp.ClientSession
) -> None:
    """There the built-in integration runs, which knows no switch."""
    (home.folder / FILE_NAME).touch()
    host = home.with_plugin(None)
    async with host:
        await onboard(HostApi(session, host.url), PERSON, preferences=SHARED)
    (home.folder / SAFE_MODE_FILENAME).touch()
    async with host, await connect(host, session) as client:
        assert (await client.command("get_config"))["safe_mode"] is True
        answer = await client.command("analytics")
    assert answer["onboarded"] is True
    assert not any(answer["preferences"].values())
    async with host, await connect(host, session) as client:
        answer = await client.command("analytics")
    assert [key for key, value in answer["preferences"].items() if value] == list(SHARED)


async def test_safe_mode_asks_for_no_deletion_and_the_next_start_does(
    socket_enabled: None, home: Home, session: aiohttp.ClientSession
) -> None:
    async with Sink() as sink:
        sink.offer_answer, sink.deletion_status = Answer(status=500), 500
        of_reports = {"url": sink.url, "uuid": "0" * 32, "since": 0.0}
        of_snapshots = {**of_reports, "url": sink.device_database, "matter": "snapshots"}
        data = {"deletions": [of_reports, of_snapshots]}
        (home.folder / ".storage" / OWN).write_text(
            json.dumps({"version": 1, "minor_version": 1, "key": OWN, "data": data})
        )
        host = home.with_plugin(None)
        async with host:
            await onboard(HostApi(session, host.url), PERSON)
            await sink.wait_for_arrival(2)
        asked = [("DELETE", f"/v1/{'0' * 32}"), ("GET", "/v1")]
        assert [(each.method, each.path) for each in sink.arrivals] == asked
        (home.folder / SAFE_MODE_FILENAME).touch()
        async with host, await connect(host, session) as client:
            assert (await client.command("get_config"))["safe_mode"] is True
        assert len(sink.arrivals) == len(asked)
        async with host:
            await sink.wait_for_arrival(4)
        assert [(each.method, each.path) for each in sink.arrivals] == asked * 2


async def test_a_start_without_configuration_blocks_nothing_and_warns_of_nothing(
    socket_enabled: None, home: Home, session: aiohttp.ClientSession
) -> None:
    host = home.with_plugin(None)
    async with host:
        api = HostApi(session, host.url)
        await create_owner(api, PERSON)
        async with await api.websocket() as client:
            await wait_until_offered(client)
            assert (await client.command("analytics"))["onboarded"] is False
            assert await client.command("config_entries/get", domain="analytics") == []
    async with host:
        api = HostApi(session, host.url)
        await log_in(api, PERSON)
        async with await api.websocket() as client:
            await go_on(api, client, preferences={})
            [entry] = await client.command("config_entries/get", domain="analytics")
    assert entry["state"] == "loaded"
    assert [line for line in lines(host, "WARNING", "ERROR", "CRITICAL") if OURS in line] == []
    assert "Detected blocking call" not in host.log()
    assert "Detected that custom integration 'analytics'" not in host.log()
    warned = [line for line in lines(host, "WARNING") if "has not been tested" not in line]
    assert warned == []


async def test_settings_that_can_not_be_used_do_not_block_onboarding(
    socket_enabled: None, home: Home, session: aiohttp.ClientSession
) -> None:
    host = home.with_plugin({"enabled": "perhaps", "destination": {"url": "http://example.com"}})
    async with host:
        await onboard(HostApi(session, host.url), PERSON)
    [error] = [entry for entry in lines(host, "ERROR") if OURS in entry]
    assert host.complaints() == [error]
    assert "enabled:" in error
    assert "destination.url: must begin with https://" in error
