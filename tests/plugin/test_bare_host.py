"""A host that has no network, no free space or no disk to write to at its start, and gets it later.

Set-up needs none of them: the front end is answered, and what can't be sent or kept is told.
"""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_SYSTEM, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import aiohttp_client
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.analytics.const import DOMAIN
from scripts.sink import Sink

from .conftest import ALL_TIERS, Command, CommandError, Start, Wait

FIRST_REPORT = timedelta(minutes=15)
A_MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)


@contextmanager
def no_network() -> Iterator[None]:
    """Let the host make no connections: on a host without an interface its resolver can't start."""

    def refuse(*_args: object, **_more: object) -> None:
        raise OSError(19, "No such device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aiohttp_client, "_async_get_connector", refuse)
        yield


@contextmanager
def no_space() -> Iterator[None]:
    """Let no file of this process grow, as on a disk that is full."""
    _soft, hard = limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


async def test_a_host_without_a_network_at_its_start_reports_once_it_has_one(
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with no_network():
        entry = await start(section)
        assert entry.state is ConfigEntryState.LOADED
        await command("analytics/preferences", preferences=ALL_TIERS)
        await wait(FIRST_REPORT)
        status = await command("analytics/status")
    assert receiver.arrivals == []
    assert status["last_report"]["outcome"] == "retryable"
    assert "no connection (OSError)" in caplog.text

    await wait(A_DAY)
    assert len(receiver.reports) == 1
    assert (await command("analytics/status"))["last_report"]["outcome"] == "sent"


async def test_onboarding_goes_on_without_a_network(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    hass_client: ClientSessionGenerator,
    command: Command,
    wait: Wait,
    section: dict[str, Any],
) -> None:
    done = ["user", "core_config", "integration"]
    hass_storage["onboarding"] = {"version": 4, "data": {"done": done}}
    with no_network():
        assert await async_setup_component(hass, "onboarding", {})
        assert await async_setup_component(hass, DOMAIN, {DOMAIN: section})
        await command("analytics/preferences", preferences=ALL_TIERS)
        assert (await (await hass_client()).post("/api/onboarding/analytics")).ok
        await wait(A_MINUTE)
    [entry] = hass.config_entries.async_entries(DOMAIN)
    assert (entry.source, entry.state) == (SOURCE_SYSTEM, ConfigEntryState.LOADED)
    assert (await command("analytics"))["onboarded"] is True


async def test_a_full_disk_at_the_start_costs_the_reports_only_until_there_is_space(
    storage_folder: Path,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
) -> None:
    with no_space():
        entry = await start(section)
        assert entry.state is ConfigEntryState.LOADED
        with pytest.raises(CommandError, match="could not be saved"):
            await command("analytics/preferences", preferences=ALL_TIERS)
        await wait(FIRST_REPORT)
        assert receiver.arrivals == []
        assert (await command("analytics/status"))["blocked"]["reason"] == "not_saved"
    await wait(A_MINUTE)
    await wait(A_DAY)
    assert len(receiver.reports) == 1


@pytest.mark.parametrize("name", ["core.analytics", "analytics.destinations", "analytics.panels"])
async def test_a_file_that_can_neither_be_read_nor_moved_stops_no_set_up(
    storage_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    start: Start,
    command: Command,
    name: str,
) -> None:
    """The host moves what is no JSON out of the way, which a disk may not allow."""

    def refuse(*_names: object) -> None:
        raise OSError(30, "Read-only file system")

    (storage_folder / name).write_text("{")
    monkeypatch.setattr(os, "rename", refuse)
    assert (await start()).state is ConfigEntryState.LOADED
    assert (await command("analytics"))["onboarded"] is False
