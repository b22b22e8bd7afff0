"""Events that wait for approval, each by itself."""

import json
from datetime import timedelta
from typing import Any

import pytest

from custom_components.analytics.holding.file import MOST_WAITING
from custom_components.analytics.models import Message
from scripts.sink import EVENTS_PATH

from ..conftest import CommandError
from .conftest import Life
from .test_events import QUEUE, SETTLED, stop

type Item = dict[str, Any]


@pytest.fixture
def held(life: Life) -> Life:
    """Return a home that shares starts and stops, as far as somebody approves them."""
    life.agree()
    life.section["hold"] = True
    return life


async def items(life: Life) -> list[Item]:
    """Return the events that wait, newest first."""
    found = (await life.command("analytics/outbox"))["items"]
    return [item for item in found if item["kind"] != "report"]


async def approve(life: Life, item: Item) -> Any:
    """Approve what was shown."""
    return await life.command("analytics/outbox/approve", key=item["key"], digest=item["digest"])


async def test_a_start_waits_and_leaves_as_it_was_shown(held: Life) -> None:
    await held.start_up()
    await held.wait(SETTLED)
    [item] = await items(held)
    assert held.receiver.arrivals == []
    assert item["kind"] == "start"
    assert item["tiers"] == {"base": 1, "lifecycle": 1}
    assert held.storage[QUEUE]["data"]["waiting"] == []
    assert (await approve(held, item))["outcome"] == "sent"
    [arrival] = held.receiver.arrivals
    assert arrival.path == EVENTS_PATH
    assert arrival.body == item["body"].encode()
    assert json.loads(arrival.body) == item["payload"]
    [entry] = (await held.command("analytics/journal"))["entries"]
    assert entry["payload"] == item["payload"]
    await held.wait(timedelta(minutes=5))
    assert len(held.receiver.arrivals) == 1


async def test_what_queued_before_holding_was_turned_on_does_not_leave_without_approval(
    life: Life,
) -> None:
    life.agree()
    await life.receiver.stop()
    entry = await life.start_up()
    await life.wait(SETTLED)
    assert len(life.storage[QUEUE]["data"]["waiting"]) == 1
    life.hass.config_entries.async_update_entry(entry, options={"hold": True})
    await life.hass.async_block_till_done(wait_background_tasks=True)
    await life.receiver.start()
    await life.wait(SETTLED)
    assert life.receiver.arrivals == []
    [item] = await items(life)
    assert (await approve(life, item))["outcome"] in {"sent", "retryable"}


async def test_a_stop_waits_for_somebody_after_the_next_start(held: Life) -> None:
    entry = await held.start_up()
    await held.wait(SETTLED)
    await stop(held.hass)
    await held.hass.async_block_till_done(wait_background_tasks=True)
    kinds = [str(item.kind) for item in entry.runtime_data.holding.items]
    queued = ["stop"] * entry.runtime_data.lifecycle.waiting
    assert kinds + queued == ["start", "stop"]
    assert held.receiver.arrivals == []


async def test_an_event_without_its_tier_is_none(held: Life) -> None:
    await held.start_up()
    await held.wait(SETTLED)
    [item] = await items(held)
    for tier in ("lifecycle", "base"):
        with pytest.raises(CommandError) as raised:
            await held.command(
                "analytics/outbox/trim", key=item["key"], digest=item["digest"], tiers=[tier]
            )
        assert raised.value.translation_key == "held_nothing_left"


async def test_a_no_to_its_tier_drops_it(held: Life) -> None:
    entry = await held.start_up()
    await held.wait(SETTLED)
    [item] = await items(held)
    await entry.runtime_data.async_choose_more({"lifecycle": False})
    assert await items(held) == []
    with pytest.raises(CommandError):
        await approve(held, item)
    assert held.receiver.arrivals == []


async def test_of_more_than_can_wait_the_oldest_make_room(held: Life) -> None:
    entry = await held.start_up()
    pipeline = entry.runtime_data.pipeline
    for _ in range(MOST_WAITING + 3):
        await pipeline.async_send_event(Message.STOP, {"event": "stop", "version": "2025.4.0"}, 1)
    await held.wait(SETTLED)
    found = await items(held)
    assert len(found) == MOST_WAITING
    assert found[0]["kind"] == "start"
    assert held.receiver.arrivals == []
    assert (await held.command("analytics/send"))["outcome"] == "held"
    assert len(await items(held)) == MOST_WAITING
