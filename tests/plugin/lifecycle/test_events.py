"""Events from the host's start and stop to the destination, and all that keeps them from it."""

import json
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.const import (
    EVENT_HOMEASSISTANT_FINAL_WRITE,
    EVENT_HOMEASSISTANT_STOP,
)
from homeassistant.const import __version__ as HOST_VERSION
from homeassistant.core import CoreState, HomeAssistant

from custom_components.analytics.models import Message
from scripts.sink import Answer, Sink

from ..conftest import ALL_TIERS
from ..sessions import open_sessions
from .conftest import Life, started

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


async def test_a_start_is_told_once_with_what_the_table_names(life: Life) -> None:
    life.agree()
    await life.start_up()
    await life.wait(SETTLED)
    [event] = life.receiver.life
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
    await life.wait(DAY)
    assert len(life.receiver.life) == 1
    assert life.receiver.reports[0].report["uuid"] == uuid


async def test_a_start_is_in_the_journal_and_in_the_log(
    life: Life, caplog: pytest.LogCaptureFixture
) -> None:
    life.agree()
    await life.start_up()
    await life.wait(SETTLED)
    [entry] = (await life.command("analytics/journal"))["entries"]
    assert entry["payload"] == life.receiver.life[0]
    assert entry["tiers"] == {"base": 1, "lifecycle": 1}
    assert entry["outcome"] == "sent"
    [line] = [line for line in caplog.messages if line.startswith("Sending to")]
    assert life.receiver.life[0]["uuid"] not in line
    assert json.loads(line[line.index("{") :]).keys() == life.receiver.life[0].keys()


@pytest.mark.parametrize(
    "chosen",
    [{"lifecycle": False}, {"base": False}, {"lifecycle": False, "environment": True}],
)
async def test_without_its_yes_no_event_is_made(life: Life, chosen: dict[str, bool]) -> None:
    life.agree(**chosen)
    await life.start_up()
    await life.wait(SETTLED)
    await stop(life.hass)
    assert life.receiver.life == []
    assert not life.storage.get(QUEUE, {}).get("data", {}).get("waiting")


async def test_a_yes_is_none_to_the_start_before_it(life: Life) -> None:
    entry = await life.start_up()
    await life.command("analytics/preferences", preferences=ALL_TIERS)
    await entry.runtime_data.async_choose_more({"lifecycle": True})
    await life.wait(SETTLED)
    assert await life.hass.config_entries.async_reload(entry.entry_id)
    await life.wait(SETTLED)
    assert life.receiver.life == []


async def test_a_yes_while_the_host_starts_is_none_to_that_start(life: Life) -> None:
    entry = await life.set_up()
    await life.command("analytics/preferences", preferences=ALL_TIERS)
    await entry.runtime_data.async_choose_more({"lifecycle": True})
    await started(life.hass)
    await life.wait(SETTLED)
    assert life.receiver.life == []


async def test_loading_the_entry_again_is_no_start(life: Life) -> None:
    life.agree()
    entry = await life.start_up()
    await life.wait(SETTLED)
    assert await life.hass.config_entries.async_reload(entry.entry_id)
    await life.wait(SETTLED)
    assert len(life.receiver.life) == 1


async def test_a_clean_stop_is_told(life: Life) -> None:
    life.agree()
    await life.start_up()
    await life.wait(SETTLED)
    await stop(life.hass)
    await life.hass.async_block_till_done(wait_background_tasks=True)
    [event] = of(life.receiver, "stop")
    assert event.keys() == {"uuid", "version", "event"}
    assert open_sessions() == []
    life.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await life.hass.async_block_till_done()
    assert life.storage[QUEUE]["data"]["waiting"] == []


async def test_a_receiver_that_hangs_does_not_hold_up_the_stop(life: Life) -> None:
    life.agree()
    await life.start_up()
    await life.wait(SETTLED)
    life.receiver.event_answer = Answer(delay=3600)
    await stop(life.hass)  # comes back while the request is on its way
    [waiting] = life.storage[QUEUE]["data"]["waiting"]
    assert waiting["message"] == "stop"
    await life.hass.async_block_till_done(wait_background_tasks=True)
    assert len(life.storage[QUEUE]["data"]["waiting"]) == 1


async def test_unloading_is_no_stop(life: Life) -> None:
    life.agree()
    entry = await life.start_up()
    await life.wait(SETTLED)
    assert await life.hass.config_entries.async_unload(entry.entry_id)
    await life.hass.async_block_till_done(wait_background_tasks=True)
    assert of(life.receiver, "stop") == []


async def test_what_could_not_be_sent_waits_on_disk_and_is_sent_later(life: Life) -> None:
    life.agree()
    life.receiver.event_answer = Answer(status=503)
    entry = await life.start_up()
    await life.wait(SETTLED)
    assert (await life.command("analytics/status"))["events_waiting"] == 1
    [line] = life.storage[QUEUE]["data"]["waiting"]
    assert "uuid" not in line["payload"]
    assert await life.hass.config_entries.async_reload(entry.entry_id)
    life.receiver.event_answer = Answer()
    await life.wait(timedelta(hours=1))
    assert len(of(life.receiver, "start")) >= 2
    assert (await life.command("analytics/status"))["events_waiting"] == 0


async def test_a_receiver_that_knows_no_events_is_not_asked_again(
    life: Life, caplog: pytest.LogCaptureFixture
) -> None:
    life.agree()
    life.receiver.event_answer = Answer(status=404)
    await life.start_up()
    await life.wait(SETTLED)
    await life.wait(DAY)
    assert len(life.receiver.life) == 1
    assert (await life.command("analytics/status"))["events_waiting"] == 0
    ours = [each for each in caplog.records if each.name.startswith("custom_components.analytics")]
    assert [each for each in ours if each.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("way_off", ["choice", "file", "forget"])
async def test_what_waits_is_gone_once_it_may_not_be_sent(life: Life, way_off: str) -> None:
    life.agree()
    life.receiver.event_answer = Answer(status=503)
    entry = await life.start_up()
    await life.wait(SETTLED)
    assert (await life.command("analytics/status"))["events_waiting"] == 1
    switch = Path(life.hass.config.path(".opt-out-from-anonymous-statistics"))
    if way_off == "choice":
        await entry.runtime_data.async_choose_more({"lifecycle": False})
    elif way_off == "file":
        switch.touch()
        await life.command("analytics/status")
    else:
        await life.command("analytics/forget")
    await life.hass.async_block_till_done(wait_background_tasks=True)
    assert life.storage[QUEUE]["data"]["waiting"] == []
    life.receiver.event_answer = Answer()
    sent = len(life.receiver.life)
    switch.unlink(missing_ok=True)
    await life.wait(DAY)
    assert len(life.receiver.life) == sent


async def test_an_event_belongs_to_the_destination_that_it_was_noted_for(life: Life) -> None:
    life.agree()
    lines = [
        {
            "url": url,
            "message": "stop",
            "since": 1.0,
            "payload": {"event": "stop", "version": version},
        }
        for url, version in (("http://127.0.0.1:1/v1", "2025.1.1"), (life.receiver.url, "2025.1.2"))
    ]
    life.storage[QUEUE] = {
        "version": 1,
        "minor_version": 1,
        "key": QUEUE,
        "data": {"waiting": lines},
    }
    await life.start_up()
    await life.wait(SETTLED)
    assert [event["version"] for event in life.receiver.life] == ["2025.1.2", HOST_VERSION]


@pytest.mark.parametrize(("days", "arrived"), [(6.9, ["stop", "start"]), (7.1, ["start"])])
async def test_an_event_is_gone_after_seven_days_of_running(
    life: Life, days: float, arrived: list[str]
) -> None:
    life.agree()
    payload = {"event": "stop", "version": "2025.1.1"}
    line = {"url": life.receiver.url, "message": "stop", "since": 1.0, "payload": payload}
    life.storage[QUEUE] = {
        "version": 1,
        "minor_version": 1,
        "key": QUEUE,
        "data": {"waiting": [line], "ran": days * DAY.total_seconds()},
    }
    await life.start_up()
    await life.wait(SETTLED)
    assert [event["event"] for event in life.receiver.life] == arrived


@pytest.mark.parametrize(
    "payload", [{"event": "stop", "home": "Jane's"}, {"version": "jane.local"}]
)
async def test_a_queue_that_somebody_wrote_into_sends_nothing_of_it(
    life: Life, payload: dict[str, Any]
) -> None:
    life.agree()
    line = {"url": life.receiver.url, "message": Message.STOP, "since": 1.0, "payload": payload}
    life.storage[QUEUE] = {
        "version": 1,
        "minor_version": 1,
        "key": QUEUE,
        "data": {"waiting": [line]},
    }
    await life.start_up()
    await life.wait(SETTLED)
    assert "ane" not in json.dumps(life.receiver.life)
