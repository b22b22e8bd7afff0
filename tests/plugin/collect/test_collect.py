"""Collectors are isolated: one that fails or hangs costs its own fact, and is said once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import fields
from datetime import timedelta
from typing import Any, Final

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.analytics.collect import (
    COLLECTOR_LIMIT,
    COLLECTORS,
    Source,
    async_collect,
)
from custom_components.analytics.tiers.facts import (
    Energy,
    Facts,
    Installation,
    Integrations,
    OperatingSystem,
    PanelUse,
    Recorder,
    Supervisor,
)
from custom_components.analytics.tiers.payload import build
from custom_components.analytics.tiers.standard import TIERS

from .machines import MACHINES

type Collector = Callable[[Source], Awaitable[Any]]

SECRET: Final = "a value that must not be in a log"


def returning(value: object) -> Collector:
    """Return a collector that works."""

    async def collector(_source: Source) -> object:
        return value

    return collector


def raising(*errors: Exception | None) -> Collector:
    """Return a collector that fails with these errors in turn, and works at None and after them."""
    turns: Iterator[Exception | None] = iter(errors)

    async def collector(_source: Source) -> int:
        if error := next(turns, None):
            raise error
        return 7

    return collector


async def hanging(_source: Source) -> int:
    """Never return."""
    await asyncio.Event().wait()
    return 7


def complaints(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Return the warnings and errors of the plugin."""
    return [
        record
        for record in caplog.records
        if record.name.startswith("custom_components.") and record.levelno >= logging.WARNING
    ]


@pytest.fixture
def source(hass: HomeAssistant) -> Source:
    """Return a host without any configuration."""
    return Source(hass=hass, yaml_domains=frozenset())


@pytest.mark.parametrize(
    "error",
    [
        ValueError(SECRET),
        KeyError(SECRET),
        AttributeError(SECRET),
        ImportError(SECRET),
        OSError(SECRET),
        TimeoutError(SECRET),
        HomeAssistantError(SECRET),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_one_that_fails_costs_its_own_fact(
    source: Source, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    collectors = {
        "state_count": returning(1),
        "user_count": raising(error),
        "automation_count": returning(2),
    }
    facts = await async_collect(source, set(collectors), collectors)
    assert facts == Facts(state_count=1, automation_count=2)
    [complaint] = complaints(caplog)
    assert "user_count" in complaint.getMessage()
    assert type(error).__name__ in complaint.getMessage()
    assert SECRET not in complaint.getMessage()
    assert not complaint.exc_info


async def test_all_may_fail(source: Source, caplog: pytest.LogCaptureFixture) -> None:
    collectors = {name: raising(ValueError()) for name in COLLECTORS}
    assert await async_collect(source, set(collectors), collectors) == Facts()
    assert len(complaints(caplog)) == len(COLLECTORS)


async def test_a_failure_is_said_once_until_it_works_again(
    source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    turns = (ValueError(), ValueError(), KeyError(), None, ValueError(), ValueError())
    collectors = {"user_count": raising(*turns)}
    said = []
    for _ in turns:
        await async_collect(source, {"user_count"}, collectors)
        said.append(len(complaints(caplog)))
    assert said == [1, 1, 1, 1, 2, 2]


async def test_each_is_said_for_itself(source: Source, caplog: pytest.LogCaptureFixture) -> None:
    collectors = {
        "user_count": raising(*[ValueError()] * 3),
        "state_count": raising(None, ValueError(), ValueError()),
    }
    said = []
    for _ in range(3):
        await async_collect(source, set(collectors), collectors)
        said.append(len(complaints(caplog)))
    assert said == [1, 2, 2]


async def test_what_is_not_needed_is_not_read(source: Source) -> None:
    read: list[str] = []

    def noting(name: str) -> Collector:
        async def collector(_source: Source) -> int:
            read.append(name)
            return 7

        return collector

    collectors = {name: noting(name) for name in ("state_count", "user_count")}
    facts = await async_collect(source, {"user_count"}, collectors)
    assert facts == Facts(user_count=7)
    assert read == ["user_count"]


async def test_one_that_hangs_is_given_up(
    hass: HomeAssistant, source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    collectors = {"user_count": hanging, "state_count": returning(1)}
    collecting = asyncio.create_task(async_collect(source, set(collectors), collectors))
    await asyncio.sleep(0)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=COLLECTOR_LIMIT - 1))
    await asyncio.sleep(0)
    assert not collecting.done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=COLLECTOR_LIMIT + 1))
    assert await collecting == Facts(state_count=1)
    [complaint] = complaints(caplog)
    assert "user_count" in complaint.getMessage()


async def test_stopping_a_report_stops_its_collector(
    source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    collecting = asyncio.create_task(async_collect(source, {"user_count"}, {"user_count": hanging}))
    await asyncio.sleep(0)
    collecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await collecting
    assert complaints(caplog) == []


def test_every_fact_has_a_collector() -> None:
    facts = {field.name for field in fields(Facts)} - {"uuid", "event"}  # no collector's
    assert set(COLLECTORS) == facts


EVERY_FIELD: Final = tuple(field for tier in TIERS.values() for field in tier.fields)
FULL: Final = Facts(
    installation=Installation(version="2026.10.4", installation_type="Home Assistant OS"),
    supervisor=Supervisor(healthy=True, supported=True, arch="amd64"),
    operating_system=OperatingSystem(board="ova", version="15.2"),
    integrations=Integrations(built_in=("sun",), custom=()),
    certificate=False,
    energy=Energy(configured=True),
    recorder=Recorder(engine="sqlite", version="3.49.2"),
    addons=(),
    addon_count=0,
    state_count=1,
    automation_count=0,
    user_count=1,
    environment=MACHINES["KVM with Home Assistant OS"].expected,
    panels=(PanelUse(panel="energy", opened=1),),
)


@pytest.mark.parametrize("name", COLLECTORS)
async def test_a_report_lacks_only_what_was_built_from_the_missing_fact(
    source: Source, name: str
) -> None:
    collectors = {fact: returning(getattr(FULL, fact)) for fact in COLLECTORS}
    whole = build(await async_collect(source, set(collectors), collectors), EVERY_FIELD)
    collectors[name] = raising(ValueError())
    partial = build(await async_collect(source, set(collectors), collectors), EVERY_FIELD)
    built_from_it = {
        field.name for tier in TIERS.values() for field in tier.fields if name in field.facts
    }
    assert built_from_it
    assert set(whole) - set(partial) == built_from_it
    assert partial == {field: whole[field] for field in partial}
