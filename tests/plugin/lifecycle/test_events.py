"""Events from the host's start and stop to the destination, and all that keeps them from it."""

import json
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import (
    EVENT_HOMEASSISTANT_FINAL_WRITE,
    EVENT_HOMEASSISTANT_STOP,
)
from homeassistant.const import __version__ as HOST_VERSION
from homeassistant.core import CoreState, HomeAssistant

from custom_components.analytics.models import Message
from scripts.sink import Answer, Sink

from ..conftest import ALL_TIERS, Command, Start, Wait
from .conftest import Agree, started

QUEUE = "analytics.events"
SETTLED = timedelta(minutes=2)
DAY = timedelta(days=1)


async def stop(hass: HomeAssistant) -> None:
    """Let the host stop as far as its listeners are concerned; nothing waits for other tasks."""
    hass.set_state(CoreState.stopping)
    for event in (EVENT_HOMEASSISTANT_STOP, EVENT_HOMEASSISTANT_FINAL_WRITE):
        hass.bus.async_fire(event)
        await hass.async_block_till_done()


def of(receiver: Sink, *names: str) -> list[Any]:
    """Return the events of these kinds that arrived."""
    return [event for event in receiver.life if event["event"] in names]


async def test_a_start_is_told_once_with_what_the_table_names(
    start_up: Start, wait: Wait, agree: Agree, section: dict[str, Any], receiver: Sink
) -> None:
    agree()
    await start_up(section)
    await wait(SETTLED)
    [event] = receiver.life
    uuid = event.pop("uuid")
    assert len(uuid) == 32
    assert event.pop("start_duration") in {0, 5, 10}
    assert event == {
        "event": "start",
        "version": HOST_VERSION,
        "previous_end": "first",
        "setup_failures": [],
        "custom_setup_failures": {},
        "cloud": "not_loaded",
    }
    await wait(DAY)
    assert len(receiver.life) == 1
    assert receiver.reports[0].report["uuid"] == uuid


async def test_a_start_is_in_the_journal_and_in_the_log(
    start_up: Start,
    wait: Wait,
    command: Command,
    agree: Agree,
    section: dict[str, Any],
    receiver: Sink,
    caplog: pytest.LogCaptureFixture,
) -> None:
    agree()
    await start_up(section)
    await wait(SETTLED)
    [entry] = (await command("analytics/journal"))["entries"]
    assert entry["payload"] == receiver.life[0]
    assert entry["tiers"] == {"base": 1, "lifecycle": 1}
    assert entry["outcome"] == "sent"
    [line] = [line for line in caplog.messages if line.startswith("Sending to")]
    assert receiver.life[0]["uuid"] not in line
    assert json.loads(line[line.index("{") :]).keys() == receiver.life[0].keys()


@pytest.mark.parametrize(
    "chosen",
    [{"lifecycle": False}, {"base": False}, {"lifecycle": False, "environment": True}],
)
async def test_without_its_yes_no_event_is_made(
    hass: HomeAssistant,
    start_up: Start,
    wait: Wait,
    agree: Agree,
    section: dict[str, Any],
    receiver: Sink,
    hass_storage: dict[str, Any],
    chosen: dict[str, bool],
) -> None:
    agree(**chosen)
    await start_up(section)
    await wait(SETTLED)
    await stop(hass)
    assert receiver.life == []
    assert not hass_storage.get(QUEUE, {}).get("data", {}).get("waiting")


async def test_a_yes_is_none_to_the_start_before_it(
    hass: HomeAssistant,
    start_up: Start,
    wait: Wait,
    command: Command,
    section: dict[str, Any],
    receiver: Sink,
) -> None:
    entry = await start_up(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await entry.runtime_data.async_choose_more({"lifecycle": True})
    await wait(SETTLED)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await wait(SETTLED)
    assert receiver.life == []


async def test_a_yes_while_the_host_starts_is_none_to_that_start(
    hass: HomeAssistant,
    set_up: Start,
    wait: Wait,
    command: Command,
    section: dict[str, Any],
    receiver: Sink,
) -> None:
    entry = await set_up(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await entry.runtime_data.async_choose_more({"lifecycle": True})
    await started(hass)
    await wait(SETTLED)
    assert receiver.life == []


async def test_loading_the_entry_again_is_no_start(
    hass: HomeAssistant,
    start_up: Start,
    wait: Wait,
    agree: Agree,
    section: dict[str, Any],
    receiver: Sink,
) -> None:
    agree()
    entry = await start_up(section)
    await wait(SETTLED)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await wait(SETTLED)
    assert len(receiver.life) == 1


async def test_a_clean_stop_is_told(
    hass: HomeAssistant,
    start_up: Start,
    wait: Wait,
    agree: Agree,
    section: dict[str, Any],
    receiver: Sink,
    hass_storage: dict[str, Any],
) -> None:
    agree()
    await start_up(section)
    await wait(SETTLED)
    await stop(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    [event] = of(receiver, "stop")
    assert event.keys() == {"uuid", "version", "event"}
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert hass_storage[QUEUE]["data"]["waiting"] == []


async def test_a_receiver_that_hangs_does_not_hold_up_the_stop(
    hass: HomeAssistant,
    start_up: Start,
    wait: Wait,
    agree: Agree,
    section: dict[str, Any],
    receiver: Sink,
    hass_storage: dict[str, Any],
) -> None:
    agree()
    await start_up(section)
    await wait(SETTLED)
    receiver.event_answer = Answer(delay=3600)
    await stop(hass)  # comes back while the request is on its way
    [waiting] = hass_storage[QUEUE]["data"]["waiting"]
    assert waiting["message"] == "stop"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(hass_storage[QUEUE]["data"]["waiting"]) == 1


async def test_unloading_is_no_stop(
    hass: HomeAssistant,
    start_up: Start,
    wait: Wait,
    agree: Agree,
    section: dict[str, Any],
    receiver: Sink,
) -> None:
    agree()
    entry = await start_up(section)
    await wait(SETTLED)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert of(receiver, "stop") == []


async def test_what_could_not_be_sent_waits_on_disk_and_is_sent_later(
    hass: HomeAssistant,
    start_up: Start,
    wait: Wait,
    command: Command,
    agree: Agree,
    section: dict[str, Any],
    receiver: Sink,
    hass_storage: dict[str, Any],
) -> None:
    agree()
    receiver.event_answer = Answer(status=503)
    entry = await start_up(section)
    await wait(SETTLED)
    assert (await command("analytics/status"))["events_waiting"] == 1
    [line] = hass_storage[QUEUE]["data"]["waiting"]
    assert "uuid" not in line["payload"]
    assert await hass.config_entries.async_reload(entry.entry_id)
    receiver.event_answer = Answer()
    await wait(timedelta(hours=1))
    assert len(of(receiver, "start")) >= 2
    assert (await command("analytics/status"))["events_waiting"] == 0


async def test_a_receiver_that_knows_no_events_is_not_asked_again(
    start_up: Start,
    wait: Wait,
    command: Command,
    agree: Agree,
    section: dict[str, Any],
    receiver: Sink,
    caplog: pytest.LogCaptureFixture,
) -> None:
    agree()
    receiver.event_answer = Answer(status=404)
    await start_up(section)
    await wait(SETTLED)
    await wait(DAY)
    assert len(receiver.life) == 1
    assert (await command("analytics/status"))["events_waiting"] == 0
    ours = [each for each in caplog.records if each.name.startswith("custom_components.analytics")]
    assert [each for each in ours if each.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("way_off", ["choice", "file", "forget"])
async def test_what_waits_is_gone_once_it_may_not_be_sent(
    hass: HomeAssistant,
    start_up: Start,
    wait: Wait,
    command: Command,
    agree: Agree,
    section: dict[str, Any],
    receiver: Sink,
    hass_storage: dict[str, Any],
    way_off: str,
) -> None:
    agree()
    receiver.event_answer = Answer(status=503)
    entry = await start_up(section)
    await wait(SETTLED)
    assert (await command("analytics/status"))["events_waiting"] == 1
    switch = Path(hass.config.path(".opt-out-from-anonymous-statistics"))
    if way_off == "choice":
        await entry.runtime_data.async_choose_more({"lifecycle": False})
    elif way_off == "file":
        switch.touch()
        await command("analytics/status")
    else:
        await command("analytics/forget")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert hass_storage[QUEUE]["data"]["waiting"] == []
    receiver.event_answer = Answer()
    sent = len(receiver.life)
    switch.unlink(missing_ok=True)
    await wait(DAY)
    assert len(receiver.life) == sent


async def test_an_event_belongs_to_the_destination_that_it_was_noted_for(
    start_up: Start,
    wait: Wait,
    agree: Agree,
    section: dict[str, Any],
    receiver: Sink,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
) -> None:
    agree()
    lines = [
        {
            "url": url,
            "message": "stop",
            "since": 1.0,
            "payload": {"event": "stop", "version": version},
        }
        for url, version in (("http://127.0.0.1:1/v1", "2025.1.1"), (receiver.url, "2025.1.2"))
    ]
    hass_storage[QUEUE] = {
        "version": 1,
        "minor_version": 1,
        "key": QUEUE,
        "data": {"waiting": lines},
    }
    freezer.move_to("1970-01-02")
    await start_up(section)
    await wait(SETTLED)
    assert [event["version"] for event in receiver.life] == ["2025.1.2", HOST_VERSION]


async def test_an_event_is_gone_after_seven_days(
    start_up: Start,
    wait: Wait,
    agree: Agree,
    section: dict[str, Any],
    receiver: Sink,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    agree()
    line = {"url": receiver.url, "message": "stop", "since": 1.0, "payload": {"event": "stop"}}
    hass_storage[QUEUE] = {
        "version": 1,
        "minor_version": 1,
        "key": QUEUE,
        "data": {"waiting": [line]},
    }
    freezer.move_to("1970-01-09")
    await start_up(section)
    await wait(SETTLED)
    assert [event["event"] for event in receiver.life] == ["start"]


@pytest.mark.parametrize(
    "payload", [{"event": "stop", "home": "Jane's"}, {"version": "jane.local"}]
)
async def test_a_queue_that_somebody_wrote_into_sends_nothing_of_it(
    start_up: Start,
    wait: Wait,
    agree: Agree,
    section: dict[str, Any],
    receiver: Sink,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    payload: dict[str, Any],
) -> None:
    agree()
    line = {"url": receiver.url, "message": Message.STOP, "since": 1.0, "payload": payload}
    hass_storage[QUEUE] = {
        "version": 1,
        "minor_version": 1,
        "key": QUEUE,
        "data": {"waiting": [line]},
    }
    freezer.move_to("1970-01-02")
    await start_up(section)
    await wait(SETTLED)
    assert "ane" not in json.dumps(receiver.life)
