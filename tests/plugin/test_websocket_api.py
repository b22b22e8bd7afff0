"""The commands of the front end."""

from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from scripts.sink import Sink

from .conftest import SHOWN_KEYS, Command, CommandError, Start

ALL_OFF = dict.fromkeys(SHOWN_KEYS, False)
# What is kept for a destination: snapshots have one of their own.
REPORTS_OFF = {key: False for key in SHOWN_KEYS if key != "snapshots"}


async def test_nobody_was_asked_yet(start: Start, command: Command) -> None:
    await start()
    assert await command("analytics") == {"preferences": ALL_OFF, "onboarded": False}


async def test_choices_are_kept_and_merged(start: Start, command: Command) -> None:
    await start()
    answer = await command("analytics/preferences", preferences={"base": True, "usage": True})
    assert answer == {"preferences": ALL_OFF | {"base": True, "usage": True}}
    answer = await command("analytics/preferences", preferences={"usage": False})
    assert answer == {"preferences": ALL_OFF | {"base": True}}
    assert await command("analytics") == {**answer, "onboarded": True}


async def test_every_key_that_was_answered_is_accepted(start: Start, command: Command) -> None:
    await start()
    preferences = (await command("analytics"))["preferences"]
    answer = await command("analytics/preferences", preferences=preferences)
    assert answer == {"preferences": preferences}


@pytest.mark.parametrize(
    ("preferences", "named"),
    [
        ({"base": 1}, "base"),
        ({"base": None}, "base"),
        ({"base": "yes"}, "base"),
        ({"telemetry": True}, "telemetry"),
        ({"": True}, "preferences"),
        ([], "preferences"),
    ],
)
async def test_what_is_no_choice_is_refused_by_name_and_changes_nothing(
    start: Start, command: Command, preferences: Any, named: str
) -> None:
    await start()
    with pytest.raises(CommandError) as refused:
        await command("analytics/preferences", preferences=preferences)
    assert refused.value.code == "invalid_format"
    assert named in refused.value.message
    assert (await command("analytics"))["onboarded"] is False


@pytest.mark.parametrize("name", ["analytics", "analytics/preferences"])
async def test_only_administrators_may(
    start: Start, command: Command, hass_read_only_access_token: str, name: str
) -> None:
    await start()
    with pytest.raises(CommandError) as refused:
        await command(name, hass_read_only_access_token)
    assert refused.value.code == "unauthorized"


@pytest.mark.parametrize("name", ["analytics", "analytics/preferences"])
async def test_not_found_while_not_loaded(
    hass: HomeAssistant, start: Start, command: Command, name: str
) -> None:
    entry = await start()
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(CommandError) as refused:
        await command(name)
    assert refused.value.code == "not_found"
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert await command(name)


async def test_settings_that_can_not_be_used_do_not_hold_up_onboarding(
    start: Start, command: Command
) -> None:
    await start({"destination": {"url": "nonsense"}, "unknown": 1})
    await command("analytics/preferences", preferences={"base": True})
    assert (await command("analytics"))["onboarded"] is True


async def test_each_destination_has_its_own_choices(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
) -> None:
    hass_storage["core.analytics"] = {
        "version": 1,
        "key": "core.analytics",
        "data": {"onboarded": True, "preferences": {"base": True}, "uuid": "0" * 32},
    }
    await start(section)
    assert await command("analytics") == {"preferences": ALL_OFF, "onboarded": False}
    await command("analytics/preferences", preferences={"statistics": True})
    assert hass_storage["core.analytics"]["data"]["preferences"] == {"base": True}
    own = hass_storage["analytics.destinations"]["data"]["destinations"]
    assert own[receiver.url]["preferences"] == REPORTS_OFF | {"statistics": True}
