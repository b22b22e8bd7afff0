"""A yes covers what comes after it, for one destination, until it is taken back."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import __version__ as HOST_VERSION

from custom_components.analytics.lifecycle.queue import MOST_WAITING
from scripts.sink import Answer, Sink

from ..conftest import ALL_TIERS, SetClock, Start, Wait
from .conftest import SAVED, Agree, Life, started
from .test_events import QUEUE, SETTLED, of, stop

DAY = timedelta(days=1)
A_MINUTE = timedelta(minutes=1)
# For so long an earlier run of the host went on.
RAN = timedelta(days=30)
OPT_OUT = ".opt-out-from-anonymous-statistics"


def waiting(hass_storage: dict[str, Any]) -> list[str]:
    """Return the kinds of the events that wait on disk."""
    lines = hass_storage.get(QUEUE, {}).get("data", {}).get("waiting", [])
    return [line["message"] for line in lines]


def wait_on_disk(hass_storage: dict[str, Any], *lines: dict[str, Any]) -> None:
    """Let an earlier run have left events behind."""
    data = {"waiting": list(lines), "ran": RAN.total_seconds()}
    hass_storage[QUEUE] = {"version": 1, "minor_version": 1, "key": QUEUE, "data": data}


def left(url: str, *, ago: timedelta = timedelta(0)) -> dict[str, Any]:
    """Return a stop that was noted for a destination."""
    since = (RAN - ago).total_seconds()
    payload = {"event": "stop", "version": "2025.1.1"}
    return {"url": url, "message": "stop", "since": since, "payload": payload}


async def test_a_yes_and_a_reload_while_the_host_starts_tell_nothing_of_that_start(
    life: Life, killed: None
) -> None:
    entry = await life.set_up()
    await life.command("analytics/preferences", preferences={**ALL_TIERS, "diagnostics": True})
    await entry.runtime_data.async_choose_more({"lifecycle": True})
    assert await life.hass.config_entries.async_reload(entry.entry_id)
    await started(life.hass)
    await life.wait(SETTLED)
    assert life.receiver.life == []


async def test_a_yes_to_diagnostics_is_none_to_a_crash_before_it(life: Life, killed: None) -> None:
    life.agree(diagnostics=False)
    await life.set_up()
    await life.command("analytics/preferences", preferences={"base": True, "diagnostics": True})
    await started(life.hass)
    await life.wait(SETTLED)
    assert [event["event"] for event in life.receiver.life] == ["start"]


async def test_a_host_that_stops_before_it_has_started_tells_nobody_what_was_for_others(
    life: Life,
) -> None:
    life.agree()
    wait_on_disk(
        life.storage, left("http://127.0.0.1:1/v1", ago=DAY), left(life.receiver.url, ago=DAY)
    )
    await life.set_up()
    await stop(life.hass)
    await life.hass.async_block_till_done(wait_background_tasks=True)
    assert [event["version"] for event in of(life.receiver, "stop")] == ["2025.1.1", HOST_VERSION]


async def test_an_event_that_is_damaged_on_disk_costs_no_other(life: Life) -> None:
    life.agree()
    sound = left(life.receiver.url, ago=DAY)
    wait_on_disk(life.storage, {**sound, "message": "unknown"}, sound, {**sound, "since": "today"})
    await life.start_up()
    assert [event["version"] for event in life.receiver.life] == ["2025.1.1"]
    assert waiting(life.storage) == []


async def test_a_host_that_stops_before_it_has_started_keeps_how_the_last_run_ended(
    life: Life, killed: None
) -> None:
    life.agree(diagnostics=True)
    await life.set_up()
    await stop(life.hass)
    await life.hass.async_block_till_done(wait_background_tasks=True)
    assert [event["event"] for event in life.receiver.life] == ["fault", "start", "stop"]


async def test_a_no_under_a_wrong_clock_drops_what_waits(
    life: Life, freezer: FrozenDateTimeFactory
) -> None:
    life.agree()
    life.receiver.event_answer = Answer(status=503)
    entry = await life.start_up()
    await life.wait(SETTLED)
    sent = len(life.receiver.life)
    assert waiting(life.storage) == ["start"]
    freezer.tick(-DAY)
    await entry.runtime_data.async_choose_more({"lifecycle": False})
    assert waiting(life.storage) == []
    freezer.tick(DAY)
    life.receiver.event_answer = Answer()
    await entry.runtime_data.async_choose_more({"lifecycle": True})
    await life.wait(DAY)
    assert len(life.receiver.life) == sent


async def test_what_is_too_old_does_not_stay_on_disk_after_a_no(life: Life) -> None:
    life.agree(lifecycle=False)
    wait_on_disk(life.storage, left(life.receiver.url, ago=8 * DAY))
    await life.start_up()
    assert waiting(life.storage) == []


async def test_no_more_than_fifty_are_sent_whatever_is_on_disk(life: Life) -> None:
    life.agree()
    wait_on_disk(life.storage, *(left(life.receiver.url, ago=n * A_MINUTE) for n in range(200)))
    await life.start_up()
    assert len(life.receiver.life) == MOST_WAITING
    assert waiting(life.storage) == []


async def test_a_stop_right_after_a_switch_was_turned_on_is_not_noted(life: Life) -> None:
    life.agree()
    life.receiver.event_answer = Answer(status=503)
    await life.start_up()
    await life.wait(SETTLED)
    Path(life.hass.config.path(OPT_OUT)).touch()
    await stop(life.hass)
    await life.hass.async_block_till_done(wait_background_tasks=True)
    assert waiting(life.storage) == []
    assert of(life.receiver, "stop") == []


async def test_an_entry_that_was_disabled_when_the_host_started_tells_nothing_of_it(
    start: Start, wait: Wait, agree: Agree, section: dict[str, Any], receiver: Sink
) -> None:
    agree()
    await start(section)  # in a host that has started already
    await wait(SETTLED)
    assert receiver.life == []


async def test_a_no_to_crashes_stops_one_that_is_on_its_way(life: Life, killed: None) -> None:
    life.agree(diagnostics=True)
    life.receiver.event_answer = Answer(delay=3600)
    starting = asyncio.ensure_future(life.start_up())
    await life.receiver.wait_until(lambda: len(life.receiver.life) == 1)
    await life.command("analytics/preferences", preferences={"base": True, "diagnostics": False})
    await life.hass.async_block_till_done(wait_background_tasks=True)
    [entry] = (await life.command("analytics/journal"))["entries"]
    await starting
    assert entry["outcome"] == "stopped"
    assert (await life.command("analytics/status"))["events_waiting"] == 0


async def test_a_copy_tells_nothing_of_the_original(life: Life, killed: None) -> None:
    life.agree(diagnostics=True)
    # Of another place on another disk, and so of another installation.
    life.storage[SAVED]["data"]["fingerprint"] = {"inode": "x", "changed": "1"}
    wait_on_disk(life.storage, left(life.receiver.url))
    await life.start_up()
    await life.wait(SETTLED)
    [event] = life.receiver.life
    assert (event["event"], event["previous_end"]) == ("start", "unknown")
    assert "version_changed" not in event
    assert waiting(life.storage) == []


@pytest.mark.parametrize("ran", [-1, 1e300, 2**63, "long", None, [3]])
async def test_a_running_time_that_is_none_costs_nothing(life: Life, ran: object) -> None:
    life.agree()
    wait_on_disk(life.storage, left(life.receiver.url))
    life.storage[QUEUE]["data"]["ran"] = ran
    await life.start_up()
    assert [event["version"] for event in life.receiver.life] == ["2025.1.1"]
    assert waiting(life.storage) == []


@pytest.mark.parametrize("days", [-400, 400])
async def test_a_clock_that_is_set_drops_no_event_that_waits(
    life: Life, set_clock: SetClock, days: int
) -> None:
    life.agree()
    life.receiver.event_answer = Answer(status=503)
    entry = await life.start_up()
    await life.wait(SETTLED)
    set_clock(days * DAY)
    await life.hass.config_entries.async_reload(entry.entry_id)
    assert waiting(life.storage) == ["start"]
    life.receiver.event_answer = Answer()
    await life.wait(SETTLED)
    assert waiting(life.storage) == []
