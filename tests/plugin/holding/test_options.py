"""The two settings about approval: what can't be read sends nothing, and lets nothing go."""

from datetime import timedelta
from typing import Any

import pytest

from custom_components.analytics.settings import resolve

from .conftest import Home


def test_nothing_waits_unless_somebody_asks_for_it() -> None:
    settings = resolve(None, {})
    assert (settings.hold, settings.hold_for) == (False, timedelta(days=7))


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        ({"hold": "perhaps"}, "hold: expected true or false"),
        ({"hold": True, "hold_for": {"minutes": 59}}, "hold_for: expected 1:00:00 to 60 days"),
        ({"hold": True, "hold_for": {"days": 61}}, "hold_for: expected 1:00:00 to 60 days"),
    ],
)
def test_what_can_not_be_read_of_them_sends_nothing(section: Any, problem: str) -> None:
    settings = resolve(section, {})
    assert settings.problem is not None
    assert settings.problem.startswith(problem)
    assert settings.hold is True


def test_yaml_wins_over_the_options() -> None:
    assert resolve({"hold": True}, {"hold": False}).hold is True
    assert resolve({"hold_for": {"hours": 2}}, {"hold": True}).hold is True


async def test_what_waits_is_kept_while_the_settings_can_not_be_read(home: Home) -> None:
    item = await home.made()
    home.hass.config_entries.async_update_entry(home.entry, options={"hold_for": {"minutes": 1}})
    await home.hass.async_block_till_done(wait_background_tasks=True)
    assert (await home.approve(item))["outcome"] == "blocked"
    assert home.receiver.arrivals == []
    home.hass.config_entries.async_update_entry(home.entry, options={})
    await home.hass.async_block_till_done(wait_background_tasks=True)
    [again] = await home.items()
    assert again["digest"] == item["digest"]
    assert (await home.approve(again))["outcome"] == "sent"


async def test_what_waits_is_for_as_long_as_was_set(home: Home) -> None:
    await home.made()
    home.hass.config_entries.async_update_entry(home.entry, options={"hold_for": {"hours": 1}})
    await home.hass.async_block_till_done(wait_background_tasks=True)
    assert (await home.command("analytics/outbox"))["discard_after"] == 3600.0
    [item] = home.data.holding.items
    assert timedelta(minutes=59) < home.data.holding.left(item) <= timedelta(hours=1)
