"""Crash reports under a clock that is set while they wait, as on boards that have none."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from homeassistant.util import dt as dt_util

from scripts.sink import Answer, Sink

from ..conftest import SetClock
from .conftest import Scene

JUMPS = [timedelta(days=20), timedelta(days=-20), timedelta(days=20_000), timedelta(hours=1)]


@pytest.fixture(autouse=True)
def frozen(set_clock: SetClock) -> None:
    """Let the clocks stand before anything is noted by them."""


def head(receiver: Sink) -> Any:
    """Return the header of the newest envelope."""
    return json.loads(receiver.arrivals[-1].body.splitlines()[0])


def off(text: str) -> float:
    """Return how far a time in a report is from now, in seconds."""
    return abs((datetime.fromisoformat(text).astimezone(UTC) - dt_util.utcnow()).total_seconds())


@pytest.mark.parametrize("by", JUMPS, ids=str)
async def test_a_fault_under_a_wrong_clock_arrives_with_the_time_that_it_was(
    scene: Scene, set_clock: SetClock, by: timedelta
) -> None:
    scene.receiver.envelope_answer = Answer(status=503)
    set_clock(-by)
    scene.faulty.log()
    await scene.settle()
    assert off(scene.receiver.events[0]["timestamp"]) < 60
    set_clock(by)
    scene.receiver.envelope_answer = Answer()
    await scene.hass.config_entries.async_reload(scene.entry.entry_id)
    await scene.settle()
    assert len(scene.receiver.events) == 2
    event = scene.receiver.events[-1]
    assert off(event["timestamp"]) < 60
    assert [mark for mark in event["breadcrumbs"]["values"] if off(mark["timestamp"]) > 60] == []
    assert off(head(scene.receiver)["sent_at"]) < 60
    assert scene.entry.runtime_data.crash_reporter.waiting == 0


@pytest.mark.parametrize("by", JUMPS, ids=str)
async def test_a_clock_that_is_set_drops_nothing_and_sends_nothing_again(
    scene: Scene, set_clock: SetClock, by: timedelta
) -> None:
    for shift in (by, -by):
        scene.faulty.log()
        await scene.settle()
        set_clock(shift)
        await scene.hass.config_entries.async_reload(scene.entry.entry_id)
    scene.faulty.log()
    await scene.settle()
    assert len(scene.receiver.events) == 1


async def test_the_journal_has_the_time_of_sending_and_nothing_is_later_than_it(
    scene: Scene, set_clock: SetClock
) -> None:
    scene.receiver.envelope_answer = Answer(status=503)
    scene.faulty.log()
    await scene.settle()
    await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    outbox = scene.hass.data["analytics.crashes"]
    # As in another run of the host: there is nothing by which the time could be told anew.
    outbox._of_this_run.clear()
    set_clock(timedelta(days=-20))
    scene.receiver.envelope_answer = Answer()
    await scene.hass.config_entries.async_setup(scene.entry.entry_id)
    await scene.settle()
    [entry] = await scene.entry.runtime_data.journal.async_entries(1)
    header, _, event = entry.payload
    assert header["sent_at"] == head(scene.receiver)["sent_at"]
    assert event["timestamp"] <= header["sent_at"]
