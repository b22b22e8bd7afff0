"""A host with the plugin, a receiver on a real socket, and the doors to both."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import frame
from homeassistant.helpers.storage import Store
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_test_home_assistant,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

# Imported first: the test package has a `custom_components` of its own, which would hide ours.
from custom_components.analytics import clock, host
from custom_components.analytics.const import DOMAIN, LOGGER
from custom_components.analytics.outbound.opt_out import VARIABLES
from custom_components.analytics.outbound.trust import SSL_CERT_FILE
from scripts.sink import Sink

from .supervisor import Supervisor

type Command = Callable[..., Awaitable[Any]]
type SetClock = Callable[[timedelta], None]
type Start = Callable[..., Awaitable[ConfigEntry]]
type Wait = Callable[[timedelta], Awaitable[None]]

# The test package puts the host's storage into memory; `storage_folder` brings the real one back.
REAL_STORE = {
    name: Store.__dict__[name] for name in ("_async_load", "_async_write_data", "async_remove")
}

# The choices that the front end is told of while Labs is not there.
SHOWN_KEYS = tuple(
    key
    for key in host.preference_keys()
    if key != "snapshots" or host.VERSION >= host.LABS_DECIDES_SINCE
)
PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
ALL_TIERS = {"base": True, "usage": True, "statistics": True}


@asynccontextmanager
async def another_host(folder: str) -> AsyncIterator[HomeAssistant]:
    """Start a host beside that of the fixture; as long as it runs, it is the one that is judged."""
    async with async_test_home_assistant(config_dir=folder) as hass:
        before = frame._hass.hass
        frame.async_setup(hass)
        try:
            yield hass
        finally:
            frame._hass.hass = before


class CommandError(Exception):
    """A WebSocket command that was answered with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code: str = error["code"]
        self.message: str = error["message"]
        self.translation_key: str | None = error.get("translation_key")


@pytest.fixture(scope="session", autouse=True)
def no_stack_of_each_future() -> Iterator[None]:
    """Leave the loop its debug mode, but for stacks: they took a third of these tests' time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio.BaseEventLoop, "get_debug", lambda _: False)
        yield


@pytest.fixture(scope="module", autouse=True)
def garbage_collection() -> None:
    """Take the place of the test package's: what stays is looked at once, and not each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def no_variables() -> Iterator[None]:
    """Leave out what somebody wants of all programs on this machine, and the plugin heeds.

    A file of certificates is looked at with a limit of time, and tests let time leap.
    """
    with pytest.MonkeyPatch.context() as patch:  # of its own: tests undo theirs
        for name in (*VARIABLES, SSL_CERT_FILE, *PROXIES, *map(str.lower, PROXIES)):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(autouse=True)
def plugin(request: pytest.FixtureRequest, socket_enabled: None) -> Iterator[None]:
    """Let a host find the plugin, use sockets, and keep its files in a folder of its own.

    A test that asks for neither gets none: to make them takes longer than most such tests.
    """
    if {"hass", "tmp_path"}.intersection(request.fixturenames):
        folder: Path = request.getfixturevalue("tmp_path")
        (folder / ".storage").mkdir()
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")
        request.getfixturevalue("hass").config.config_dir = str(folder)
    root = logging.getLogger()
    before = root.level
    _set_level(LOGGER, logging.INFO)
    yield
    # The host's logger integration sets both, and leaves them so.
    _set_level(LOGGER, logging.INFO)
    _set_level(root, before)


def _set_level(logger: logging.Logger, level: int) -> None:
    """Set a level that is another one: all loggers then forget what they know of theirs."""
    if logger.level != level:
        logger.setLevel(level)


@pytest.fixture
async def receiver(socket_enabled: None) -> AsyncIterator[Sink]:
    """Return a receiver on a loopback address."""
    async with Sink() as sink:
        yield sink


@pytest.fixture
def section(receiver: Sink) -> dict[str, Any]:
    """Return the `analytics:` section that makes the receiver the destination."""
    return {"destination": {"name": "Test receiver", "url": receiver.url}}


@pytest.fixture
def start(hass: HomeAssistant) -> Start:
    """Set the plugin up as the host does, with a section of configuration.yaml."""

    async def start(section: object = None, **other_sections: object) -> ConfigEntry:
        config = {DOMAIN: section, **other_sections}
        assert await async_setup_component(hass, DOMAIN, config)
        await hass.async_block_till_done(wait_background_tasks=True)
        [entry] = hass.config_entries.async_entries(DOMAIN)
        return entry

    return start


@pytest.fixture
def command(hass_ws_client: WebSocketGenerator, hass: HomeAssistant) -> Command:
    """Send a WebSocket command as an administrator; errors raise CommandError."""

    async def command(name: str, token: str | None = None, **arguments: Any) -> Any:
        client = await (hass_ws_client(hass, token) if token else hass_ws_client(hass))
        await client.send_json_auto_id({"type": name, **arguments})
        answer = await client.receive_json()
        if not answer["success"]:
            raise CommandError(answer["error"])
        return answer["result"]

    return command


@pytest.fixture
def wait(hass: HomeAssistant) -> Wait:
    """Fire the timers that are due after a time from now, and let what they start finish."""

    async def wait(time: timedelta) -> None:
        async_fire_time_changed(hass, dt_util.utcnow() + time)
        await hass.async_block_till_done(wait_background_tasks=True)

    return wait


@pytest.fixture
def set_clock(freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Set the machine's clock by so much, while no time passes: only this clock does not run.

    Also in threads, of which the frozen time of this package knows only some.
    """
    off = timedelta(0)

    def wall() -> float:
        now: datetime = freezer()
        return now.replace(tzinfo=UTC).timestamp()

    def set_clock(by: timedelta) -> None:
        nonlocal off
        off += by
        freezer.tick(by)

    monkeypatch.setattr(clock, "wall", wall)
    monkeypatch.setattr(clock, "running", lambda: wall() - off.total_seconds())
    return set_clock


@pytest.fixture
def storage_folder(hass: HomeAssistant, tmp_path: Path) -> Iterator[Path]:
    """Return a folder of this test's own in which the host keeps real store files."""
    folder = tmp_path / ".storage"
    with pytest.MonkeyPatch.context() as patch:
        for name, real in REAL_STORE.items():
            patch.setattr(Store, name, real)
        yield folder


@pytest.fixture
async def supervisor(hass: HomeAssistant, socket_enabled: None) -> AsyncIterator[Supervisor]:
    """Return a Supervisor on a loopback address; `attach` makes the host know it."""
    async with Supervisor() as supervisor:
        yield supervisor
