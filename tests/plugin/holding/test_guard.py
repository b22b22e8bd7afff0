"""What the guard has learnt since something was made: it is shown anew, and nothing leaves."""

from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockModule, mock_integration

from scripts.sink import Sink

from ..conftest import ALL_TIERS, Command, Start, Wait
from .conftest import Home


@pytest.fixture
async def home(
    hass: HomeAssistant,
    start: Start,
    section: dict[str, Any],
    receiver: Sink,
    command: Command,
    wait: Wait,
) -> Home:
    """Return a home with a custom integration whose name is no secret yet."""
    mock_integration(hass, MockModule("swordfish"), built_in=False)
    hass.config.components.add("swordfish")
    entry: ConfigEntry = await start(section, swordfish={})
    await command("analytics/preferences", preferences=ALL_TIERS)
    return Home(hass=hass, entry=entry, receiver=receiver, command=command, wait=wait)


async def test_a_secret_that_was_learnt_meanwhile_does_not_leave(
    home: Home, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    item = await home.made()
    assert "swordfish" in item["body"]
    (tmp_path / "secrets.yaml").write_text("alarm: swordfish\n")
    outcome = await home.approve(item)
    assert (outcome["outcome"], outcome["reason"]) == ("held", "changed")
    assert home.receiver.arrivals == []
    [again] = await home.items()
    assert again["key"] == item["key"]
    assert again["digest"] != item["digest"]
    assert again["reason"] == "changed"
    assert again["dropped"] == {"custom_integrations": 1}
    assert "swordfish" not in again["body"]
    assert (await home.approve(again))["outcome"] == "sent"
    assert [arrival.body for arrival in home.receiver.arrivals] == [again["body"].encode()]
    [entry] = (await home.command("analytics/journal"))["entries"]
    assert entry["dropped"] == {"custom_integrations": 1}
    ours = [r.getMessage() for r in caplog.records if r.name == "custom_components.analytics"]
    assert "swordfish" not in str(ours)


async def test_secrets_that_can_not_be_read_let_nothing_leave(home: Home, tmp_path: Path) -> None:
    item = await home.made()
    (tmp_path / "secrets.yaml").mkdir()
    outcome = await home.approve(item)
    assert outcome["outcome"] == "retryable"
    assert "secrets.yaml" in outcome["reason"]
    assert home.receiver.arrivals == []
    assert [each["digest"] for each in await home.items()] == [item["digest"]]
