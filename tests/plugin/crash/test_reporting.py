"""Crash reports from the host's log to the server, through public doors."""

import asyncio
import json
import threading
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.analytics.outbound.opt_out import FILE_NAME
from custom_components.analytics.run.previous import Phase, RunFile
from scripts.sink import Answer, Sink

from ..conftest import Command, Start
from . import faulty as ways
from .conftest import OFF, ON, Scene, Settle
from .faulty import SECRETS, WAYS, ours

DAY = timedelta(days=1)
FAR = "https://key@sentry.example.com/7"
FIX = "/api/repairs/issues/fix"

# Threads of the host's own, which come and go with its work.
EXECUTORS = {"SyncWorker", "ImportExecutor", "asyncio"}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_type_stack_and_integration_arrive_and_nothing_private(
    scene: Scene, way: Any
) -> None:
    await way(scene.hass, scene.faulty)
    await scene.settle()
    [event] = scene.receiver.events
    body = json.dumps(event, ensure_ascii=False) + json.dumps(event)
    assert [secret for secret in SECRETS if secret in body] == []
    assert event["tags"]["integration"] == "faulty"
    assert event["tags"]["custom_integration"] == "yes"
    types = [raised["type"] for raised in event["exception"]["values"]]
    assert "FaultyError" in types
    frames = [
        frame
        for raised in event["exception"]["values"]
        for frame in raised["stacktrace"]["frames"]
        if frame["filename"] == "custom_components/faulty/__init__.py"
    ]
    assert "fail" in {frame["function"] for frame in frames}
    assert all("context_line" not in frame for frame in frames)
    assert len(event["user"]["id"]) == 32


async def test_a_message_is_sent_as_the_source_has_it(scene: Scene) -> None:
    scene.faulty.log()
    await scene.settle()
    assert scene.receiver.events[0]["logentry"] == {"message": "Can't reach … at %s"}


@pytest.mark.parametrize(
    ("dsn", "preferences"),
    [(None, ON), ("sink", None), ("sink", OFF), ("sink", {"base": True}), (FAR, ON)],
)
async def test_nothing_is_noticed_without_a_yes(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    faulty: ModuleType,
    settle: Settle,
    receiver: Sink,
    section: dict[str, Any],
    dsn: str | None,
    preferences: dict[str, bool] | None,
) -> None:
    server = {"crash_reports": {"dsn": receiver.dsn if dsn == "sink" else dsn}} if dsn else {}
    await start({**section, **server, "initial_delay": {"hours": 1}})
    if preferences is not None:
        await command("analytics/preferences", preferences=preferences)
    assert ours() == []
    await ways.in_a_callback(hass, faulty)
    await settle()
    assert receiver.arrivals == []
    assert (await command("analytics/preview", kind="crash"))["payload"] is None


async def test_a_server_waits_for_a_yes_by_its_name(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    hass_client: ClientSessionGenerator,
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    await start({**section, "crash_reports": {"dsn": FAR}})
    await command("analytics/preferences", preferences=ON)
    status = (await command("analytics/status"))["crash_reports"]
    assert (status["name"], status["confirmed"]) == ("sentry.example.com", False)
    issue = ir.async_get(hass).async_get_issue("analytics", "confirm_crash_server")
    assert issue is not None
    told = issue.translation_placeholders or {}
    assert told["url"] == "https://sentry.example.com/api/7/envelope/"
    client = await hass_client()
    question = {"handler": "analytics", "issue_id": "confirm_crash_server"}
    flow = await (await client.post(FIX, json=question)).json()
    assert ours() == []
    await client.post(f"{FIX}/{flow['flow_id']}", json={"next_step_id": "confirm"})
    assert (await command("analytics/status"))["crash_reports"]["effective"] is True
    assert len(ours()) == 1
    assert ir.async_get(hass).async_get_issue("analytics", "confirm_crash_server") is None


async def test_a_no_to_the_server_is_kept_until_diagnostics_is_turned_on_anew(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    hass_client: ClientSessionGenerator,
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    entry = await start({**section, "crash_reports": {"dsn": FAR}})
    await command("analytics/preferences", preferences=ON)
    client = await hass_client()
    question = {"handler": "analytics", "issue_id": "confirm_crash_server"}
    flow = await (await client.post(FIX, json=question)).json()
    answer = await client.post(f"{FIX}/{flow['flow_id']}", json={"next_step_id": "decline"})
    assert (await answer.json())["reason"] == "declined"
    await hass.config_entries.async_reload(entry.entry_id)
    issues = ir.async_get(hass)
    assert issues.async_get_issue("analytics", "confirm_crash_server") is None
    assert (await command("analytics"))["preferences"]["diagnostics"] is True
    assert ours() == []
    await command("analytics/preferences", preferences=OFF)
    await command("analytics/preferences", preferences=ON)
    assert issues.async_get_issue("analytics", "confirm_crash_server") is not None


async def test_a_yes_to_one_server_is_none_to_another(scene: Scene) -> None:
    """Nor goes what waits for the one to the other."""
    scene.receiver.envelope_answer = Answer(status=503)
    await ways.in_a_callback(scene.hass, scene.faulty)
    await scene.settle()
    assert len(scene.receiver.events) == 1
    async with Sink() as other:
        options = {"crash_reports": {"dsn": other.dsn}}
        scene.hass.data["analytics_running_config"].section.pop("crash_reports")
        scene.hass.config_entries.async_update_entry(scene.entry, options=options)
        await scene.hass.async_block_till_done()
        await scene.wait(DAY)
        assert (await scene.command("analytics/status"))["crash_reports"]["waiting"] == 0
        assert other.arrivals == []


async def test_a_flood_is_one_request_with_its_count(scene: Scene) -> None:
    for _ in range(1000):
        scene.faulty.log()
    await scene.settle()
    [event] = scene.receiver.events
    assert event["contexts"]["fault"] == {"count": 1000}


async def test_the_same_fault_is_sent_once_a_day_with_its_count(
    scene: Scene, freezer: FrozenDateTimeFactory
) -> None:
    for hours in (0, 1, 22, 2):
        freezer.tick(timedelta(hours=hours))
        scene.faulty.log()
        await scene.settle()
    counts = [event["contexts"]["fault"]["count"] for event in scene.receiver.events]
    assert counts == [1, 3]


async def test_a_restart_does_not_send_the_same_fault_again(scene: Scene) -> None:
    for _ in range(2):
        scene.faulty.log()
        await scene.settle()
        await scene.hass.config_entries.async_reload(scene.entry.entry_id)
    assert len(scene.receiver.events) == 1


async def test_at_most_twenty_are_sent_a_day(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    import logging

    for number in range(30):
        try:
            scene.faulty.fail_somewhere(number)
        except ValueError:
            logging.getLogger("homeassistant").exception("Failed")
        await scene.settle()
    assert len(scene.receiver.events) == 20


async def test_turning_it_off_drops_what_waits_and_closes_at_once(scene: Scene) -> None:
    scene.faulty.log()
    await scene.command("analytics/preferences", preferences=OFF)
    assert ours() == []
    await scene.command("analytics/preferences", preferences=ON)
    await scene.wait(DAY)
    assert scene.receiver.arrivals == []


async def test_a_report_on_its_way_is_stopped_when_it_is_turned_off(scene: Scene) -> None:
    scene.receiver.envelope_answer = Answer(delay=300)
    scene.faulty.log()
    waiting = asyncio.ensure_future(scene.settle())
    await scene.receiver.wait_for_arrival()
    await scene.command("analytics/preferences", preferences=OFF)
    await waiting
    [entry] = (await scene.command("analytics/journal"))["entries"]
    assert entry["outcome"] == "stopped"
    assert (await scene.command("analytics/status"))["crash_reports"]["waiting"] == 0


async def test_a_hundred_toggles_leave_nothing(scene: Scene) -> None:
    data = scene.entry.runtime_data
    threads = set(threading.enumerate())
    for _ in range(100):
        await data.async_choose(OFF)
        await data.async_choose(ON)
        scene.faulty.log()
    assert len(ours()) == 1
    await data.async_choose(OFF)
    await scene.hass.async_block_till_done(wait_background_tasks=True)
    assert ours() == []
    names = {thread.name.rpartition("_")[0] for thread in {*threading.enumerate()} - threads}
    assert names <= EXECUTORS


@pytest.mark.parametrize("off", ["variable", "file"])
async def test_a_switch_stops_crash_reports(
    scene: Scene, tmp_path: Path, off: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.faulty.log()
    if off == "file":
        (tmp_path / FILE_NAME).touch()
    else:
        monkeypatch.setenv("DO_NOT_TRACK", "1")
    await scene.settle()
    assert scene.receiver.arrivals == []
    await scene.wait(timedelta(minutes=1))
    assert ours() == []
    status = await scene.command("analytics/status")
    assert status["crash_reports"]["effective"] is False


async def test_off_line_they_are_kept_on_disk_and_sent_later(
    storage_folder: Path, scene: Scene, freezer: FrozenDateTimeFactory
) -> None:
    await scene.receiver.stop()
    scene.faulty.log()
    await scene.settle()
    assert (await scene.command("analytics/status"))["crash_reports"]["waiting"] == 1
    file = storage_folder / "analytics.crashes"
    assert file.stat().st_mode & 0o777 == 0o600
    await scene.hass.config_entries.async_reload(scene.entry.entry_id)
    await scene.settle()
    await scene.receiver.start()
    freezer.tick(timedelta(hours=2))
    await scene.wait(timedelta(0))
    assert len(scene.receiver.events) == 1
    assert json.loads(file.read_text())["data"]["waiting"] == []


async def test_what_is_older_than_a_week_is_not_sent(
    scene: Scene, freezer: FrozenDateTimeFactory
) -> None:
    scene.receiver.envelope_answer = Answer(status=503)
    scene.faulty.log()
    await scene.settle()
    assert len(scene.receiver.events) == 1
    scene.receiver.envelope_answer = Answer()
    freezer.tick(timedelta(days=8))
    await scene.wait(timedelta(0))
    assert len(scene.receiver.events) == 1
    assert scene.entry.runtime_data.crash_reporter.waiting == 0


async def test_what_the_server_refuses_is_dropped(scene: Scene) -> None:
    scene.receiver.envelope_answer = Answer(status=403)
    scene.faulty.log()
    await scene.settle()
    await scene.wait(DAY)
    assert len(scene.receiver.events) == 1
    assert scene.entry.runtime_data.crash_reporter.waiting == 0


async def test_the_servers_wish_for_a_pause_is_obeyed(
    scene: Scene, freezer: FrozenDateTimeFactory
) -> None:
    scene.receiver.envelope_answer = Answer(status=429, headers={"Retry-After": "1800"})
    scene.faulty.log()
    await scene.settle()
    scene.receiver.envelope_answer = Answer()
    await ways.in_a_callback(scene.hass, scene.faulty)
    freezer.tick(timedelta(minutes=20))
    await scene.wait(timedelta(0))
    assert len(scene.receiver.events) == 1
    freezer.tick(timedelta(minutes=20))
    await scene.wait(timedelta(0))
    assert len(scene.receiver.events) == 3


async def test_it_is_seen_before_it_goes(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.faulty.log()
    shown = await scene.command("analytics/preview", kind="crash")
    assert scene.receiver.arrivals == []
    assert shown["payload"][2]["user"] == {"id": "0" * 32}
    await scene.settle()
    [arrival] = scene.receiver.arrivals
    [entry] = (await scene.command("analytics/journal"))["entries"]
    lines = [json.loads(line) for line in arrival.body.splitlines()]
    assert entry["payload"] == lines
    assert (entry["size"], entry["outcome"]) == (len(arrival.body), "sent")
    assert entry["tiers"] == {"diagnostics": 1}
    assert entry["url"] == f"http://127.0.0.1:{scene.receiver.port}/api/1/envelope/"
    same = {"event_id", "user"}
    assert {k: v for k, v in shown["payload"][2].items() if k not in same} == {
        k: v for k, v in lines[2].items() if k not in same
    }
    assert shown["bytes"] == len(arrival.body)
    assert "Sending a crash report to http://127.0.0.1" in caplog.text
    assert "FaultyError in custom_components/faulty/__init__.py, line 10" in caplog.text
    ours = [record.getMessage() for record in caplog.records if "analytics" in record.name]
    assert lines[2]["user"]["id"] not in str(ours)


async def test_the_request_tells_the_project_and_no_more(scene: Scene) -> None:
    scene.faulty.log()
    await scene.settle()
    headers = dict(scene.receiver.arrivals[0].headers)
    assert "sentry_key=key" in headers.pop("X-Sentry-Auth")
    assert headers.pop("Content-Type") == "application/x-sentry-envelope"
    assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Content-Length"}


async def test_forgetting_gives_the_server_a_new_id(scene: Scene) -> None:
    scene.faulty.log()
    await scene.settle()
    await scene.command("analytics/forget")
    await ways.in_a_callback(scene.hass, scene.faulty)
    await scene.settle()
    first, second = (event["user"]["id"] for event in scene.receiver.events)
    assert first != second


async def test_reports_and_crash_reports_have_ids_of_their_own(scene: Scene) -> None:
    await scene.command("analytics/preferences", preferences={"base": True})
    await scene.command("analytics/send")
    scene.faulty.log()
    await scene.settle()
    assert scene.receiver.reports[0].report["uuid"] != scene.receiver.events[0]["user"]["id"]


@pytest.mark.parametrize("consented", ["before", "after"])
async def test_a_native_crash_is_reported_once_if_the_consent_is_older(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    settle: Settle,
    receiver: Sink,
    crash_section: dict[str, Any],
    tmp_path: Path,
    consented: str,
) -> None:
    log = tmp_path / "home-assistant.log.fault"
    log.touch()
    entry = await start(crash_section)
    await command("analytics/preferences", preferences=ON if consented == "before" else OFF)
    await hass.async_block_till_done()
    source = json.__file__
    log.write_text(
        "Fatal Python error: Segmentation fault\n\n"
        "Current thread 0x00007f (most recent call first):\n"
        f'  File "{source}", line 10 in loads\n  File "/home/anna/anna.py", line 3 in anna\n'
    )
    await hass.config_entries.async_unload(entry.entry_id)
    for _restart in range(2):
        hass.data.pop("analytics_run")
        # As a process leaves it that crashed while it was running.
        file = RunFile(tmp_path / ".storage" / "analytics.run")
        file.begin()
        file.mark(Phase.RUNNING)
        await hass.config_entries.async_setup(entry.entry_id)
        await command("analytics/preferences", preferences=ON)
        await settle()
        await hass.config_entries.async_unload(entry.entry_id)
    if consented == "after":
        assert receiver.events == []
        return
    [event] = receiver.events
    [raised] = event["exception"]["values"]
    assert (event["level"], raised["type"]) == ("fatal", "SegmentationFault")
    [frame] = raised["stacktrace"]["frames"]
    assert (frame["filename"], frame["function"]) == ("json/__init__.py", "loads")
    assert raised["mechanism"]["handled"] is False
    assert "anna" not in json.dumps(event)


async def test_nothing_is_left_after_unload(scene: Scene) -> None:
    scene.faulty.log()
    await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    assert ours() == []
    scene.faulty.log()
    await scene.wait(DAY)
    assert scene.receiver.arrivals == []


async def test_what_was_noticed_before_a_stop_is_sent_at_the_next_start(scene: Scene) -> None:
    scene.faulty.log()
    await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    await scene.hass.config_entries.async_setup(scene.entry.entry_id)
    assert (await scene.command("analytics/status"))["crash_reports"]["waiting"] == 1
    await scene.settle()
    assert len(scene.receiver.events) == 1


async def test_diagnostics_hold_no_id_of_crash_reports(scene: Scene) -> None:
    from custom_components.analytics.diagnostics import async_get_config_entry_diagnostics

    scene.faulty.log()
    await scene.settle()
    download = await async_get_config_entry_diagnostics(scene.hass, scene.entry)
    assert "FaultyError" in str(download)
    assert scene.receiver.events[0]["user"]["id"] not in str(download)
    assert "key@" not in str(download)
