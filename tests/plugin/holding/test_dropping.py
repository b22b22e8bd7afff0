"""What may not be sent any more does not wait for anybody: it is dropped, and never sent."""

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import certifi
import pytest

from custom_components.analytics.holding.file import HELD
from custom_components.analytics.models import Kind
from custom_components.analytics.outbound.opt_out import FILE_NAME
from scripts.sink import Answer, Sink

from ..conftest import ALL_TIERS, CommandError
from .conftest import Home, Item

type Change = Callable[[Home], Awaitable[None]]

MARKER = "analytics.installation"


async def withdrawn(home: Home) -> None:
    await home.command("analytics/preferences", preferences={"base": False})


async def withdrawn_in_part(home: Home) -> None:
    await home.command("analytics/preferences", preferences={"usage": False})


async def forgotten(home: Home) -> None:
    await home.command("analytics/forget")


async def switched_off(home: Home) -> None:
    Path(home.hass.config.path(FILE_NAME)).touch()
    await home.command("analytics/status")


async def switched_off_and_on_again(home: Home) -> None:
    await switched_off(home)
    Path(home.hass.config.path(FILE_NAME)).unlink()
    await home.command("analytics/status")


async def moved(home: Home) -> None:
    """Make another address the destination, where all is on at once."""
    await set_options(home, {"destination": {"url": f"{home.receiver.url}/other"}})
    await home.command("analytics/preferences", preferences=ALL_TIERS)


async def moved_and_back(home: Home) -> None:
    await moved(home)
    await set_options(home, {})


async def let_go(home: Home) -> None:
    await set_options(home, {"hold": False})


async def let_go_and_held_again(home: Home) -> None:
    await let_go(home)
    await set_options(home, {"hold": True})


async def copied(home: Home) -> None:
    folder = Path(home.hass.config.path(".storage"))
    salt = (folder / MARKER).read_text()
    (folder / MARKER).rename(folder / "original")
    (folder / MARKER).write_text(salt)
    await home.reload()


CHANGES: list[Change] = [
    withdrawn,
    withdrawn_in_part,
    forgotten,
    switched_off,
    switched_off_and_on_again,
    moved,
    moved_and_back,
    let_go,
    let_go_and_held_again,
    copied,
]


async def set_options(home: Home, options: dict[str, Any]) -> None:
    held = {"hold": True, "destination": {"url": home.receiver.url}}
    home.hass.config_entries.async_update_entry(home.entry, options={**held, **options})
    await home.hass.async_block_till_done(wait_background_tasks=True)


@pytest.fixture
def section() -> None:
    """Leave all to the options, which can change."""


@pytest.fixture
async def held(home: Home, receiver: Sink) -> Item:
    """Return a report that waits."""
    await set_options(home, {})
    await home.command("analytics/preferences", preferences=ALL_TIERS)
    return await home.made()


@pytest.mark.parametrize("change", CHANGES)
async def test_what_may_not_be_sent_any_more_is_dropped_at_once(
    home: Home, held: Item, change: Change
) -> None:
    await change(home)
    assert await home.items() == []
    assert (await home.command("analytics/status"))["held"] == 0
    with pytest.raises(CommandError) as raised:
        await home.approve(held)
    assert raised.value.translation_key == "held_gone"
    assert [arrival for arrival in home.receiver.arrivals if arrival.method == "POST"] == []


@pytest.mark.parametrize("change", CHANGES)
async def test_what_is_on_its_way_is_stopped_with_it(
    home: Home, held: Item, change: Change
) -> None:
    home.receiver.answer = Answer(delay=60)
    leaving = home.hass.async_create_task(home.approve(held))
    await home.receiver.wait_for_arrival()
    await change(home)
    assert (await leaving)["outcome"] in {"stopped", "retryable"}
    assert await home.items() == []


async def test_a_switch_that_nobody_has_seen_yet_stops_what_is_approved(
    home: Home, held: Item
) -> None:
    Path(home.hass.config.path(FILE_NAME)).touch()
    ended = await home.data.holding.async_approve(held["key"], held["digest"])
    assert ended.kind is Kind.BLOCKED
    with pytest.raises(CommandError) as raised:
        await home.approve(held)
    assert raised.value.translation_key == "held_gone"
    assert home.receiver.arrivals == []


async def test_a_no_that_came_by_another_way_stops_what_is_approved(home: Home, held: Item) -> None:
    data = home.data
    data.choices.choose({"usage": False})  # and nobody was told
    assert (await home.approve(held))["outcome"] == "blocked"
    assert home.receiver.arrivals == []


async def test_what_is_mended_without_a_word_about_sharing_drops_nothing(
    home: Home, held: Item
) -> None:
    await set_options(home, {"proxy": "no proxy"})
    assert (await home.approve(held))["outcome"] == "blocked"
    await set_options(home, {})
    [item] = await home.items()
    assert item["digest"] == held["digest"]
    assert (await home.approve(item))["outcome"] == "sent"
    assert [arrival.body for arrival in home.receiver.arrivals] == [held["body"].encode()]


@pytest.mark.parametrize("no", [withdrawn, withdrawn_in_part])
async def test_a_no_counts_also_while_something_else_keeps_it_from_leaving(
    home: Home, held: Item, tmp_path: Path, no: Change
) -> None:
    """And a yes that comes after it brings nothing back."""
    authority = tmp_path / "ca.pem"
    shutil.copy(certifi.where(), authority)
    await set_options(home, {"ca_file": str(authority)})
    assert len(await home.items()) == 1
    authority.rename(tmp_path / "away.pem")
    assert (await home.approve(held))["outcome"] == "blocked"
    assert len(await home.items()) == 1
    await no(home)
    assert await home.items() == []
    await home.command("analytics/preferences", preferences=ALL_TIERS)
    (tmp_path / "away.pem").rename(authority)
    await home.data.async_watch_switches()
    with pytest.raises(CommandError) as raised:
        await home.approve(held)
    assert raised.value.translation_key == "held_gone"
    assert home.receiver.arrivals == []


@pytest.mark.parametrize("no", [withdrawn, withdrawn_in_part])
async def test_a_no_that_can_not_be_saved_counts_all_the_same(
    storage_folder: Path, home: Home, held: Item, no: Change
) -> None:
    choices = storage_folder / "analytics.destinations"
    content = choices.read_text()
    choices.unlink()
    choices.mkdir()
    with pytest.raises(CommandError) as raised:
        await no(home)
    assert raised.value.translation_key == "not_saved"
    assert await home.items() == []
    choices.rmdir()
    choices.write_text(content)


async def test_loading_again_keeps_what_waits_and_the_time_it_has(home: Home, held: Item) -> None:
    await home.reload()
    [item] = await home.items()
    assert {key: item[key] for key in ("key", "digest", "time")} == {
        key: held[key] for key in ("key", "digest", "time")
    }
    assert abs(home.data.holding.items[0].since - home.hass.data[HELD].now) < 60


async def test_nothing_can_be_asked_while_nothing_is_loaded(home: Home, held: Item) -> None:
    assert await home.hass.config_entries.async_unload(home.entry.entry_id)
    for name, arguments in (
        ("analytics/outbox", {}),
        ("analytics/outbox/approve", {"key": held["key"], "digest": held["digest"]}),
        (
            "analytics/outbox/trim",
            {"key": held["key"], "digest": held["digest"], "tiers": ["usage"]},
        ),
        ("analytics/outbox/discard", {"key": held["key"]}),
    ):
        with pytest.raises(CommandError) as raised:
            await home.command(name, **arguments)
        assert raised.value.code == "not_found"


async def test_an_approval_that_a_reload_overtook_sends_nothing(home: Home, held: Item) -> None:
    """It would leave by the settings of before."""
    before = home.data
    await set_options(home, {"hold_for": {"days": 1}})
    ended = await before.async_approve(held["key"], held["digest"])
    assert ended.kind is Kind.STOPPED
    assert home.receiver.arrivals == []
    [item] = await home.items()
    assert item["digest"] == held["digest"]
    assert (await home.approve(item))["outcome"] == "sent"


async def test_an_unload_stops_what_is_on_its_way_and_it_waits_on(home: Home, held: Item) -> None:
    home.receiver.answer = Answer(delay=60)
    leaving = home.hass.async_create_task(home.approve(held))
    await home.receiver.wait_for_arrival()
    assert await home.hass.config_entries.async_unload(home.entry.entry_id)
    assert (await leaving)["outcome"] == "stopped"
    assert await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.hass.async_block_till_done(wait_background_tasks=True)
    [item] = await home.items()
    assert item["digest"] == held["digest"]
    assert item["last_outcome"]["outcome"] == "stopped"
