"""A host that starts, for a destination that takes events."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from scripts.sink import Sink

from ..conftest import Command, Start, Wait

SAVED = "analytics.destinations"

type Agree = Callable[..., None]


@pytest.fixture
def section(receiver: Sink) -> dict[str, Any]:
    """Return the section that makes the receiver a destination that takes events."""
    return {"destination": {"name": "Test receiver", "url": receiver.url, "extended": True}}


@pytest.fixture
def agree(hass_storage: dict[str, Any], receiver: Sink) -> Agree:
    """Let an earlier run have saved what the user chose, if not told of the first version."""

    def agree(version: int = 1, **chosen: bool) -> None:
        preferences = {"base": True, "lifecycle": True, **chosen}
        versions = {"lifecycle": version}
        record = {"onboarded": True, "preferences": preferences, "versions": versions}
        data = {"destinations": {receiver.url: record}}
        hass_storage[SAVED] = {"version": 1, "minor_version": 1, "key": SAVED, "data": data}

    return agree


@pytest.fixture
def killed(tmp_path: Path) -> None:
    """Let the last run have been killed."""
    run = {"boot_id": "", "version": "2025.1.1", "marks": [["running", 1.0]]}
    (tmp_path / ".storage" / "analytics.run").write_text(json.dumps(run))


@dataclass(frozen=True, kw_only=True)
class Life:
    """A host in which the plugin is set up for a destination that takes events, and its ends."""

    hass: HomeAssistant
    section: dict[str, Any]
    receiver: Sink
    command: Command
    wait: Wait
    agree: Agree
    storage: dict[str, Any]
    start: Start

    async def set_up(self, section: object = None) -> ConfigEntry:
        """Set the plugin up in a host that has not started yet."""
        self.hass.set_state(CoreState.starting)
        return await self.start(section or self.section)

    async def start_up(self, section: object = None) -> ConfigEntry:
        """Set the plugin up, and let the host start."""
        entry = await self.set_up(section)
        await started(self.hass)
        return entry


@pytest.fixture
def life(
    hass: HomeAssistant,
    section: dict[str, Any],
    receiver: Sink,
    command: Command,
    wait: Wait,
    agree: Agree,
    hass_storage: dict[str, Any],
    start: Start,
) -> Life:
    """Return all that a test of events works with."""
    return Life(
        hass=hass,
        section=section,
        receiver=receiver,
        command=command,
        wait=wait,
        agree=agree,
        storage=hass_storage,
        start=start,
    )


async def started(hass: HomeAssistant) -> None:
    """Let the host have started."""
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done(wait_background_tasks=True)
    # What is due at once may not have had its turn: nothing waits for a timer.
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
