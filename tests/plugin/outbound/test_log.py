"""What the host's log shows of a report."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.const import EVENT_LOGGING_CHANGED
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.analytics.const import LOGGER
from custom_components.analytics.outbound import log as report_log
from scripts.sink import Answer, Sink

from ..conftest import ALL_TIERS, Command, Start, Wait

AGAIN = "It will be tried again; this is said once"
FIRST_REPORT = timedelta(minutes=15)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """Collect what the host's log file would show by default: our logger's own level decides."""
    shown: list[str] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.name.startswith(LOGGER.name):
                shown.append(f"{record.levelname} {record.getMessage()}")

    root, handler = logging.getLogger(), Collect()
    before = root.level
    root.setLevel(logging.WARNING)
    root.addHandler(handler)
    yield shown
    root.removeHandler(handler)
    root.setLevel(before)


async def test_the_exact_report_is_shown_before_it_is_sent(
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    lines: list[str],
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await wait(FIRST_REPORT)
    [arrival] = receiver.reports
    sending, sent = lines
    prefix = f"INFO Sending to {receiver.url} (Test receiver): "
    assert sending.startswith(prefix)
    uuid = arrival.report["uuid"]
    assert sending.removeprefix(prefix) == arrival.body.decode().replace(uuid, f"{uuid[:4]}…")
    assert sent == f"INFO Sent to {receiver.url} (Test receiver)"


async def test_the_report_is_shown_though_it_never_arrives(
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    lines: list[str],
) -> None:
    await receiver.stop()
    await start(section)
    await command("analytics/preferences", preferences={"base": True})
    await wait(FIRST_REPORT)
    sending, failed = lines
    assert json.loads(sending.partition("): ")[2])["version"]
    assert failed.startswith(f"INFO Not sent to {receiver.url} (Test receiver): no connection")


async def test_one_line_for_the_first_failure_and_one_when_it_works_again(
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    lines: list[str],
) -> None:
    receiver.answer = Answer(status=500)
    await start(section)
    await command("analytics/preferences", preferences={"base": True})
    for _ in range(8):
        await wait(timedelta(hours=24))
    receiver.answer = Answer()
    await wait(timedelta(hours=24))
    await wait(timedelta(hours=24))
    outcomes = [line for line in lines if "Sending to" not in line]
    assert outcomes == [
        f"INFO Not sent to {receiver.url} (Test receiver): answered with status 500. {AGAIN}",
        f"INFO Sent to {receiver.url} (Test receiver), which works again",
        f"INFO Sent to {receiver.url} (Test receiver)",
    ]
    assert len(lines) - len(outcomes) == len(receiver.reports)


@pytest.mark.parametrize("level", [logging.WARNING, logging.DEBUG])
def test_a_level_that_somebody_set_wins(level: int) -> None:
    LOGGER.setLevel(level)
    report_log.make_visible()
    assert LOGGER.level == level


async def test_the_level_comes_back_when_debug_logging_ends(
    hass: HomeAssistant, start: Start
) -> None:
    await start()
    LOGGER.setLevel(logging.NOTSET)
    hass.bus.async_fire(EVENT_LOGGING_CHANGED)
    await hass.async_block_till_done()
    assert LOGGER.level == logging.INFO


async def test_the_logger_integration_wins(hass: HomeAssistant, start: Start) -> None:
    await start()
    LOGGER.setLevel(logging.INFO)
    config = {"logger": {"default": "error", "logs": {LOGGER.name: "critical"}}}
    assert await async_setup_component(hass, "logger", config)
    assert LOGGER.level == logging.CRITICAL
    await hass.services.async_call("logger", "set_level", {LOGGER.name: "warning"}, blocking=True)
    await hass.async_block_till_done()
    assert LOGGER.level == logging.WARNING


async def test_a_default_level_does_not_silence_reports(hass: HomeAssistant, start: Start) -> None:
    await start()
    assert await async_setup_component(hass, "logger", {"logger": {"default": "critical"}})
    assert LOGGER.isEnabledFor(logging.INFO)
