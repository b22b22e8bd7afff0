"""Where snapshots can be seen, and by whom; what becomes of a copy, and after uninstalling."""

import json
import shutil
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.analytics import host
from scripts.sink import Sink

from ..conftest import Command, CommandError, Start, Wait
from .conftest import DAY, Toggle, answered, only_where_there_are_snapshots
from .test_sending import HEADER, SNAPSHOT

pytestmark = only_where_there_are_snapshots

SHARED = "core.analytics"
MANIFEST = Path(host.__file__).with_name("manifest.json")


def test_the_addresses_are_the_built_in_ones() -> None:
    from homeassistant.components.analytics import const

    assert const.SNAPSHOT_DEFAULT_URL == host.DEVICE_DATABASE_URL
    assert const.SNAPSHOT_URL_PATH == host.SNAPSHOT_PATH
    assert f"home-assistant:{const.SNAPSHOT_VERSION}" == host.SNAPSHOT_FORM


def test_the_feature_is_declared_as_the_built_in_one() -> None:
    from homeassistant.components import analytics

    built_in = json.loads(Path(analytics.__file__).with_name("manifest.json").read_text())
    ours = json.loads(MANIFEST.read_text())["preview_features"]
    listed_there = host.VERSION >= host.LABS_DECIDES_SINCE
    assert built_in.get("preview_features") == (ours if listed_there else None)


async def test_it_is_listed_once_with_our_text(
    hass: HomeAssistant, labs: None, start: Start, command: Command
) -> None:
    from homeassistant.helpers.translation import async_get_translations

    await start()
    listed = (await command("labs/list"))["features"]
    assert [each["preview_feature"] for each in listed if each["domain"] == "analytics"] == [
        "snapshots"
    ]
    texts = await async_get_translations(hass, "en", "preview_features", ["analytics"])
    text = texts["component.analytics.preview_features.snapshots.description"]
    assert "can be seen" in text
    assert "journal" in text


async def test_the_preview_is_what_is_sent_and_sends_nothing(
    on: None, command: Command, database: Sink, wait: Wait, hass: HomeAssistant
) -> None:
    shown = await command("analytics/preview", kind="snapshot")
    assert shown["payload"] == SNAPSHOT
    assert database.arrivals == []
    by_action = await hass.services.async_call(
        "analytics", "preview", {"kind": "snapshot"}, blocking=True, return_response=True
    )
    assert by_action is not None
    assert by_action["payload"] == SNAPSHOT
    fields = (await async_get_all_descriptions(hass))["analytics"]["preview"]["fields"]
    assert "snapshot" in fields["kind"]["selector"]["select"]["options"]
    await wait(DAY)
    assert database.snapshots[0].report == shown["payload"]
    assert len(database.snapshots[0].body) == shown["bytes"]


async def test_it_can_be_previewed_before_a_yes(
    labs: None, devices: dr.DeviceEntry, start: Start, command: Command
) -> None:
    await start()
    shown = await command("analytics/preview", kind="snapshot")
    assert (shown["payload"], shown["destination"]["effective"]) == (SNAPSHOT, False)


async def test_only_administrators_see_it(
    on: None, command: Command, hass_read_only_access_token: str
) -> None:
    with pytest.raises(CommandError, match="unauthorized"):
        await command("analytics/preview", hass_read_only_access_token, kind="snapshot")


async def test_the_download_is_the_built_in_one(
    hass: HomeAssistant,
    devices: dr.DeviceEntry,
    start: Start,
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    from homeassistant.components.analytics import async_devices_payload

    await start()
    answer = await (await hass_client()).get("/api/analytics/devices")
    assert answer.status == HTTPStatus.OK
    assert answer.headers["Content-Disposition"] == "attachment; filename=analytics_devices.json"
    assert await answer.json() == await async_devices_payload(hass)
    other = await hass_client(hass_read_only_access_token)
    assert (await other.get("/api/analytics/devices")).status == HTTPStatus.UNAUTHORIZED


async def test_a_copy_is_another_installation(
    hass: HomeAssistant,
    labs: None,
    devices: dr.DeviceEntry,
    storage_folder: Path,
    start: Start,
    section: dict[str, Any],
    toggle: Toggle,
    wait: Wait,
    database: Sink,
) -> None:
    entry = await start(section)
    await toggle(True)
    database.snapshot_answer = answered('{"submission_identifier": "mine"}')
    await wait(DAY)
    before = json.loads((storage_folder / SHARED).read_text())["data"]
    assert before["submission_identifier"] == "mine"
    await hass.config_entries.async_unload(entry.entry_id)
    copy = storage_folder.with_name("copy")
    shutil.copytree(storage_folder, copy)
    shutil.rmtree(storage_folder)
    copy.rename(storage_folder)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    after = json.loads((storage_folder / SHARED).read_text())["data"]
    assert after["submission_identifier"] is None
    assert after["snapshot_submission_time"] != before["snapshot_submission_time"]
    await wait(DAY)
    assert [HEADER in arrival.headers for arrival in database.snapshots] == [False, False]


async def test_uninstalling_leaves_the_keys_to_the_built_in_integration(
    hass: HomeAssistant, on: None, wait: Wait, database: Sink, hass_storage: dict[str, Any]
) -> None:
    from homeassistant.components.analytics.analytics import Analytics

    database.snapshot_answer = answered('{"submission_identifier": "mine"}')
    await wait(DAY)
    [entry] = hass.config_entries.async_entries("analytics")
    await hass.config_entries.async_remove(entry.entry_id)
    built_in = Analytics(hass, database.device_database)
    await built_in.load()
    assert built_in.preferences["snapshots"] is True
    assert built_in._data.submission_identifier == "mine"
    assert built_in._data.snapshot_submission_time is not None
    await wait(DAY)
    assert len(database.snapshots) == 1


async def test_the_host_is_asked_for_nothing_before_there_is_a_yes(
    hass: HomeAssistant,
    labs: None,
    devices: dr.DeviceEntry,
    start: Start,
    section: dict[str, Any],
    wait: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    async def payload(hass: HomeAssistant) -> object:
        asked.append("devices")
        return {}

    monkeypatch.setattr(host, "async_devices_payload", payload)
    await start(section)
    await wait(DAY)
    assert asked == []


async def test_system_health_tells_whether_it_is_in_force(
    hass: HomeAssistant, on: None, toggle: Toggle
) -> None:
    from custom_components.analytics import system_health

    assert await async_setup_component(hass, "system_health", {})
    info = await system_health._async_info(hass)
    assert info["snapshots"] is True
    await toggle(False)
    assert (await system_health._async_info(hass))["snapshots"] is False
