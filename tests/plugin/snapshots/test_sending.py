"""Snapshots of devices, from the toggle under Labs to the device database's answer."""

import asyncio
import json
import logging
import time
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed, mock_platform

from custom_components.analytics import host
from scripts.sink import Answer, Sink

from ..conftest import ALL_TIERS, Command, Start, Wait
from .conftest import DAY, IDENTIFIER, NextDay, Toggle, answered, only_where_there_are_snapshots

pytestmark = only_where_there_are_snapshots

OURS = "custom_components.analytics"
SHARED = "core.analytics"
HEADER = "X-Device-Database-Submission-Identifier"
LAMP = {
    "entry_type": None,
    "has_configuration_url": False,
    "hw_version": None,
    "manufacturer": "Signify Netherlands B.V.",
    "model": "Hue white lamp",
    "model_id": "LWB010",
    "sw_version": "1.104.2",
    "via_device": None,
    "entities": [
        {
            "assumed_state": None,
            "domain": "light",
            "entity_category": None,
            "has_entity_name": False,
            "original_device_class": None,
            "unit_of_measurement": None,
        }
    ],
}
SNAPSHOT = {"hue": {"devices": [LAMP], "entities": []}}


def kept(hass_storage: dict[str, Any]) -> dict[str, Any]:
    """Return what is shared with the built-in integration."""
    data: dict[str, Any] = hass_storage[SHARED]["data"]
    return data


async def state(command: Command) -> dict[str, Any]:
    """Return what the status says of snapshots."""
    found: dict[str, Any] = (await command("analytics/status"))["snapshots"]
    return found


async def test_a_day_with_labs_on_and_all_else_off_sends_one_snapshot_and_no_report(
    on: None,
    next_day: NextDay,
    database: Sink,
    receiver: Sink,
    command: Command,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await next_day()
    ours = [record for record in caplog.records if record.name.startswith(OURS)]
    assert {record.levelno for record in ours} == {logging.INFO}
    [arrival] = database.arrivals
    assert (arrival.method, arrival.path) == ("POST", "/api/v1/snapshot/1")
    assert arrival.report == SNAPSHOT
    assert HEADER not in arrival.headers
    assert receiver.arrivals == []
    answer = await command("analytics")
    assert answer["onboarded"] is False
    assert [name for name, on in answer["preferences"].items() if on] == ["snapshots"]


async def test_the_front_end_has_a_switch_only_where_it_has_an_effect(
    labs: None, start: Start, section: dict[str, Any], toggle: Toggle, command: Command
) -> None:
    always = host.VERSION >= host.LABS_DECIDES_SINCE
    del section["snapshots_url"]
    await start(section)

    async def shown() -> Any:
        return (await command("analytics"))["preferences"].get("snapshots")

    assert await shown() is (False if always else None)
    saved = await command("analytics/preferences", preferences={"base": True, "snapshots": True})
    assert saved["preferences"].get("snapshots") is (True if always else None)
    await toggle(True)
    assert await shown() is True
    saved = await command("analytics/preferences", preferences={"snapshots": False})
    assert saved["preferences"]["snapshots"] is False
    await toggle(False)
    assert await shown() is (False if always else None)


async def test_the_toggle_alone_is_a_yes_and_changes_nothing_else(
    hass_storage: dict[str, Any],
    labs: None,
    start: Start,
    section: dict[str, Any],
    toggle: Toggle,
    command: Command,
) -> None:
    before = {
        "onboarded": True,
        "preferences": {"base": True, "usage": False, "later": True},
        "uuid": "0" * 32,
        "others": [1],
    }
    hass_storage[SHARED] = {"version": 1, "minor_version": 1, "key": SHARED, "data": before}
    await start(section)
    await toggle(True)
    after = kept(hass_storage)
    drawn = after.pop("snapshot_submission_time")
    assert 0 <= drawn <= DAY.total_seconds()
    assert after == before | {"preferences": {**before["preferences"], "snapshots": True}}  # type: ignore[dict-item]
    await toggle(False)
    assert kept(hass_storage)["preferences"]["snapshots"] is False
    assert kept(hass_storage)["onboarded"] is True
    assert kept(hass_storage)["snapshot_submission_time"] == drawn


@pytest.mark.parametrize("url", [None, "loopback"])
async def test_the_key_in_yaml_turns_the_feature_on_but_is_no_yes(
    labs: None,
    devices: dr.DeviceEntry,
    start: Start,
    command: Command,
    next_day: NextDay,
    database: Sink,
    url: str | None,
) -> None:
    await start({"snapshots_url": url and database.device_database})
    [feature] = [
        each for each in (await command("labs/list"))["features"] if each["domain"] == "analytics"
    ]
    assert feature["enabled"] is True
    await next_day()
    assert database.arrivals == []
    assert (await state(command))["effective"] is False
    assert (await command("analytics/journal"))["entries"] == []


async def test_turning_it_off_disarms_and_nothing_more_is_sent(
    on: None, toggle: Toggle, next_day: NextDay, database: Sink, command: Command
) -> None:
    assert (await state(command))["next"] is not None
    await toggle(False)
    assert (await state(command))["next"] is None
    await next_day()
    assert database.arrivals == []


async def test_turning_it_off_stops_what_is_on_its_way(
    hass: HomeAssistant, on: None, toggle: Toggle, database: Sink, command: Command
) -> None:
    database.snapshot_answer = Answer(delay=60)
    async_fire_time_changed(hass, dt_util.utcnow() + DAY)
    await database.wait_for_arrival()
    await toggle(False)
    [entry] = (await command("analytics/journal"))["entries"]
    assert entry["outcome"] == "stopped"


async def test_a_switch_stops_what_is_on_its_way_and_nothing_more_is_sent(
    hass: HomeAssistant, on: None, database: Sink, command: Command, wait: Wait
) -> None:
    database.snapshot_answer = Answer(delay=60)
    async_fire_time_changed(hass, dt_util.utcnow() + DAY)
    await database.wait_for_arrival()
    Path(hass.config.path(".opt-out-from-anonymous-statistics")).touch()
    found = await state(command)
    assert (found["blocked"]["reason"], found["next"]) == ("switch", None)
    await hass.async_block_till_done(wait_background_tasks=True)  # what was stopped writes it down
    [entry] = (await command("analytics/journal"))["entries"]
    assert entry["outcome"] == "stopped"
    await wait(DAY)
    assert len(database.arrivals) == 1


async def test_unloading_stops_what_is_on_its_way(
    hass: HomeAssistant, on: None, toggle: Toggle, database: Sink, command: Command, wait: Wait
) -> None:
    database.snapshot_answer = Answer(delay=60)
    async_fire_time_changed(hass, dt_util.utcnow() + DAY)
    await database.wait_for_arrival()
    [own] = hass.config_entries.async_entries("analytics")
    await hass.config_entries.async_unload(own.entry_id)
    await wait(DAY)
    await toggle(False)
    await hass.config_entries.async_setup(own.entry_id)
    await wait(DAY)
    assert len(database.arrivals) == 1
    [entry] = (await command("analytics/journal"))["entries"]
    assert entry["outcome"] == "stopped"


async def test_a_choice_about_reports_does_not_disturb_a_snapshot_on_its_way(
    hass: HomeAssistant, on: None, database: Sink, command: Command
) -> None:
    database.snapshot_answer = Answer(delay=0.2)
    async_fire_time_changed(hass, dt_util.utcnow() + DAY)
    await database.wait_for_arrival()
    await command("analytics/preferences", preferences=ALL_TIERS)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await state(command))["last"]["outcome"] == "sent"
    assert len(database.snapshots) == 1


async def test_an_echo_of_the_front_end_is_no_word_about_snapshots(
    on: None, hass_storage: dict[str, Any], command: Command, next_day: NextDay, database: Sink
) -> None:
    told = (await command("analytics"))["preferences"]
    assert told["snapshots"] is True
    await command("analytics/preferences", preferences={**told, "base": True})
    assert kept(hass_storage)["preferences"] == {"snapshots": True}
    await next_day()
    assert len(database.snapshots) == 1


async def test_over_the_front_ends_connection_it_can_be_turned_off(
    on: None, command: Command, next_day: NextDay, database: Sink
) -> None:
    await command("analytics/preferences", preferences={"snapshots": False})
    await next_day()
    assert database.arrivals == []


async def test_the_time_of_day_is_drawn_once(
    hass: HomeAssistant,
    on: None,
    toggle: Toggle,
    command: Command,
    hass_storage: dict[str, Any],
) -> None:
    drawn = kept(hass_storage)["snapshot_submission_time"]
    first = (await state(command))["next"]
    await toggle(False)
    await toggle(True)
    assert kept(hass_storage)["snapshot_submission_time"] == drawn
    again = (await state(command))["next"]
    assert first[:18] == again[:18]
    [entry] = hass.config_entries.async_entries("analytics")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert kept(hass_storage)["snapshot_submission_time"] == drawn


@pytest.mark.parametrize(
    ("ago", "hours"),
    [(None, 0), (60, 24), (11 * 3600, 24), (13 * 3600, 0), (-13 * 3600, 24)],
)
async def test_after_a_restart_none_follows_shortly_upon_another(
    hass: HomeAssistant,
    on: None,
    command: Command,
    database: Sink,
    next_day: NextDay,
    hass_storage: dict[str, Any],
    ago: float | None,
    hours: int,
) -> None:
    await next_day()
    assert len(database.snapshots) == 1
    [entry] = hass.config_entries.async_entries("analytics")
    await hass.config_entries.async_unload(entry.entry_id)
    # The clock was set, or the machine was suspended: it is nearly time once more.
    now = time.time()
    kept(hass_storage)["snapshot_submission_time"] = (now + 100) % DAY.total_seconds()
    own = hass_storage["analytics.destinations"]["data"]["snapshots"]
    record = own[database.device_database]
    assert record["sent"] is not None
    # After as long a run; what is said to come later has come just now.
    hass_storage["analytics.destinations"]["data"]["ran"] = ran = 30 * DAY.total_seconds()
    record["sent"] = None if ago is None else ran + 100 - ago
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    due = dt_util.parse_datetime((await state(command))["next"])
    assert due is not None
    assert abs((due - dt_util.utcnow()).total_seconds() - hours * 3600 - 100) < 30


async def test_toggling_after_one_was_sent_sends_no_other_that_day(
    hass: HomeAssistant, on: None, toggle: Toggle, database: Sink, next_day: NextDay, wait: Wait
) -> None:
    await next_day()
    await toggle(False)
    await toggle(True)
    [entry] = hass.config_entries.async_entries("analytics")
    await hass.config_entries.async_reload(entry.entry_id)
    await wait(DAY / 2 - timedelta(minutes=1))
    assert len(database.snapshots) == 1


@pytest.mark.parametrize("damaged", ["soon", True, -5, 1e9, None])
async def test_a_time_of_day_that_is_none_is_drawn_anew(
    hass_storage: dict[str, Any],
    labs: None,
    start: Start,
    section: dict[str, Any],
    toggle: Toggle,
    command: Command,
    damaged: object,
) -> None:
    data = {"onboarded": False, "preferences": {}, "uuid": None}
    hass_storage[SHARED] = {
        "version": 1,
        "key": SHARED,
        "data": data | {"snapshot_submission_time": damaged},
    }
    await start(section)
    await toggle(True)
    assert 0 <= kept(hass_storage)["snapshot_submission_time"] <= DAY.total_seconds()
    assert (await state(command))["next"] is not None


async def test_an_identifier_is_kept_sent_and_replaced(
    on: None, next_day: NextDay, database: Sink, hass_storage: dict[str, Any]
) -> None:
    for identifier in (IDENTIFIER, None, "another"):
        database.snapshot_answer = answered(json.dumps({"submission_identifier": identifier}))
        await next_day()
    database.snapshot_answer = answered("{}")
    await next_day()
    sent = [arrival.headers.get(HEADER) for arrival in database.snapshots]
    assert sent == [None, IDENTIFIER, IDENTIFIER, "another"]
    assert kept(hass_storage)["submission_identifier"] == "another"


async def test_an_identifier_that_is_refused_is_dropped_and_the_next_day_goes_without(
    on: None,
    next_day: NextDay,
    wait: Wait,
    database: Sink,
    hass_storage: dict[str, Any],
    command: Command,
) -> None:
    database.snapshot_answer = answered(f'{{"submission_identifier": "{IDENTIFIER}"}}')
    await next_day()
    database.snapshot_answer = answered('{"kind": "invalid-submission-identifier"}', 400)
    await next_day()
    assert kept(hass_storage)["submission_identifier"] is None
    await wait(timedelta(hours=2))
    assert len(database.snapshots) == 2
    database.snapshot_answer = Answer()
    await next_day()
    assert [arrival.headers.get(HEADER) for arrival in database.snapshots] == [
        None,
        IDENTIFIER,
        None,
    ]
    assert (await state(command))["last"]["outcome"] == "sent"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no JSON",
        "[]",
        '{"submission_identifier": 7}',
        '{"submission_identifier": ""}',
        '{"submission_identifier": "a\\nInjected: header"}',
        '{"submission_identifier": "snö"}',
        json.dumps({"submission_identifier": "x" * 300}),
        json.dumps({"submission_identifier": "y", "padding": "x" * 70_000}),
    ],
)
async def test_what_can_be_no_identifier_changes_nothing(
    on: None,
    next_day: NextDay,
    database: Sink,
    hass_storage: dict[str, Any],
    command: Command,
    body: str,
) -> None:
    database.snapshot_answer = answered(body)
    await next_day()
    assert (await state(command))["last"]["outcome"] == "sent"
    assert kept(hass_storage).get("submission_identifier") is None
    await next_day()
    assert [HEADER in arrival.headers for arrival in database.snapshots] == [False, False]


async def test_the_identifier_is_told_nowhere(
    hass: HomeAssistant,
    on: None,
    next_day: NextDay,
    database: Sink,
    command: Command,
    caplog: pytest.LogCaptureFixture,
) -> None:
    from custom_components.analytics.diagnostics import async_get_config_entry_diagnostics

    caplog.set_level(logging.DEBUG, logger=OURS)
    database.snapshot_answer = answered(f'{{"submission_identifier": "{IDENTIFIER}"}}')
    await next_day()
    database.snapshot_answer = answered(f'{{"kind": "{IDENTIFIER}"}}', 400)
    await next_day()
    assert len(database.snapshots) == 2
    [entry] = hass.config_entries.async_entries("analytics")
    told = [
        await async_get_config_entry_diagnostics(hass, entry),
        await command("analytics/status"),
        await command("analytics/journal"),
        await command("analytics/preview", kind="snapshot"),
        [record.getMessage() for record in caplog.records if record.name.startswith(OURS)],
    ]
    assert IDENTIFIER not in json.dumps(told, default=str)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("malformed-payload", "answered with status 400 (malformed-payload)"),
        ("Ask Nina", "answered with status 400"),
        ("x" * 50, "answered with status 400"),
        (7, "answered with status 400"),
    ],
)
async def test_a_refusal_is_told_with_its_kind_if_that_is_a_word(
    on: None, next_day: NextDay, database: Sink, command: Command, kind: object, reason: str
) -> None:
    database.snapshot_answer = answered(json.dumps({"kind": kind, "message": "m"}), 400)
    await next_day()
    last = (await state(command))["last"]
    assert (last["outcome"], last["reason"], last["status"]) == ("refused", reason, 400)


async def test_a_database_that_is_down_is_tried_again_and_said_once(
    on: None, wait: Wait, database: Sink, command: Command, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger=OURS)
    database.snapshot_answer = Answer(status=503)
    await wait(DAY)
    for pause in (2, 10, 30, 120):
        await wait(timedelta(minutes=pause))
    assert len(database.snapshots) == 5
    assert sum("Not sent to" in record.getMessage() for record in caplog.records) == 1
    database.snapshot_answer = Answer()
    await wait(DAY)
    assert len(database.snapshots) == 6
    entries = (await command("analytics/journal"))["entries"]
    assert [(entry["outcome"], entry["attempt"]) for entry in entries] == [
        ("sent", 1),
        *[("retryable", attempt) for attempt in (5, 4, 3, 2, 1)],
    ]


async def test_no_answer_in_time_is_tried_again(
    on: None, wait: Wait, database: Sink, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.analytics.outbound.gate.LIMIT", 0.05)
    database.snapshot_answer = Answer(delay=60)
    await wait(DAY)
    last = (await state(command))["last"]
    assert (last["outcome"], last["reason"]) == ("retryable", "no answer within 0 seconds")
    database.snapshot_answer = Answer()
    await wait(timedelta(minutes=2))
    assert (await state(command))["last"]["outcome"] == "sent"


async def test_a_redirect_is_not_followed(
    on: None, next_day: NextDay, database: Sink, receiver: Sink, command: Command
) -> None:
    database.snapshot_answer = Answer(status=307, headers={"Location": receiver.url})
    await next_day()
    assert (await state(command))["last"]["status"] == 307
    assert (len(database.arrivals), receiver.arrivals) == (1, [])


@pytest.mark.parametrize("stalls", [False, True])
async def test_an_answer_that_breaks_off_is_no_reason_to_send_again(
    labs: None,
    devices: dr.DeviceEntry,
    start: Start,
    toggle: Toggle,
    wait: Wait,
    command: Command,
    socket_enabled: None,
    monkeypatch: pytest.MonkeyPatch,
    stalls: bool,
) -> None:
    monkeypatch.setattr("custom_components.analytics.outbound.gate.LIMIT", 0.3)
    arrived = []
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
        await writer.drain()
        if stalls:
            await done.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await start({"snapshots_url": f"http://127.0.0.1:{port}"})
    await toggle(True)
    await wait(DAY)
    assert (await state(command))["last"]["outcome"] == "sent"
    for _ in range(3):
        await wait(timedelta(hours=2))
    done.set()
    server.close()
    assert len(arrived) == 1


async def test_log_and_journal_show_what_leaves_before_it_does(
    on: None,
    next_day: NextDay,
    database: Sink,
    command: Command,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger=OURS)
    await next_day()
    [arrival] = database.snapshots
    [line] = [r.getMessage() for r in caplog.records if "Sending a snapshot" in r.getMessage()]
    assert sha256(arrival.body).hexdigest() in line
    assert f"{len(arrival.body)} bytes" in line
    assert "Hue" not in line
    [entry] = (await command("analytics/journal"))["entries"]
    assert entry["payload"] == arrival.report
    assert (entry["tiers"], entry["size"]) == ({"snapshots": 1}, len(arrival.body))
    assert entry["url"] == database.device_database


async def test_diagnostics_have_the_digest_of_a_snapshot_and_no_device(
    hass: HomeAssistant, on: None, next_day: NextDay, database: Sink
) -> None:
    from custom_components.analytics.diagnostics import async_get_config_entry_diagnostics

    await next_day()
    [entry] = hass.config_entries.async_entries("analytics")
    download = await async_get_config_entry_diagnostics(hass, entry)
    [shown] = download["last_reports"]
    body = database.snapshots[0].body
    assert shown["payload"] == {"sha256": sha256(body).hexdigest()}
    assert (shown["size"], shown["outcome"]) == (len(body), "sent")
    assert "Signify" not in json.dumps(download, default=str)


async def test_what_single_devices_and_people_are_known_by_is_null(
    hass: HomeAssistant, on: None, devices: dr.DeviceEntry, next_day: NextDay, database: Sink
) -> None:
    hass.states.async_set("person.n", "home", {"friendly_name": "Nina Wiesel"})
    dr.async_get(hass).async_update_device(
        devices.id,
        serial_number="QX-2211-77",
        new_connections={("mac", "a8:03:2a:a1:b2:c3")},
        model="Hub QX-2211-77",
        hw_version="Plug-A1B2C3",
        sw_version="2.1 for Nina",
    )
    await next_day()
    [device] = database.snapshots[0].report["hue"]["devices"]
    assert [device[key] for key in ("model", "hw_version", "sw_version")] == [None] * 3
    assert device["manufacturer"] == LAMP["manufacturer"]


async def test_what_says_something_of_the_home_is_null_and_counted(
    hass: HomeAssistant,
    on: None,
    devices: dr.DeviceEntry,
    next_day: NextDay,
    database: Sink,
    command: Command,
) -> None:
    dr.async_get(hass).async_update_device(
        devices.id, model="Nina's lamp", sw_version="192.168.4.7", hw_version="E1603/E1702"
    )
    await next_day()
    [device] = database.snapshots[0].report["hue"]["devices"]
    assert (device["model"], device["sw_version"], device["hw_version"]) == (
        None,
        None,
        "E1603/E1702",
    )
    [entry] = (await command("analytics/journal"))["entries"]
    assert entry["dropped"] == {"model": 1, "sw_version": 1}
    assert (await state(command))["last"]["dropped"] == {"model": 1, "sw_version": 1}


async def test_an_entity_that_is_removed_meanwhile_harms_nothing(
    hass: HomeAssistant, on: None, next_day: NextDay, database: Sink
) -> None:
    registry = er.async_get(hass)
    asked = 0

    async def async_modify_analytics(hass: HomeAssistant, given: Any) -> Any:
        nonlocal asked
        from homeassistant.components.analytics import AnalyticsModifications

        asked += 1
        for entity_id in list(registry.entities):
            registry.async_remove(entity_id)
        return AnalyticsModifications()

    platform: Any = SimpleNamespace(async_modify_analytics=async_modify_analytics)
    mock_platform(hass, "hue.analytics", platform)
    await next_day()
    assert asked == 2
    assert database.snapshots[0].report == {
        "hue": {"devices": [{**LAMP, "entities": []}], "entities": []}
    }


async def test_a_host_that_goes_on_failing_is_said_once_and_tried_again(
    hass: HomeAssistant,
    on: None,
    wait: Wait,
    database: Sink,
    command: Command,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from homeassistant.components import analytics

    async def fail(hass: HomeAssistant) -> Any:
        raise KeyError("light.grandmas_lamp")

    monkeypatch.setattr(analytics, "async_devices_payload", fail)
    caplog.set_level(logging.INFO, logger=OURS)
    await wait(DAY)
    await wait(timedelta(minutes=2))
    said = [r.getMessage() for r in caplog.records if "could not list" in r.getMessage()]
    assert len(said) == 1
    assert "grandma" not in caplog.text
    assert (await state(command))["last"]["outcome"] == "retryable"
    with pytest.raises(Exception, match=r"(?i)snapshot"):
        await command("analytics/preview", kind="snapshot")
    monkeypatch.undo()
    await wait(timedelta(minutes=10))
    assert len(database.snapshots) == 1


async def test_a_payload_of_another_form_is_not_sent(
    on: None, wait: Wait, database: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    from homeassistant.components import analytics

    async def later(hass: HomeAssistant) -> Any:
        return {"version": "home-assistant:2", "home_assistant": "2027.1", "integrations": SNAPSHOT}

    monkeypatch.setattr(analytics, "async_devices_payload", later)
    await wait(DAY)
    assert database.arrivals == []


async def test_a_home_without_devices_sends_nothing(
    labs: None,
    start: Start,
    section: dict[str, Any],
    toggle: Toggle,
    next_day: NextDay,
    database: Sink,
    command: Command,
) -> None:
    await start(section)
    await toggle(True)
    await next_day()
    assert database.arrivals == []
    assert (await command("analytics/journal"))["entries"] == []
    assert (await state(command))["next"] is not None


async def test_forgetting_drops_the_identifier_where_there_is_no_deletion_and_says_so(
    hass: HomeAssistant,
    on: None,
    next_day: NextDay,
    database: Sink,
    hass_storage: dict[str, Any],
    command: Command,
) -> None:
    database.snapshot_answer = answered(f'{{"submission_identifier": "{IDENTIFIER}"}}')
    await next_day()
    [answer] = (await command("analytics/forget"))["taken_back"]
    assert (answer["kind"], answer["url"]) == ("snapshots", database.device_database)
    assert answer["id_kept"] is False
    assert kept(hass_storage)["submission_identifier"] is None
    await hass.async_block_till_done(wait_background_tasks=True)
    [answer] = (await command("analytics/forget"))["taken_back"]
    assert answer["deletes_on_request"] is False
    assert answer["id_dropped"] is not None
    database.snapshot_answer = Answer()
    await next_day()
    assert HEADER not in database.snapshots[-1].headers
    # The question whether there is one, and no more.
    assert [each.method for each in database.arrivals] == ["POST", "GET", "POST"]
