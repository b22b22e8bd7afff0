"""The sentences about crash reports and snapshots, which have destinations of their own."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from homeassistant import runner
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
)

from custom_components.analytics import host
from custom_components.analytics.outbound.opt_out import FILE_NAME
from scripts.sink import Answer, Sink

from ..conftest import ALL_TIERS, Command, Start, Wait
from ..crash.faulty import installed
from .conftest import OpenPage

A_MINUTE = timedelta(minutes=1)
SETTLE = timedelta(seconds=11)
A_DAY = timedelta(days=1)
ON = {"diagnostics": True}
SERVER = {"dsn": "https://key@sentry.example.com/1"}
FAR = {"name": "Example Home", "url": "https://analytics.example.com/v1"}
only_with_snapshots = pytest.mark.skipif(
    not host.has_snapshots(), reason="this host has no snapshots"
)


async def test_without_a_server_nothing_is_said_of_crash_reports(
    start: Start, open_page: OpenPage
) -> None:
    await start()
    state = await (await open_page()).state()
    assert "crash_reports" not in [line["matter"] for line in state["lines"]]


async def test_what_keeps_crash_reports_is_told_as_it_changes(
    start: Start, command: Command, open_page: OpenPage
) -> None:
    await start({"crash_reports": SERVER})
    page = await open_page()
    line = await page.line("crash_reports")
    assert (line["key"], line["tone"]) == ("now.crash_off", "off")
    assert line["remedy"] == {"key": "now.do_choose", "do": "choose", "to": "diagnostics"}
    await command("analytics/preferences", preferences=ON)
    line = await page.line("crash_reports")
    assert (line["key"], line["tone"]) == ("now.crash_pending", "waits")
    assert line["placeholders"] == {"destination": "sentry.example.com"}
    assert line["remedy"]["to"] == "confirm_crash_server"
    [question] = (await page.state())["questions"]
    about = {"question": question["question"], "url": question["url"]}
    await command("analytics/answer", **about, answer="decline")
    line = await page.line("crash_reports")
    assert (line["key"], line["remedy"]["to"]) == ("now.crash_declined", "diagnostics")
    for on in (False, True):
        await command("analytics/preferences", preferences={"diagnostics": on})
    await command("analytics/answer", **about, answer="confirm")
    line = await page.line("crash_reports")
    assert (line["key"], line["tone"], line["remedy"]) == ("now.crash_on", "on", None)


async def test_they_wait_for_the_question_about_reports(
    start: Start, command: Command, open_page: OpenPage
) -> None:
    await start({"destination": FAR, "crash_reports": SERVER})
    await command("analytics/preferences", preferences={**ALL_TIERS, **ON})
    line = await (await open_page()).line("crash_reports")
    assert (line["key"], line["tone"]) == ("now.crash_after_reports", "waits")
    assert line["remedy"]["to"] == "confirm_destination"


async def test_what_keeps_all_keeps_crash_reports_too(
    start: Start, command: Command, tmp_path: Path, wait: Wait, open_page: OpenPage
) -> None:
    await start({"crash_reports": SERVER})
    await command("analytics/preferences", preferences=ON)
    page = await open_page()
    (tmp_path / FILE_NAME).touch()
    await wait(A_MINUTE)
    assert (await page.says(), await page.says("crash_reports")) == ("off_file", "crash_neither")


@pytest.fixture
def faulty(hass: HomeAssistant, tmp_path: Path, plugin: None) -> Iterator[ModuleType]:
    """Return an integration that fails, on a host that only logs that."""
    hass.loop.set_exception_handler(runner._async_loop_exception_handler)
    with installed(tmp_path) as module:
        yield module


async def test_a_crash_report_is_told_from_the_fault_to_the_servers_answer(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    receiver: Sink,
    wait: Wait,
    faulty: ModuleType,
    open_page: OpenPage,
) -> None:
    await start({**section, "crash_reports": {"dsn": receiver.dsn}})
    await command("analytics/preferences", preferences=ON)
    page = await open_page()
    assert await page.says("crash_reports") == "crash_on"
    receiver.envelope_answer = Answer(status=503)
    faulty.log()
    await hass.async_block_till_done()
    await wait(SETTLE)
    line = await page.line("crash_reports")
    assert (line["key"], line["tone"]) == ("now.crash_undelivered", "trouble")
    assert line["remedy"] == {"key": "now.do_open", "do": "open", "to": "left"}
    assert line["at"] is not None
    said = [state["lines"][1]["key"] for state in page.states]
    assert "now.crash_waiting" in said


async def test_a_server_that_refuses_them_is_told(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    receiver: Sink,
    wait: Wait,
    faulty: ModuleType,
    open_page: OpenPage,
) -> None:
    await start({**section, "crash_reports": {"dsn": receiver.dsn}})
    await command("analytics/preferences", preferences=ON)
    page = await open_page()
    receiver.envelope_answer = Answer(status=403)
    faulty.log()
    await hass.async_block_till_done()
    await wait(SETTLE)
    line = await page.line("crash_reports")
    assert (line["key"], line["tone"]) == ("now.crash_refused", "trouble")
    assert "403" in line["placeholders"]["reason"]


@pytest.fixture
async def database(socket_enabled: None) -> Any:
    """Return a device database."""
    async with Sink() as sink:
        yield sink


@pytest.fixture
async def devices(hass: HomeAssistant) -> None:
    """Have Labs, and a device to tell of."""
    assert await async_setup_component(hass, "labs", {})
    manifest = {"integration_type": "hub"}
    mock_integration(hass, MockModule("hue", partial_manifest=manifest), built_in=True)
    entry = MockConfigEntry(domain="hue")
    entry.add_to_hass(hass)
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("hue", "1")}, manufacturer="Signify"
    )


@only_with_snapshots
@pytest.mark.usefixtures("devices")
@pytest.mark.parametrize(("status", "text"), [(200, "on"), (413, "refused"), (503, "undelivered")])
async def test_a_list_of_devices_is_told_with_the_databases_answer(
    start: Start,
    command: Command,
    database: Sink,
    wait: Wait,
    open_page: OpenPage,
    status: int,
    text: str,
) -> None:
    await start({"snapshots_url": database.device_database})
    await command("analytics/snapshots", on=True)
    page = await open_page()
    line = await page.line("snapshots")
    assert (line["key"], line["placeholders"]["destination"]) == ("now.snapshots_on", "127.0.0.1")
    database.snapshot_answer = Answer(status=status)
    await wait(A_DAY)
    assert database.snapshots
    line = await page.line("snapshots")
    assert line["key"] == f"now.snapshots_{text}"
    assert line["at"] is not None


@only_with_snapshots
@pytest.mark.usefixtures("devices")
async def test_what_keeps_all_keeps_snapshots_too(
    start: Start, command: Command, tmp_path: Path, wait: Wait, open_page: OpenPage
) -> None:
    await start()
    await command("analytics/snapshots", on=True)
    page = await open_page()
    (tmp_path / FILE_NAME).touch()
    await wait(A_MINUTE)
    assert await page.says("snapshots") == "snapshots_neither"


@only_with_snapshots
@pytest.mark.usefixtures("devices")
async def test_a_list_of_devices_can_need_approval(
    start: Start, command: Command, database: Sink, wait: Wait, open_page: OpenPage
) -> None:
    await start({"snapshots_url": database.device_database, "hold": True})
    await command("analytics/snapshots", on=True)
    page = await open_page()
    assert await page.says("snapshots") == "snapshots_holding"
    await wait(A_DAY)
    assert await page.says("snapshots") == "snapshots_held"
