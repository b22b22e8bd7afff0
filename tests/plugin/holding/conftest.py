"""A home in which all waits until somebody has approved it, and the doors to what waits."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from custom_components.analytics.data import AnalyticsData
from scripts.sink import Sink

from ..conftest import ALL_TIERS, Command, Start, Wait

type Item = dict[str, Any]
type Change = Callable[["Home"], Awaitable[None]]


@pytest.fixture
def section(receiver: Sink) -> dict[str, Any]:
    """Return the section that lets all wait, for a destination that takes events."""
    return {
        "destination": {"name": "Test receiver", "url": receiver.url, "extended": True},
        "hold": True,
    }


@dataclass(frozen=True, kw_only=True)
class Home:
    """A host in which the plugin is loaded, and a report may wait."""

    hass: HomeAssistant
    entry: ConfigEntry
    receiver: Sink
    command: Command
    wait: Wait

    @property
    def data(self) -> AnalyticsData:
        """Return what is loaded."""
        data: AnalyticsData = self.entry.runtime_data
        return data

    @property
    def digests(self) -> list[str]:
        """Return by what is known that waits, where time leapt: a login ends by the clock."""
        return [item.digest for item in self.data.holding.items]

    async def items(self) -> list[Item]:
        """Return what waits, newest first."""
        found: list[Item] = (await self.command("analytics/outbox"))["items"]
        return found

    async def made(self) -> Item:
        """Let a report be made, and return it as it waits."""
        assert (await self.command("analytics/send"))["outcome"] == "held"
        await self.hass.async_block_till_done()  # it is on disk as well
        [item] = [item for item in await self.items() if item["kind"] == "report"]
        return item

    async def approve(self, item: Item) -> Any:
        """Approve what was shown; returns how that ended."""
        return await self.command(
            "analytics/outbox/approve", key=item["key"], digest=item["digest"]
        )

    async def reload(self) -> None:
        """Load the entry again, as when options were saved."""
        assert await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self.hass.async_block_till_done(wait_background_tasks=True)


@pytest.fixture
async def home(
    hass: HomeAssistant,
    start: Start,
    section: dict[str, Any],
    receiver: Sink,
    command: Command,
    wait: Wait,
) -> Home:
    """Return a home that shares all reports, as far as somebody approves them."""
    entry = await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    return Home(hass=hass, entry=entry, receiver=receiver, command=command, wait=wait)
