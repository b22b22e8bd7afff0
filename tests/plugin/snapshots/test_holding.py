"""A snapshot that waits for approval."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from scripts.sink import SNAPSHOT_PATH, Sink

from ..conftest import Command, CommandError
from .conftest import IDENTIFIER, Toggle, answered, only_where_there_are_snapshots
from .test_sending import HEADER, SNAPSHOT, kept

pytestmark = only_where_there_are_snapshots


@pytest.fixture
def section(receiver: Sink, database: Sink) -> dict[str, Any]:
    """Return the section that lets all wait."""
    return {
        "destination": {"name": "Test receiver", "url": receiver.url},
        "snapshots_url": database.device_database,
        "hold": True,
    }


@pytest.fixture
async def item(on: None, next_day: Callable[[], Awaitable[None]], command: Command) -> Any:
    """Return a snapshot that waits."""
    await next_day()
    [item] = (await command("analytics/outbox"))["items"]
    return item


async def test_it_leaves_as_it_was_shown_and_the_answer_is_kept(
    item: Any, command: Command, database: Sink, hass_storage: dict[str, Any]
) -> None:
    assert database.arrivals == []
    assert item["kind"] == "snapshot"
    assert item["payload"] == SNAPSHOT
    database.snapshot_answer = answered(f'{{"submission_identifier": "{IDENTIFIER}"}}')
    named = {"key": item["key"], "digest": item["digest"]}
    assert (await command("analytics/outbox/approve", **named))["outcome"] == "sent"
    [arrival] = database.arrivals
    assert arrival.path == SNAPSHOT_PATH
    assert arrival.body == item["body"].encode()
    assert HEADER not in arrival.headers
    assert kept(hass_storage)["submission_identifier"] == IDENTIFIER
    assert (await command("analytics/outbox"))["items"] == []
    status = await command("analytics/status")
    assert status["snapshots"]["last"]["outcome"] == "sent"


async def test_a_newer_one_takes_its_place(
    item: Any,
    hass: HomeAssistant,
    devices: dr.DeviceEntry,
    next_day: Callable[[], Awaitable[None]],
    command: Command,
    database: Sink,
) -> None:
    dr.async_get(hass).async_update_device(devices.id, sw_version="1.104.3")
    await next_day()
    [newer] = (await command("analytics/outbox"))["items"]
    assert newer["key"] == item["key"]
    assert newer["digest"] != item["digest"]
    with pytest.raises(CommandError) as raised:
        await command("analytics/outbox/approve", key=item["key"], digest=item["digest"])
    assert raised.value.translation_key == "held_changed"
    assert database.arrivals == []


async def test_turning_it_off_under_labs_drops_it(
    item: Any, toggle: Toggle, command: Command, database: Sink
) -> None:
    await toggle(False)
    assert (await command("analytics/outbox"))["items"] == []
    await toggle(True)
    with pytest.raises(CommandError):
        await command("analytics/outbox/approve", key=item["key"], digest=item["digest"])
    assert database.arrivals == []


async def test_turning_it_off_drops_it_also_while_the_settings_can_not_be_read(
    item: Any, hass: HomeAssistant, toggle: Toggle, command: Command
) -> None:
    [entry] = hass.config_entries.async_entries("analytics")
    hass.config_entries.async_update_entry(entry, options={"proxy": "no proxy"})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await command("analytics/outbox"))["items"][0]["digest"] == item["digest"]
    await toggle(False)
    assert (await command("analytics/outbox"))["items"] == []


async def test_taking_it_back_drops_what_may_have_arrived_under_the_old_identifier(
    item: Any, command: Command, database: Sink
) -> None:
    del item
    await command("analytics/forget")
    assert (await command("analytics/outbox"))["items"] == []
    assert database.arrivals == []


async def test_it_has_no_tiers_to_leave_out(item: Any, command: Command) -> None:
    with pytest.raises(CommandError) as raised:
        await command(
            "analytics/outbox/trim", key=item["key"], digest=item["digest"], tiers=["base"]
        )
    assert raised.value.translation_key == "held_nothing_left"


async def test_a_name_that_was_given_meanwhile_does_not_leave(
    item: Any, hass: HomeAssistant, command: Command, database: Sink
) -> None:
    hass.config.location_name = "Signify"
    named = {"key": item["key"], "digest": item["digest"]}
    assert (await command("analytics/outbox/approve", **named))["outcome"] == "held"
    assert database.arrivals == []
    [again] = (await command("analytics/outbox"))["items"]
    assert again["reason"] == "changed"
    assert again["payload"]["hue"]["devices"][0]["manufacturer"] is None
