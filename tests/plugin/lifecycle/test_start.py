"""What a start tells: each part for itself, and one that can't be read is left out."""

from pathlib import Path
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockModule, mock_integration

from custom_components.analytics.collect import Source
from custom_components.analytics.lifecycle.start import async_start_event, start_duration
from custom_components.analytics.models import Message
from custom_components.analytics.run.current import Run, async_begin
from custom_components.analytics.run.fault_log import FaultLog, Found
from custom_components.analytics.run.previous import End, Mark, Phase, PreviousRun, RunFile
from custom_components.analytics.tiers.facts import Event, SetupFailure

VERSION = "2026.10.4"


def marks(**times: float) -> tuple[Mark, ...]:
    """Return the marks of phases at these times, in the order in which they are given."""
    return tuple(Mark(phase=Phase(phase), time=0, moment=moment) for phase, moment in times.items())


@pytest.fixture
def run(tmp_path: Path, freezer: FrozenDateTimeFactory) -> Run:
    """Return a run that took 42 seconds to start, after one of an earlier version."""
    file = RunFile(tmp_path / "run", version=VERSION)
    file.begin()
    freezer.tick(42)
    file.mark(Phase.RUNNING)
    return Run(
        file=file,
        fault_log=FaultLog(tmp_path / "log", tmp_path / "memory"),
        previous=PreviousRun(end=End.CLEAN, version="2025.4.4"),
        found=Found(),
    )


@pytest.fixture
def source(hass: HomeAssistant) -> Source:
    """Return the host without any configuration."""
    return Source(hass=hass, yaml_domains=frozenset())


async def test_all_that_a_start_tells(hass: HomeAssistant, source: Source, run: Run) -> None:
    mock_integration(hass, MockModule("zha", dependencies=["not_there"]))
    mock_integration(hass, MockModule("annas_house", dependencies=["zha"]), built_in=False)
    assert not await async_setup_component(hass, "zha", {})
    assert not await async_setup_component(hass, "annas_house", {})
    assert await async_start_event(source, run) == Event(
        event=Message.START,
        start_duration=30,
        previous_end="clean",
        version_changed=True,
        setup_failures=(SetupFailure(domain="zha", reason="dependencies"),),
        custom_setup_failures={"dependencies": 1},
        cloud="not_loaded",
    )


async def test_a_part_that_can_not_be_read_is_left_out(
    hass: HomeAssistant, source: Source, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    broken: Any = {"annas_house": "no task"}
    hass.data["setup_tasks"] = broken
    event = await async_start_event(source, run)
    assert (event.setup_failures, event.custom_setup_failures) == (None, None)
    assert (event.start_duration, event.cloud) == (30, "not_loaded")
    hass.config.components.add("cloud")
    hass.data["setup_tasks"] = {}
    hass.data["cloud"] = object()
    event = await async_start_event(source, run)
    assert (event.setup_failures, event.custom_setup_failures) == ((), {})
    assert event.cloud is None
    complaints = [record for record in caplog.records if "Reports go without" in record.message]
    assert len(complaints) == 2
    assert "annas_house" not in str([record.getMessage() for record in complaints])


@pytest.mark.parametrize(
    ("marked", "duration"),
    [
        (marks(starting=10, running=10), 0),
        (marks(starting=10, running=14.9), 0),
        (marks(starting=10, running=15), 5),
        (marks(starting=10, running=129.9), 60),
        (marks(starting=10, running=1500), 600),
        (marks(starting=10), None),
        (marks(running=10), None),
        ((), None),
    ],
)
def test_how_long_a_start_took_is_told_in_steps(
    marked: tuple[Mark, ...], duration: int | None
) -> None:
    assert start_duration(marked) == duration


def test_set_up_again_later_the_start_took_as_long_as_it_took() -> None:
    again = (*marks(starting=10, running=20, unloaded=500), *marks(running=900))
    assert start_duration(again) == 10


async def test_the_version_is_known_from_one_run_to_the_next(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    first = await async_begin(hass)
    assert first.version_changed is None
    file = tmp_path / ".storage" / "analytics.run"
    again = Run(
        file=RunFile(file, version=first.file.version),
        fault_log=first.fault_log,
        previous=RunFile(file).begin(),
        found=Found(),
    )
    assert again.previous.version
    assert again.version_changed is False
