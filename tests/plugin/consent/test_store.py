"""What is on disk: shared with the built-in integration, and our own."""

import json
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.analytics.host import RECEIVER_URL, RECEIVER_URL_DEV, preference_keys
from scripts.sink import Sink

from ..conftest import ALL_TIERS, SHOWN_KEYS, Command, Start, Wait

ALL_OFF = dict.fromkeys(SHOWN_KEYS, False)
FIRST_REPORT = timedelta(minutes=15)
SHARED = "core.analytics"
OWN = "analytics.destinations"
UUID = "0123456789abcdef0123456789abcdef"


def stored(data: Any, version: int = 1) -> dict[str, Any]:
    """Return a store file's content."""
    return {"version": version, "minor_version": 1, "key": SHARED, "data": data}


async def test_an_earlier_yes_to_home_assistants_receiver_is_honoured(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    wait: Wait,
    aioclient_mock: AiohttpClientMocker,
) -> None:
    aioclient_mock.post(RECEIVER_URL)
    hass_storage[SHARED] = stored(
        {"onboarded": True, "preferences": {"base": True, "usage": False}, "uuid": UUID}
    )
    await start()
    await wait(FIRST_REPORT)
    [(_method, url, body, _headers)] = aioclient_mock.mock_calls
    assert str(url) == RECEIVER_URL
    assert set(json.loads(body)) == {"uuid", "version", "installation_type"}
    assert json.loads(body)["uuid"] == UUID


async def test_keys_of_others_are_kept(
    hass_storage: dict[str, Any], start: Start, command: Command
) -> None:
    others = {"submission_identifier": "s", "snapshot_submission_time": 1.5, "later": [1]}
    hass_storage[SHARED] = stored(
        {"onboarded": False, "preferences": {"new": True}, "uuid": UUID, **others}
    )
    await start()
    await command("analytics/preferences", preferences={"base": True})
    data = hass_storage[SHARED]["data"]
    # That snapshots are off is an echo, and no word of the user about them.
    off = {key: False for key in ALL_OFF if key != "snapshots"}
    assert data == {
        "onboarded": True,
        "preferences": {"new": True, **off, "base": True},
        "uuid": UUID,
        **others,
    }


async def test_the_built_in_integration_can_read_what_we_store(
    hass: HomeAssistant, hass_storage: dict[str, Any], start: Start, command: Command
) -> None:
    from homeassistant.components.analytics.analytics import Analytics

    await start()
    await command("analytics/preferences", preferences=ALL_TIERS)
    built_in = Analytics(hass)
    await built_in.load()
    assert built_in.onboarded is True
    assert built_in.preferences == dict.fromkeys(preference_keys(), False) | ALL_TIERS


UNREADABLE = [
    pytest.param(json.dumps(stored({"preferences": {}})), id="no-onboarded"),
    pytest.param(json.dumps(stored({"onboarded": "yes", "preferences": {}})), id="onboarded-text"),
    pytest.param(json.dumps(stored({"onboarded": True, "preferences": []})), id="no-object"),
    pytest.param(
        json.dumps(stored({"onboarded": True, "preferences": {"base": "true"}})), id="no-boolean"
    ),
    pytest.param(
        json.dumps(stored({"onboarded": True, "preferences": {"base": True}, "uuid": "me"})),
        id="no-uuid",
    ),
    pytest.param(json.dumps(stored([])), id="list"),
    pytest.param(json.dumps(stored("text")), id="text"),
    pytest.param(json.dumps({"data": {}}), id="no-version"),
    pytest.param(json.dumps([1]), id="no-store"),
    pytest.param(
        json.dumps(stored({"onboarded": True, "preferences": {"base": True}}, version=99)),
        id="future-version",
    ),
    pytest.param("{", id="no-json"),
    pytest.param("", id="empty"),
]


@pytest.fixture
def shared_file(storage_folder: Path) -> Path:
    """Return the path of the store that is shared with the built-in integration."""
    return storage_folder / SHARED


@pytest.mark.parametrize("content", UNREADABLE)
async def test_an_unreadable_store_means_not_decided(
    shared_file: Path,
    start: Start,
    wait: Wait,
    aioclient_mock: AiohttpClientMocker,
    caplog: pytest.LogCaptureFixture,
    content: str,
) -> None:
    aioclient_mock.post(RECEIVER_URL)
    shared_file.write_text(content)
    choices = (await start()).runtime_data.choices
    assert (choices.preferences, choices.consent.decided) == (ALL_OFF, False)
    await wait(FIRST_REPORT)
    assert aioclient_mock.mock_calls == []
    [line] = [
        record
        for record in caplog.records
        if record.name == "custom_components.analytics" and record.levelno >= logging.WARNING
    ]
    assert "until you choose again" in line.getMessage()


@pytest.mark.parametrize("content", UNREADABLE)
async def test_choosing_again_works_and_keeps_the_unreadable_file_aside(
    hass: HomeAssistant, shared_file: Path, start: Start, content: str
) -> None:
    shared_file.write_text(content)
    entry = await start()
    await entry.runtime_data.async_choose({"base": True})
    await hass.config_entries.async_reload(entry.entry_id)
    choices = entry.runtime_data.choices
    assert (choices.preferences, choices.consent.decided) == (ALL_OFF | {"base": True}, True)
    [aside] = [path for path in shared_file.parent.iterdir() if path.name.startswith(f"{SHARED}.")]
    assert aside.read_text() == content


async def test_our_own_store_is_private(
    shared_file: Path, start: Start, section: dict[str, Any]
) -> None:
    entry = await start(section)
    await entry.runtime_data.async_choose({"base": True})
    own = shared_file.with_name("analytics.destinations")
    assert own.stat().st_mode & 0o777 == 0o600


async def test_no_id_before_the_first_report(
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    wait: Wait,
    aioclient_mock: AiohttpClientMocker,
) -> None:
    aioclient_mock.post(RECEIVER_URL)
    await start()
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert hass_storage[SHARED]["data"]["uuid"] is None
    await wait(FIRST_REPORT)
    [call] = aioclient_mock.mock_calls
    assert hass_storage[SHARED]["data"]["uuid"] == json.loads(call[2])["uuid"]


async def test_removing_the_entry_removes_what_is_ours_only(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    section: dict[str, Any],
) -> None:
    hass_storage[SHARED] = stored({"onboarded": True, "preferences": {}, "uuid": UUID})
    entry = await start(section)
    await command("analytics/preferences", preferences={"base": True})
    await hass.config_entries.async_remove(entry.entry_id)
    assert "analytics.destinations" not in hass_storage
    assert hass_storage[SHARED]["data"]["uuid"] == UUID


async def test_deletions_that_wait_survive_the_removal_of_the_entry(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
) -> None:
    entry = await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    receiver.deletion_status = 500
    await command("analytics/forget")
    await hass.async_block_till_done(wait_background_tasks=True)
    await hass.config_entries.async_remove(entry.entry_id)
    assert set(hass_storage[OWN]["data"]) == {"deletions", "ran"}

    asked = len(receiver.arrivals)
    await hass.config_entries.flow.async_init("analytics", context={"source": "system"})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert [arrival.method for arrival in receiver.arrivals[asked:]] == ["DELETE"]
    assert (await command("analytics/status"))["deletions_pending"] == 1
    assert (await command("analytics"))["onboarded"] is False


async def test_the_developers_receiver_is_a_destination_of_its_own(
    hass_storage: dict[str, Any], start: Start, command: Command
) -> None:
    decided = {"onboarded": True, "preferences": {"base": True}, "uuid": UUID}
    hass_storage[SHARED] = stored(decided)
    await start({"destination": {"url": RECEIVER_URL_DEV}})
    assert (await command("analytics"))["onboarded"] is False
    assert (await command("analytics/status"))["blocked"]["reason"] == "undecided"
    await command("analytics/preferences", preferences={"base": False})
    assert hass_storage[SHARED]["data"] == decided
