"""Each way to switch everything off, on a home that shares all there is: not one request."""

import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.analytics import host
from custom_components.analytics.tiers.standard import TIERS
from scripts.sink import SNAPSHOT_PATH, Sink

from .conftest import Start, Wait

type Switch = Callable[[Path, pytest.MonkeyPatch], None]

SAVED = "analytics.destinations"
SHARED = "core.analytics"
LABS = "core.labs"
ROOT = Path(__file__).parents[2]
OPT_OUT = ".opt-out-from-anonymous-statistics"


def file(config: Path, _environment: pytest.MonkeyPatch) -> None:
    (config / OPT_OUT).touch()


def do_not_track(_config: Path, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DO_NOT_TRACK", "1")


def disable_telemetry(_config: Path, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DISABLE_TELEMETRY", "true")


def installer(config: Path, _environment: pytest.MonkeyPatch) -> None:
    (config / "configuration.yaml").touch()
    subprocess.run([ROOT / "scripts" / "install", config, "--disable-telemetry"], check=True)


def none(_config: Path, _environment: pytest.MonkeyPatch) -> None:
    """Show that the home is not silent by itself."""


def have_device(hass: HomeAssistant) -> None:
    """Have an integration with a device, of which snapshots tell."""
    module = MockModule("hue", partial_manifest={"integration_type": "hub"})
    mock_integration(hass, module, built_in=True)
    entry = MockConfigEntry(domain="hue")
    entry.add_to_hass(hass)
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("hue", "1")}, model="LWB010"
    )


async def live(
    hass: HomeAssistant,
    start: Start,
    wait: Wait,
    hass_ws_client: WebSocketGenerator,
    section: dict[str, Any],
) -> None:
    """Start, be used, let a day pass, fail, be asked to send, and stop."""
    if host.has_snapshots():
        assert await async_setup_component(hass, "labs", {})
    await start(section)
    await wait(timedelta(minutes=2))
    client = await hass_ws_client(hass)
    for name, arguments in (("panel_opened", {"panel": "energy"}), ("send", {}), ("status", {})):
        await client.send_json_auto_id({"type": f"analytics/{name}", **arguments})
        assert (await client.receive_json())["type"] == "result"
    await client.close()
    await wait(timedelta(days=1))
    hass.set_state(CoreState.stopping)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.parametrize(
    "switch",
    [file, do_not_track, disable_telemetry, installer, none],
    ids=lambda switch: switch.__name__,
)
async def test_each_opt_out_silences_all_of_it(
    hass: HomeAssistant,
    start: Start,
    wait: Wait,
    hass_ws_client: WebSocketGenerator,
    receiver: Sink,
    hass_storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    switch: Switch,
) -> None:
    record = {"onboarded": True, "preferences": dict.fromkeys(TIERS, True)}
    shared = {"onboarded": True, "preferences": {"base": True, "snapshots": True}, "uuid": None}
    hass_storage[SHARED] = {"version": 1, "minor_version": 1, "key": SHARED, "data": shared}
    on = {"preview_feature_status": [{"domain": "analytics", "preview_feature": "snapshots"}]}
    hass_storage[LABS] = {"version": 1, "minor_version": 1, "key": LABS, "data": on}
    have_device(hass)
    data = {"destinations": {receiver.url: record}}
    hass_storage[SAVED] = {"version": 1, "minor_version": 1, "key": SAVED, "data": data}
    section = {
        "destination": {"name": "Test", "url": receiver.url, "extended": True},
        "crash_reports": {"dsn": receiver.dsn},
        "snapshots_url": receiver.device_database,
    }
    switch(Path(hass.config.config_dir), monkeypatch)
    await live(hass, start, wait, hass_ws_client, section)
    kinds = {arrival.path for arrival in receiver.arrivals}
    all_kinds = {"/v1", "/v1/events"} | ({SNAPSHOT_PATH} if host.has_snapshots() else set())
    assert kinds == (all_kinds if switch is none else set())
