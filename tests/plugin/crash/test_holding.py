"""Crash reports that wait for approval, each by itself."""

import json
from typing import Any

import pytest

from custom_components.analytics.crash.outbox import OUTBOX
from custom_components.analytics.holding.file import HELD
from scripts.sink import ENVELOPE_PATH, Answer

from ..conftest import Command, CommandError
from . import faulty as ways
from .conftest import OFF, Scene

type Item = dict[str, Any]


@pytest.fixture
def crash_section(crash_section: dict[str, Any]) -> dict[str, Any]:
    """Return the section that lets all wait."""
    return {**crash_section, "hold": True}


async def items(command: Command) -> list[Item]:
    """Return the crash reports that wait, newest first."""
    found = (await command("analytics/outbox"))["items"]
    return [item for item in found if item["kind"] == "crash"]


async def noticed(scene: Scene) -> Item:
    """Let a fault be noticed, and return its report as it waits."""
    scene.faulty.log()
    await scene.settle()
    [item] = await items(scene.command)
    assert scene.receiver.arrivals == []
    return item


async def approve(scene: Scene, item: Item) -> Any:
    """Approve what was shown."""
    return await scene.command("analytics/outbox/approve", key=item["key"], digest=item["digest"])


async def test_it_leaves_as_it_was_shown(scene: Scene) -> None:
    item = await noticed(scene)
    assert scene.entry.runtime_data.crash_reporter.waiting == 0
    assert (await approve(scene, item))["outcome"] == "sent"
    [arrival] = scene.receiver.arrivals
    assert arrival.path == ENVELOPE_PATH
    assert arrival.body == item["body"].encode()
    lines = [json.loads(line) for line in arrival.body.splitlines()]
    assert lines == item["payload"]
    # By a time that is long over a server would take the clock for wrong.
    assert lines[0] == {"event_id": lines[2]["event_id"]}
    assert await items(scene.command) == []
    [entry] = (await scene.command("analytics/journal"))["entries"]
    assert entry["payload"] == lines
    await scene.settle()
    assert len(scene.receiver.arrivals) == 1


async def test_one_crash_is_left_out_and_the_other_leaves(scene: Scene) -> None:
    first = await noticed(scene)
    await ways.in_a_callback(scene.hass, scene.faulty)
    await scene.settle()
    second, older = await items(scene.command)
    assert older["digest"] == first["digest"]
    event = second["payload"][2]["event_id"]
    with pytest.raises(CommandError) as raised:
        await scene.command(
            "analytics/outbox/trim", key=first["key"], digest=first["digest"], crash=event
        )
    assert raised.value.translation_key == "held_gone"
    left = await scene.command(
        "analytics/outbox/trim", key=second["key"], digest=second["digest"], crash=event
    )
    assert left is None
    assert [item["digest"] for item in await items(scene.command)] == [first["digest"]]
    assert (await approve(scene, first))["outcome"] == "sent"
    assert [event["event_id"] for event in scene.receiver.events] == [
        first["payload"][2]["event_id"]
    ]


async def test_turning_diagnostics_off_drops_it(scene: Scene) -> None:
    item = await noticed(scene)
    await scene.command("analytics/preferences", preferences=OFF)
    assert await items(scene.command) == []
    with pytest.raises(CommandError):
        await approve(scene, item)
    assert scene.receiver.arrivals == []


async def test_taking_it_back_drops_it(scene: Scene) -> None:
    await noticed(scene)
    await scene.command("analytics/forget")
    assert await items(scene.command) == []


async def test_what_the_server_refuses_waits_on_and_says_so(scene: Scene) -> None:
    item = await noticed(scene)
    scene.receiver.envelope_answer = Answer(status=403)
    assert (await approve(scene, item))["outcome"] == "refused"
    [again] = await items(scene.command)
    assert again["digest"] == item["digest"]
    assert again["last_outcome"]["status"] == 403


async def test_what_waited_at_the_server_does_not_leave_once_all_is_held(scene: Scene) -> None:
    """What could not be sent before holding was turned on waits for approval then."""
    scene.hass.config_entries.async_update_entry(scene.entry, options={})
    item = await noticed(scene)
    await scene.hass.config_entries.async_reload(scene.entry.entry_id)
    await scene.settle()
    assert [each["digest"] for each in await items(scene.command)] == [item["digest"]]
    assert scene.receiver.arrivals == []


async def test_a_name_that_was_given_meanwhile_does_not_leave(scene: Scene) -> None:
    item = await noticed(scene)
    assert item["payload"][2]["tags"]["integration"] == "faulty"
    scene.hass.config.location_name = "Faulty"
    outcome = await approve(scene, item)
    assert (outcome["outcome"], outcome["reason"]) == ("held", "changed")
    assert scene.receiver.arrivals == []
    [again] = await items(scene.command)
    assert "faulty" not in again["body"].lower()
    assert (await approve(scene, again))["outcome"] == "sent"
    assert [arrival.body for arrival in scene.receiver.arrivals] == [again["body"].encode()]


async def test_a_preview_is_what_waits(scene: Scene) -> None:
    scene.faulty.log()
    shown = await scene.command("analytics/preview", kind="crash")
    await scene.settle()
    [item] = await items(scene.command)
    assert shown["bytes"] == item["size"]
    assert shown["payload"][0].keys() == item["payload"][0].keys()


async def test_never_drops_what_does_not_tell_where_it_happened_after_a_restart(
    scene: Scene,
) -> None:
    """A name that the guard leaves out of a report is still that of the integration."""
    scene.hass.config.location_name = "Faulty"
    item = await noticed(scene)
    assert "faulty" not in item["body"].lower()
    assert await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    scene.hass.data.pop(OUTBOX)
    scene.hass.data.pop(HELD)
    assert await scene.hass.config_entries.async_setup(scene.entry.entry_id)
    await scene.hass.async_block_till_done(wait_background_tasks=True)
    [again] = await items(scene.command)
    assert again["digest"] == item["digest"]
    [shown] = (await scene.command("analytics/crashes"))["noticed"]
    assert shown["integration"] == "faulty"
    await scene.command("analytics/crashes/never", integration="faulty", never=True)
    assert await items(scene.command) == []
    with pytest.raises(CommandError):
        await approve(scene, again)
    assert scene.receiver.arrivals == []


async def test_never_drops_it_also_while_the_settings_can_not_be_read(scene: Scene) -> None:
    await noticed(scene)
    scene.hass.config_entries.async_update_entry(scene.entry, options={"proxy": "no proxy"})
    await scene.hass.async_block_till_done(wait_background_tasks=True)
    assert len(await items(scene.command)) == 1
    await scene.command("analytics/crashes/never", integration="faulty", never=True)
    assert await items(scene.command) == []
