"""A report as the receiver gets it, for each set of choices."""

from datetime import timedelta
from typing import Any

import pytest
from homeassistant.components import analytics as built_in
from homeassistant.const import __version__ as HOST_VERSION
from homeassistant.core import HomeAssistant

from scripts.sink import Sink

from .conftest import ALL_TIERS, Command, Start, Wait

FIRST_REPORT = timedelta(minutes=15)

BASE = {"uuid", "version", "installation_type"}
USAGE = {"certificate", "integrations", "custom_integrations"}
STATISTICS = {"state_count", "automation_count", "integration_count", "user_count"}


@pytest.mark.parametrize(
    ("preferences", "fields"),
    [
        ({"base": True}, BASE),
        ({"base": True, "usage": True}, BASE | USAGE),
        ({"base": True, "statistics": True}, BASE | STATISTICS),
        ({"base": True, "usage": True, "statistics": True}, BASE | USAGE | STATISTICS),
        ({"base": True, "diagnostics": True}, BASE),
    ],
)
async def test_a_report_has_the_fields_of_the_chosen_tiers(
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    preferences: dict[str, bool],
    fields: set[str],
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=preferences)
    await wait(FIRST_REPORT)
    [arrival] = receiver.reports
    assert set(arrival.report) == fields
    assert arrival.report["version"] == HOST_VERSION
    assert len(arrival.report["uuid"]) == 32


async def test_integrations_are_counted_as_without_us(
    start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    report = receiver.reports[0].report
    # The built-in integration has a config entry on recent hosts, and so is in use by its own rule.
    itself = hasattr(built_in, "async_setup_entry")
    assert report["integration_count"] == len(report["integrations"]) + itself
    assert "analytics" not in report["integrations"]


@pytest.mark.parametrize(
    "preferences",
    [
        {},
        {"base": False, "usage": True, "statistics": True},
        {"usage": True},
        {"statistics": True},
        {"diagnostics": True},
    ],
)
async def test_nothing_is_sent_without_base(
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    preferences: dict[str, bool],
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=preferences)
    await wait(FIRST_REPORT)
    await wait(timedelta(hours=24))
    assert receiver.arrivals == []


async def test_nothing_is_sent_before_the_user_has_decided(
    hass: HomeAssistant, start: Start, wait: Wait, receiver: Sink, section: dict[str, Any]
) -> None:
    await start(section)
    await wait(FIRST_REPORT)
    assert receiver.arrivals == []


async def test_the_header_tells_no_more_than_the_report(
    start: Start, command: Command, wait: Wait, receiver: Sink, section: dict[str, Any]
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await wait(FIRST_REPORT)
    [arrival] = receiver.reports
    assert arrival.headers == {
        "Host": receiver.url.removeprefix("http://").removesuffix("/v1"),
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        "Content-Length": str(len(arrival.body)),
        "User-Agent": f"home-assistant/{HOST_VERSION}",
    }
