"""The parts of a loaded config entry: all of them run, and stop in the reverse of their order."""

from homeassistant.core import HomeAssistant, callback

from custom_components.analytics import host
from custom_components.analytics.data import AnalyticsData
from custom_components.analytics.models import Matter
from custom_components.analytics.part import Part
from custom_components.analytics.snapshots import SnapshotReporter

from .conftest import Start

KINDS = {kind for kind in Part.__subclasses__() if kind.__module__.startswith("custom_components")}


class Noted(Part):
    """A part that writes down what it was told."""

    def __init__(self, name: str, told: list[str], matter: Matter | None = None) -> None:
        self._name = name
        self._told = told
        self.matter = matter

    @callback
    def async_update(self) -> None:
        self._told.append(f"{self._name} updated")

    @callback
    def async_forget(self) -> None:
        self._told.append(f"{self._name} forgot")

    async def async_stop(self) -> None:
        self._told.append(f"{self._name} stopped")


async def test_every_part_runs_once(start: Start) -> None:
    data: AnalyticsData = (await start()).runtime_data
    running = [type(part) for part in data.parts]
    expected = KINDS if host.has_snapshots() else KINDS - {SnapshotReporter}
    assert len(running) == len(expected)
    assert set(running) == expected


async def test_parts_are_told_in_their_order_and_stop_in_reverse(
    hass: HomeAssistant, start: Start
) -> None:
    entry = await start()
    data: AnalyticsData = entry.runtime_data
    told: list[str] = []
    real = data.parts
    data.parts = (Noted("first", told), Noted("second", told, Matter.REPORTS))
    data.async_refresh()
    data.async_forget(Matter.REPORTS)
    await data.async_stop()
    assert told == [
        "first updated",
        "second updated",
        "second forgot",
        "second stopped",
        "first stopped",
    ]
    data.parts = real
    assert await hass.config_entries.async_unload(entry.entry_id)
