"""What waits on disk: it survives a restart, and whatever was done to it there does not leave."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custom_components.analytics.holding.file import HELD
from scripts.sink import Answer

from ..conftest import CommandError
from .conftest import Home

type Json = dict[str, Any]

NAME = "analytics.held"


@pytest.fixture
def file(storage_folder: Path) -> Path:
    return storage_folder / NAME


async def restart(home: Home, change: Callable[[], object] = lambda: None) -> None:
    """Load all anew, as after a restart of the host, and change files before that."""
    assert await home.hass.config_entries.async_unload(home.entry.entry_id)
    home.hass.data.pop(HELD)
    change()
    assert await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.hass.async_block_till_done(wait_background_tasks=True)


def edited(file: Path, change: Callable[[Json], object]) -> Callable[[], None]:
    """Return what changes the one item in the file."""

    def edit() -> None:
        stored = json.loads(file.read_text())
        [line] = stored["data"]["waiting"]
        change(line)
        file.write_text(json.dumps(stored))

    return edit


async def test_it_survives_a_restart_byte_for_byte(file: Path, home: Home) -> None:
    item = await home.made()
    assert file.stat().st_mode & 0o777 == 0o600
    await restart(home)
    [again] = await home.items()
    same = item.keys() - {"expires"}
    assert {key: again[key] for key in same} == {key: item[key] for key in same}
    assert (await home.approve(again))["outcome"] == "sent"
    assert [arrival.body for arrival in home.receiver.arrivals] == [item["body"].encode()]
    await restart(home)
    assert await home.items() == []


async def test_what_was_decided_is_on_disk_at_once(file: Path, home: Home) -> None:
    item = await home.made()
    left = await home.command(
        "analytics/outbox/trim", key=item["key"], digest=item["digest"], tiers=["usage"]
    )
    [line] = json.loads(file.read_text())["data"]["waiting"]
    assert line["body"] == left["body"]
    await home.command("analytics/outbox/discard", key=item["key"])
    assert json.loads(file.read_text())["data"]["waiting"] == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 1, "data": []}', "\x00" * 9])
async def test_a_damaged_file_means_that_nothing_waits_and_the_log_says_so(
    file: Path, home: Home, caplog: pytest.LogCaptureFixture, content: str
) -> None:
    await home.made()
    await restart(home, lambda: file.write_text(content))
    assert await home.items() == []
    assert "what waited in it to be approved is lost, and is not sent" in caplog.text
    assert home.receiver.arrivals == []
    item = await home.made()
    assert (await home.approve(item))["outcome"] == "sent"


LAST = {"time": "", "outcome": "refused", "reason": None, "status": 400, "attempt": 1}
DAMAGES: list[Callable[[Json], object]] = [
    lambda line: line.pop("body"),
    lambda line: line.update(body="no JSON"),
    lambda line: line.update(body="[]"),
    lambda line: line.update(body='{"uuid": 7}'),
    lambda line: line.update(body="[" * 200 + "]" * 200),
    lambda line: line.update(kind="unknown"),
    lambda line: line.update(kind="crash"),
    lambda line: line.update(since=-1),
    lambda line: line.update(since="now"),
    lambda line: line.update(tiers=["base"]),
    lambda line: line.update(last={"outcome": "sent"}),
    lambda line: line.update(more=1),
    lambda line: line.update(tiers={"base": 2**60}),
    lambda line: line.update(dropped={"addons": 2**60}),
    lambda line: line.update(last={**LAST, "attempt": 2**60}),
    lambda line: line.update(last={**LAST, "status": 2**60}),
]


@pytest.mark.parametrize("damage", DAMAGES)
async def test_an_item_that_can_not_be_read_is_lost_with_a_word(
    file: Path,
    home: Home,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[Json], object],
) -> None:
    await home.made()
    await restart(home, edited(file, damage))
    assert await home.items() == []
    assert "what waited in it to be approved is lost" in caplog.text


def with_more(line: Json) -> None:
    line["body"] = line["body"].replace('"state_count":', '"secret":"hunter2","state_count":')


def with_another_id(line: Json) -> None:
    payload = json.loads(line["body"])
    line["body"] = json.dumps({**payload, "uuid": "0" * 32})


def with_another_address(line: Json) -> None:
    line["url"] = "https://example.com/v1"


@pytest.mark.parametrize("change", [with_more, with_another_id, with_another_address])
async def test_what_was_put_into_it_is_dropped(
    file: Path, home: Home, change: Callable[[Json], object]
) -> None:
    await home.made()
    await restart(home, edited(file, change))
    assert await home.items() == []
    assert home.receiver.arrivals == []


def with_a_text_for_a_number(line: Json) -> None:
    payload = json.loads(line["body"])
    line["body"] = json.dumps({**payload, "state_count": "hunter2"})


def with_spaces(line: Json) -> None:
    line["body"] = json.dumps(json.loads(line["body"]), indent=1)


@pytest.mark.parametrize("change", [with_a_text_for_a_number, with_spaces])
async def test_what_the_guard_would_not_make_is_shown_anew(
    file: Path, home: Home, change: Callable[[Json], object]
) -> None:
    item = await home.made()
    await restart(home, edited(file, change))
    [other] = await home.items()
    assert other["digest"] != item["digest"]
    outcome = await home.approve(other)
    assert (outcome["outcome"], outcome["reason"]) == ("held", "changed")
    assert home.receiver.arrivals == []
    [again] = await home.items()
    assert "hunter2" not in again["body"]
    assert (await home.approve(again))["outcome"] == "sent"
    assert [arrival.body for arrival in home.receiver.arrivals] == [again["body"].encode()]


async def test_what_another_version_made_is_dropped_with_a_word(
    file: Path, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    await home.made()

    def older() -> None:
        stored = json.loads(file.read_text())
        stored["data"]["made_by"] = "0.0.1"
        file.write_text(json.dumps(stored))

    await restart(home, older)
    assert await home.items() == []
    assert "nobody has approved, is not sent: 1 are dropped" in caplog.text
    assert json.loads(file.read_text())["data"]["waiting"] == []


async def test_one_that_was_on_its_way_when_the_host_ended_says_so(file: Path, home: Home) -> None:
    """It may have arrived: whoever approves it again has to know."""
    item = await home.made()
    home.receiver.answer = Answer(delay=60)
    leaving = home.hass.async_create_task(home.approve(item))
    await home.receiver.wait_for_arrival()
    at_that_moment = file.read_text()
    home.receiver.answer = Answer()
    await restart(home, lambda: file.write_text(at_that_moment))
    assert (await leaving)["outcome"] == "stopped"
    [again] = await home.items()
    assert again["digest"] == item["digest"]
    assert again["last_outcome"]["outcome"] == "stopped"
    assert again["last_outcome"]["attempt"] == 1


async def test_a_disk_that_takes_no_writes_lets_nothing_leave_twice(file: Path, home: Home) -> None:
    item = await home.made()
    file.unlink()
    file.mkdir()
    assert (await home.approve(item))["outcome"] == "sent"
    await home.reload()
    assert await home.items() == []
    with pytest.raises(CommandError) as raised:
        await home.approve(item)
    assert raised.value.translation_key == "held_gone"
    file.rmdir()
    await home.data.async_watch_switches()
    assert json.loads(file.read_text())["data"]["waiting"] == []


async def test_removing_the_entry_deletes_what_waits(file: Path, home: Home) -> None:
    await home.made()
    assert file.exists()
    await home.hass.config_entries.async_remove(home.entry.entry_id)
    assert not file.exists()
