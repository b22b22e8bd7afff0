"""Starts, stops and crashes are shown before they leave, as they would leave."""

import json
from pathlib import Path
from typing import Any

import pytest
from homeassistant.const import __version__ as HOST_VERSION
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.service import async_get_all_descriptions

from custom_components.analytics.models import EVENTS, Message
from custom_components.analytics.run.current import MEMORY
from custom_components.analytics.run.fault_log import FILE_NAME, FaultLog

from .conftest import SAVED, Life
from .test_events import SETTLED, of, stop

FULLNESS = ("memory_nearly_full", "disk_nearly_full")
CHOSEN = {"base": True, "lifecycle": True, "diagnostics": True}


async def act(hass: HomeAssistant, asked: dict[str, Any]) -> Any:
    """Call the action that previews, and return its response."""
    return await hass.services.async_call(
        "analytics", "preview", asked, blocking=True, return_response=True
    )


async def test_the_preview_of_an_event_is_what_is_sent_of_it(killed: None, life: Life) -> None:
    life.agree(diagnostics=True)
    await life.start_up()
    shown = {kind: await act(life.hass, {"kind": kind}) for kind in EVENTS}
    assert of(life.receiver, "start", "stop") == []
    await life.wait(SETTLED)
    await stop(life.hass)
    await life.hass.async_block_till_done(wait_background_tasks=True)
    assert len(life.receiver.arrivals) == len(EVENTS)
    for arrival in life.receiver.arrivals:
        kind = arrival.report["event"]
        assert shown[kind]["payload"] == {**arrival.report, "uuid": "0" * 32}
        assert shown[kind]["bytes"] == len(arrival.body)
        assert shown[kind]["happened"] is (kind != Message.STOP)
        assert shown[kind]["destination"]["url"] == life.receiver.url


async def test_a_crash_is_shown_as_it_was_sent_after_a_reload_too(
    killed: None, life: Life, tmp_path: Path
) -> None:
    log = tmp_path / FILE_NAME
    log.touch()
    FaultLog(log, tmp_path / ".storage" / MEMORY).new()
    log.write_text(
        "Fatal Python error: Segmentation fault\n\n"
        "Current thread 0x00007f (most recent call first):\n"
        f'  File "{json.__file__}", line 10 in loads\n'
    )
    life.agree(diagnostics=True)
    entry = await life.start_up()
    [sent] = of(life.receiver, "fault")
    assert sent["fault"]["file"] == "json/__init__.py"
    await life.hass.config_entries.async_reload(entry.entry_id)
    shown = await act(life.hass, {"kind": "fault"})
    assert shown["payload"] == {**sent, "uuid": "0" * 32}


async def test_any_choices_are_shown_before_they_are_made_and_nothing_is_sent(life: Life) -> None:
    await life.start_up()
    start = await life.command("analytics/preview", kind="start", preferences=CHOSEN)
    assert start["payload"]["previous_end"] == "first"
    assert start["payload"]["uuid"] == "0" * 32
    end = await life.command("analytics/preview", kind="stop", preferences=CHOSEN)
    assert {type(end["payload"].pop(full)) for full in FULLNESS} == {bool}
    assert end["payload"] == {
        "event": "stop",
        "run_duration": 0,
        "uuid": "0" * 32,
        "version": HOST_VERSION,
    }
    await life.wait(SETTLED)
    assert life.receiver.arrivals == []
    assert "uuid" not in str(life.storage.get(SAVED, {}))
    assert "analytics.events" not in life.storage


async def test_without_a_crash_it_shows_what_a_kill_of_this_run_would_be_told_as(
    life: Life,
) -> None:
    await life.start_up()
    shown = await life.command("analytics/preview", kind="fault", preferences=CHOSEN)
    assert shown["happened"] is False
    assert type(shown["payload"].pop("disk_nearly_full")) is bool
    assert shown["payload"] == {
        "event": "fault",
        "memory_nearly_full": False,
        "previous_end": "killed",
        "run_duration": 0,
        "unclean_ends": "first",
        "uuid": "0" * 32,
        "version": HOST_VERSION,
        "version_changed": False,
    }


@pytest.mark.parametrize(
    ("kind", "preferences"),
    [
        *[(kind, {}) for kind in EVENTS],
        *[(kind, {"base": True}) for kind in EVENTS],
        *[(kind, {"lifecycle": True, "diagnostics": True}) for kind in EVENTS],
        ("fault", {"base": True, "lifecycle": True}),
    ],
)
async def test_what_is_not_chosen_is_not_shown(
    life: Life, kind: str, preferences: dict[str, bool]
) -> None:
    await life.start_up()
    shown = await life.command("analytics/preview", kind=kind, preferences=preferences)
    assert (shown["payload"], shown["bytes"]) == ({}, 0)


@pytest.mark.parametrize("kind", EVENTS)
async def test_for_a_destination_that_takes_no_events_there_are_none(life: Life, kind: str) -> None:
    await life.start_up({"destination": {"url": life.receiver.url}})
    shown = await life.command("analytics/preview", kind=kind, preferences=CHOSEN)
    assert shown["payload"] == {}


@pytest.mark.parametrize("kind", EVENTS)
async def test_it_is_shown_by_the_action_too_and_only_what_the_guard_has_seen(
    life: Life, tmp_path: Path, kind: str
) -> None:
    await life.start_up()
    asked = {"kind": kind, "preferences": CHOSEN}
    assert (await act(life.hass, asked))["payload"]["event"] == kind
    fields = (await async_get_all_descriptions(life.hass))["analytics"]["preview"]["fields"]
    assert kind in fields["kind"]["selector"]["select"]["options"]
    (tmp_path / "secrets.yaml").mkdir()
    with pytest.raises(HomeAssistantError) as refused:
        await act(life.hass, asked)
    assert refused.value.translation_key == "secrets_unreadable"
