"""A device database on a loopback address, and a home with devices."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
)

from custom_components.analytics import host
from scripts.sink import Answer, Sink

from ..conftest import Command, Start, Wait

type NextDay = Callable[[], Awaitable[None]]
type Toggle = Callable[[bool], Awaitable[None]]

DAY = timedelta(days=1)
IDENTIFIER = "018f4a2e-secret-identifier"
HAS_SNAPSHOTS = host.has_snapshots()
only_where_there_are_snapshots = pytest.mark.skipif(
    not HAS_SNAPSHOTS, reason="this host has no snapshots"
)


def answered(body: str, status: int = 200) -> Answer:
    """Return an answer of JSON."""
    return Answer(status=status, body=body, headers={"Content-Type": "application/json"})


@pytest.fixture
async def database(socket_enabled: None) -> AsyncIterator[Sink]:
    """Return a device database."""
    async with Sink() as sink:
        yield sink


@pytest.fixture
def section(receiver: Sink, database: Sink) -> dict[str, Any]:
    """Return the `analytics:` section that keeps reports and snapshots on this machine."""
    return {
        "destination": {"name": "Test receiver", "url": receiver.url},
        "snapshots_url": database.device_database,
    }


@pytest.fixture
async def labs(hass: HomeAssistant) -> None:
    """Have Labs, as every start of the host does."""
    assert await async_setup_component(hass, "labs", {})


@pytest.fixture
def toggle(hass: HomeAssistant, command: Command) -> Toggle:
    """Turn the feature on or off as the Labs page does."""

    async def toggle(on: bool) -> None:
        await command("labs/update", domain="analytics", preview_feature="snapshots", enabled=on)
        await hass.async_block_till_done()

    return toggle


@pytest.fixture
def devices(hass: HomeAssistant) -> dr.DeviceEntry:
    """Have an integration with one device and one entity; returns the device."""
    return have_lamp(hass)


def have_lamp(hass: HomeAssistant) -> dr.DeviceEntry:
    """Add an integration with a lamp, and return the lamp."""
    manifest = {"integration_type": "hub"}
    mock_integration(hass, MockModule("hue", partial_manifest=manifest), built_in=True)
    entry = MockConfigEntry(domain="hue")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={("hue", "00:17:88:01:02:03:04:05")},
        manufacturer="Signify Netherlands B.V.",
        model="Hue white lamp",
        model_id="LWB010",
        name="Grandma's lamp",
        sw_version="1.104.2",
    )
    er.async_get(hass).async_get_or_create(
        "light",
        "hue",
        "00:17:88:01:02:03:04:05-light",
        config_entry=entry,
        device_id=device.id,
        suggested_object_id="grandmas_lamp",
    )
    return device


@pytest.fixture
async def on(
    labs: None,
    devices: dr.DeviceEntry,
    start: Start,
    section: dict[str, Any],
    toggle: Toggle,
) -> None:
    """Have a home that sends snapshots, and nothing else."""
    await start(section)
    await toggle(True)


@pytest.fixture
def next_day(wait: Wait) -> NextDay:
    """Let a day pass."""

    async def next_day() -> None:
        await wait(DAY)

    return next_day


@pytest.fixture
async def sent(on: None, next_day: NextDay, database: Sink) -> None:
    """Have a home that has sent one snapshot, and is known by an identifier since."""
    del on
    database.snapshot_answer = answered(f'{{"submission_identifier": "{IDENTIFIER}"}}')
    await next_day()
    assert [arrival.method for arrival in database.arrivals] == ["POST"]
    database.snapshot_answer = Answer()
