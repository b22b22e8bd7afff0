"""Reports and choices on a host with a Supervisor, which may fail, hang or not be ready yet."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.analytics import host
from scripts.sink import Answer, Sink

from .conftest import ALL_TIERS, Command, Start, Wait
from .supervisor import (
    KEEPS_MODELS,
    OPTIONS,
    PATIENCE,
    AddOn,
    Part,
    Supervisor,
    Told,
    Trouble,
    attach,
    outlast,
    tell,
)

type Report = dict[str, Any]
type SendReport = Callable[[], Awaitable[Report]]

FIRST_REPORT: Final = timedelta(minutes=15)
NEXT_REPORT: Final = timedelta(hours=24)

SSH: Final = AddOn(slug="core_ssh", protected=False, auto_update=True)
MQTT: Final = AddOn(slug="core_mosquitto", version="6.5.2")
GRAFANA: Final = AddOn(slug="a0d7b954_grafana", version=None)
ADDONS: Final = (SSH, MQTT, GRAFANA)
READY: Final = Told(addons=ADDONS)

NOTHING: Final = {"base": False, "diagnostics": False}
FIELDS: Final = {"supervisor", "operating_system", "addons", "addon_count"}


def in_report(*addons: AddOn) -> list[Report]:
    """Return what a report tells of these add-ons."""
    return [
        {
            "slug": addon.slug,
            "protected": addon.protected,
            "version": addon.version,
            "auto_update": addon.auto_update,
        }
        for addon in addons
    ]


def slugs(report: Report) -> set[str]:
    """Return the add-ons that a report names."""
    return {addon["slug"] for addon in report["addons"]}


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the warnings and errors of the plugin."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components.") and record.levelno >= logging.WARNING
    ]


@pytest.fixture
async def first_report(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    supervisor: Supervisor,
) -> Callable[..., Awaitable[Report]]:
    """Start the plugin, choose, and return the first report."""

    async def first_report(**preferences: bool) -> Report:
        await start(section)
        await command("analytics/preferences", preferences=preferences or ALL_TIERS)
        await outlast(hass, supervisor, wait(FIRST_REPORT))
        report: Report = receiver.reports[0].report
        return report

    return first_report


@pytest.fixture
async def next_report(
    hass: HomeAssistant, wait: Wait, receiver: Sink, supervisor: Supervisor
) -> SendReport:
    """Return the report of the next day."""

    async def next_report() -> Report:
        await outlast(hass, supervisor, wait(NEXT_REPORT))
        report: Report = receiver.reports[-1].report
        return report

    return next_report


async def test_without_a_supervisor_nothing_tells_of_one(
    first_report: Callable[..., Awaitable[Report]], supervisor: Supervisor
) -> None:
    report = await first_report()
    assert not FIELDS & set(report)
    assert supervisor.asked == []


@pytest.mark.parametrize(
    ("preferences", "fields"),
    [
        ({"base": True}, {"supervisor", "operating_system"}),
        ({"base": True, "usage": True}, {"supervisor", "operating_system", "addons"}),
        ({"base": True, "statistics": True}, {"supervisor", "operating_system", "addon_count"}),
        (ALL_TIERS, FIELDS),
    ],
)
async def test_each_tier_has_its_part(
    hass: HomeAssistant,
    first_report: Callable[..., Awaitable[Report]],
    supervisor: Supervisor,
    preferences: dict[str, bool],
    fields: set[str],
) -> None:
    attach(hass, supervisor, READY)
    report = await first_report(**preferences)
    assert FIELDS & set(report) == fields
    # A number needs no details, and who did not allow usage causes no questions about it.
    assert set(supervisor.asked) - {OPTIONS} == (
        {addon.slug for addon in ADDONS} if "usage" in preferences else set()
    )


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            Told(),
            {
                "installation_type": "Home Assistant OS",
                "supervisor": {"healthy": True, "supported": True, "arch": "amd64"},
                "operating_system": {"board": "generic-x86-64", "version": "15.2"},
                "addons": [],
                "addon_count": 0,
            },
        ),
        (
            Told(healthy=False, arch="aarch64"),
            {"supervisor": {"healthy": False, "supported": True, "arch": "aarch64"}},
        ),
        (
            Told(supported=False),
            {"supervisor": {"healthy": True, "supported": False, "arch": "amd64"}},
        ),
        (Told(arch=None), {"supervisor": {"healthy": True, "supported": True}}),
        (
            Told(board=None),
            {"installation_type": "Home Assistant Supervised", "operating_system": None},
        ),
        (
            Told(board="rpi5-64", os_version=None),
            {"operating_system": {"board": "rpi5-64", "version": None}},
        ),
        (
            Told(addons=(SSH, MQTT, GRAFANA)),
            {"addons": in_report(SSH, MQTT, GRAFANA), "addon_count": 3},
        ),
    ],
    ids=[
        "all is well",
        "unhealthy",
        "unsupported",
        "unknown architecture",
        "no operating system of its own",
        "a system without a version",
        "add-ons",
    ],
)
async def test_what_the_supervisor_told_is_reported(
    hass: HomeAssistant,
    first_report: Callable[..., Awaitable[Report]],
    supervisor: Supervisor,
    told: Told,
    expected: Report,
) -> None:
    attach(hass, supervisor, told)
    report = await first_report()
    assert {name: report.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("missing", "left_out"),
    [
        (set(Part), FIELDS),
        ({Part.SUPERVISOR}, {"supervisor", "addons", "addon_count"}),
        ({Part.OS}, {"operating_system"}),
        ({Part.HOST}, set()),
    ],
    ids=["all", "the Supervisor's state", "the system", "the machine"],
)
async def test_what_is_not_ready_is_left_out_until_it_is(
    hass: HomeAssistant,
    first_report: Callable[..., Awaitable[Report]],
    next_report: SendReport,
    supervisor: Supervisor,
    caplog: pytest.LogCaptureFixture,
    missing: set[Part],
    left_out: set[str],
) -> None:
    attach(hass, supervisor, Told(addons=ADDONS, missing=frozenset(missing)))
    report = await first_report()
    assert FIELDS - set(report) == left_out
    tell(hass, READY)
    assert set(await next_report()) >= FIELDS
    assert complaints(caplog) == []


@pytest.mark.skipif(not KEEPS_MODELS, reason="older hosts learn of add-ons with the Supervisor")
async def test_addons_that_are_not_known_yet_count_as_none(
    hass: HomeAssistant, first_report: Callable[..., Awaitable[Report]], supervisor: Supervisor
) -> None:
    attach(hass, supervisor, Told(addons=ADDONS, missing=frozenset({Part.ADDONS})))
    report = await first_report()
    assert report["addons"] == []
    assert report["addon_count"] == 0


async def test_addons_are_asked_about_at_once(
    hass: HomeAssistant, first_report: Callable[..., Awaitable[Report]], supervisor: Supervisor
) -> None:
    addons = tuple(AddOn(slug=f"local_{number}") for number in range(20))
    attach(hass, supervisor, Told(addons=addons))
    supervisor.hold(until=len(addons))
    report = await first_report()
    assert slugs(report) == {addon.slug for addon in addons}


@pytest.mark.parametrize("trouble", Trouble)
async def test_an_addon_that_fails_is_left_out_alone_and_said_once(
    hass: HomeAssistant,
    first_report: Callable[..., Awaitable[Report]],
    next_report: SendReport,
    supervisor: Supervisor,
    caplog: pytest.LogCaptureFixture,
    trouble: Trouble,
) -> None:
    attach(hass, supervisor, READY)
    supervisor.trouble[SSH.slug] = trouble
    for report in (await first_report(), await next_report()):
        assert slugs(report) == {MQTT.slug, GRAFANA.slug}
        assert report["addon_count"] == 3
    [complaint] = complaints(caplog)
    assert SSH.slug in complaint

    supervisor.trouble.clear()
    assert slugs(await next_report()) == {addon.slug for addon in ADDONS}
    supervisor.trouble[SSH.slug] = trouble
    assert slugs(await next_report()) == {MQTT.slug, GRAFANA.slug}
    assert complaints(caplog) == [complaint, complaint]


async def test_an_addon_that_a_later_client_describes_in_other_words_is_left_out_alone(
    hass: HomeAssistant,
    first_report: Callable[..., Awaitable[Report]],
    supervisor: Supervisor,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = host.async_addon_info

    async def later(hass: HomeAssistant, slug: str) -> Any:
        return SimpleNamespace(slug=slug) if slug == SSH.slug else await known(hass, slug)

    monkeypatch.setattr(host, "async_addon_info", later)
    attach(hass, supervisor, READY)
    report = await first_report()
    assert slugs(report) == {MQTT.slug, GRAFANA.slug}
    [complaint] = complaints(caplog)
    assert SSH.slug in complaint


@pytest.mark.parametrize("trouble", Trouble)
async def test_all_addons_may_fail(
    hass: HomeAssistant,
    first_report: Callable[..., Awaitable[Report]],
    supervisor: Supervisor,
    caplog: pytest.LogCaptureFixture,
    trouble: Trouble,
) -> None:
    attach(hass, supervisor, READY)
    supervisor.trouble.update({addon.slug: trouble for addon in ADDONS})
    report = await first_report()
    assert report["addons"] == []
    assert report["addon_count"] == 3
    assert report["supervisor"] == {"healthy": True, "supported": True, "arch": "amd64"}
    assert len(complaints(caplog)) == len(ADDONS)


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"diagnostics": True}, [{"diagnostics": True}]),
        ({"diagnostics": False}, [{"diagnostics": False}]),
        ({"base": True}, []),
        ({**ALL_TIERS, "diagnostics": True}, [{"diagnostics": True}]),
    ],
)
async def test_the_supervisor_is_told_what_was_chosen_about_diagnostics(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    supervisor: Supervisor,
    chosen: dict[str, bool],
    told: list[dict[str, bool]],
) -> None:
    attach(hass, supervisor, READY)
    await start(section)
    await command("analytics/preferences", preferences=chosen)
    assert supervisor.options == told


async def test_the_last_choice_about_diagnostics_is_told(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    supervisor: Supervisor,
) -> None:
    attach(hass, supervisor, READY)
    await start(section)
    for diagnostics in (True, False, True):
        await command("analytics/preferences", preferences={"diagnostics": diagnostics})
    await command("analytics/preferences", preferences={"base": True})
    assert [told["diagnostics"] for told in supervisor.options] == [True, False, True]


@pytest.mark.parametrize("trouble", [kind for kind in Trouble if kind is not Trouble.MISFIT])
async def test_a_choice_outlives_a_supervisor_that_fails(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    supervisor: Supervisor,
    caplog: pytest.LogCaptureFixture,
    trouble: Trouble,
) -> None:
    attach(hass, supervisor, READY)
    supervisor.trouble[OPTIONS] = trouble
    entry = await start(section)
    chosen = {"base": True, "diagnostics": True}
    answer = await outlast(hass, supervisor, command("analytics/preferences", preferences=chosen))
    assert {key: answer["preferences"][key] for key in chosen} == chosen
    [complaint] = complaints(caplog)
    assert "Supervisor" in complaint

    # What was loaded from disk is what was chosen, and it is in force.
    await hass.config_entries.async_reload(entry.entry_id)
    assert await command("analytics") == {**answer, "onboarded": True}
    await wait(FIRST_REPORT)
    assert len(receiver.reports) == 1


@pytest.mark.parametrize("diagnostics", [True, False, None])
async def test_until_the_user_has_decided_diagnostics_is_the_supervisors(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    supervisor: Supervisor,
    diagnostics: bool | None,
) -> None:
    attach(hass, supervisor, Told(diagnostics=diagnostics))
    await start(section)
    answer = await command("analytics")
    assert answer["onboarded"] is False
    assert answer["preferences"]["diagnostics"] is bool(diagnostics)
    assert not any(answer["preferences"][tier] for tier in ALL_TIERS)


async def test_a_supervisor_that_gets_ready_later_is_asked_then(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    supervisor: Supervisor,
) -> None:
    attach(hass, supervisor, Told(missing=frozenset(Part)))
    await start(section)
    assert (await command("analytics"))["preferences"]["diagnostics"] is False
    tell(hass, Told(diagnostics=True))
    assert (await command("analytics"))["preferences"]["diagnostics"] is True


@pytest.mark.parametrize("chosen", [True, False])
async def test_once_decided_diagnostics_is_the_users(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    supervisor: Supervisor,
    chosen: bool,
) -> None:
    attach(hass, supervisor, Told(diagnostics=not chosen))
    await start(section)
    await command("analytics/preferences", preferences={"diagnostics": chosen})
    assert (await command("analytics"))["preferences"]["diagnostics"] is chosen


async def test_deciding_on_other_tiers_keeps_the_supervisors_diagnostics(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    supervisor: Supervisor,
) -> None:
    attach(hass, supervisor, Told(diagnostics=True))
    await start(section)
    answer = await command("analytics/preferences", preferences={"base": True})
    assert answer["preferences"]["diagnostics"] is True
    assert supervisor.options == []


async def test_what_a_page_was_told_before_the_supervisor_was_ready_is_no_word(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    supervisor: Supervisor,
) -> None:
    attach(hass, supervisor, Told(missing=frozenset(Part)))
    await start(section)
    # As the front end does: all that it was told, and one toggle.
    shown = (await command("analytics"))["preferences"]
    await command("analytics/preferences", preferences={**shown, "base": True})
    assert supervisor.options == []
    tell(hass, Told(diagnostics=True))
    answer = await command("analytics")
    assert (answer["onboarded"], answer["preferences"]["diagnostics"]) == (True, True)
    assert answer["preferences"]["base"] is True

    await command("analytics/preferences", preferences={**shown, "diagnostics": False})
    assert supervisor.options == [{"diagnostics": False}]
    assert (await command("analytics"))["preferences"]["diagnostics"] is False


async def test_a_yes_to_diagnostics_is_told_before_the_supervisor_is_ready(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    supervisor: Supervisor,
) -> None:
    attach(hass, supervisor, Told(missing=frozenset(Part)))
    await start(section)
    await command("analytics/preferences", preferences={"base": True, "diagnostics": True})
    assert supervisor.options == [{"diagnostics": True}]


async def test_opting_out_is_in_force_while_the_supervisor_hangs(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
    supervisor: Supervisor,
) -> None:
    attach(hass, supervisor, READY)
    await start({**section, "initial_delay": 8})
    await command("analytics/preferences", preferences=ALL_TIERS)
    supervisor.trouble[OPTIONS] = Trouble.HANG
    opting_out = asyncio.ensure_future(command("analytics/preferences", preferences=NOTHING))
    await supervisor.wait_until_hanging()

    assert (await command("analytics"))["preferences"]["base"] is False
    [stored] = hass_storage["analytics.destinations"]["data"]["destinations"].values()
    assert stored["preferences"]["base"] is False
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=9))
    await supervisor.wait_until_hanging()
    assert not opting_out.done()
    async_fire_time_changed(hass, dt_util.utcnow() + PATIENCE)
    assert (await opting_out)["preferences"]["base"] is False
    await hass.async_block_till_done(wait_background_tasks=True)
    assert receiver.arrivals == []


async def test_opting_out_stops_a_report_in_the_making_while_the_supervisor_hangs(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    supervisor: Supervisor,
) -> None:
    attach(hass, supervisor, READY)
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    supervisor.hold()
    reporting = asyncio.ensure_future(wait(FIRST_REPORT))
    await supervisor.wait_until_asked(*(addon.slug for addon in ADDONS))
    supervisor.trouble[OPTIONS] = Trouble.HANG
    opting_out = asyncio.ensure_future(command("analytics/preferences", preferences=NOTHING))
    await supervisor.wait_until_asked(OPTIONS)
    await supervisor.answer()
    await supervisor.wait_until_hanging()
    async_fire_time_changed(hass, dt_util.utcnow() + PATIENCE)
    await asyncio.gather(opting_out, reporting)
    await wait(NEXT_REPORT)
    assert receiver.arrivals == []


async def test_opting_out_stops_a_report_on_its_way_while_the_supervisor_hangs(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    supervisor: Supervisor,
    caplog: pytest.LogCaptureFixture,
) -> None:
    attach(hass, supervisor, READY)
    await start(section)
    await command("analytics/preferences", preferences={"base": True})
    receiver.answer_next(Answer(delay=100))
    async_fire_time_changed(hass, dt_util.utcnow() + FIRST_REPORT)
    await receiver.wait_for_report()
    supervisor.trouble[OPTIONS] = Trouble.HANG
    opting_out = asyncio.ensure_future(command("analytics/preferences", preferences=NOTHING))
    await supervisor.wait_until_hanging()
    assert not opting_out.done()
    assert "Stopped sending" in caplog.text
    async_fire_time_changed(hass, dt_util.utcnow() + PATIENCE)
    await opting_out
    await wait(NEXT_REPORT)
    assert len(receiver.arrivals) == 1
