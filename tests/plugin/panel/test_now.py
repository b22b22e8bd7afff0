"""The sentence about reports in every state, each found without asking again."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.analytics.data import AnalyticsData
from custom_components.analytics.models import Kind, Outcome
from custom_components.analytics.outbound.opt_out import FILE_NAME
from scripts.sink import Answer, Sink

from ..conftest import ALL_TIERS, Command, Start, Wait
from .conftest import OpenPage

A_MINUTE = timedelta(minutes=1)
FIRST_REPORT = timedelta(minutes=15)
A_DAY = timedelta(days=1)
FAR = {"name": "Example Home", "url": "https://analytics.example.com/v1"}
CALLED = "Example Home (analytics.example.com)"
HERE = "Test receiver (127.0.0.1)"
CHOOSE = {"key": "now.do_choose", "do": "choose", "to": None}
AGAIN = {"key": "now.do_send", "do": "send", "to": None}
TEXTS = Path(__file__).parents[3] / "custom_components/analytics/translations/en.json"


def about(seconds: float, at: str) -> bool:
    """Tell whether a time is so many seconds from now."""
    moment = dt_util.parse_datetime(at)
    assert moment is not None
    return abs((moment - dt_util.utcnow()).total_seconds() - seconds) < 60


async def test_sharing_says_what_with_whom_and_when(
    start: Start, command: Command, section: dict[str, Any], open_page: OpenPage
) -> None:
    await start(section)
    page = await open_page()
    assert await page.says() == "reports_undecided"
    await command("analytics/preferences", preferences={**ALL_TIERS, "usage": False})
    line = await page.line()
    assert (line["key"], line["tone"], line["remedy"]) == ("now.reports_on", "on", None)
    assert line["placeholders"] == {
        "tiers": "base statistics",
        "destination": HERE,
        "reason": "",
        "waiting": "0",
    }
    assert about(15 * 60, line["at"])


async def test_home_assistants_receiver_is_called_by_its_name_alone(
    start: Start, command: Command, open_page: OpenPage
) -> None:
    await start()
    await command("analytics/preferences", preferences={"base": True})
    line = await (await open_page()).line()
    assert line["placeholders"]["destination"] == "Home Assistant"


async def test_a_destination_that_calls_itself_so_is_told_from_it(
    start: Start, open_page: OpenPage
) -> None:
    await start({"destination": {**FAR, "name": "Home Assistant"}})
    line = await (await open_page()).line()
    assert line["placeholders"]["destination"] == "Home Assistant (analytics.example.com)"


async def test_what_keeps_reports_is_told_as_it_changes(
    start: Start, command: Command, open_page: OpenPage
) -> None:
    await start({"destination": FAR})
    page = await open_page()
    line = await page.line()
    assert (line["key"], line["tone"]) == ("now.reports_undecided", "waits")
    assert (line["placeholders"]["destination"], line["at"]) == (CALLED, None)
    assert line["remedy"] == CHOOSE
    await command("analytics/preferences", preferences=ALL_TIERS)
    line = await page.line()
    assert (line["key"], line["tone"]) == ("now.reports_pending", "waits")
    assert line["remedy"] == {
        "key": "now.do_answer",
        "do": "answer",
        "to": "confirm_destination",
    }
    await command("analytics/preferences", preferences=dict.fromkeys(ALL_TIERS, False))
    line = await page.line()
    assert (line["key"], line["tone"]) == ("now.reports_choice", "off")
    assert line["remedy"] == CHOOSE


async def test_a_file_is_noticed_within_the_minute_and_so_is_its_end(
    start: Start, tmp_path: Path, wait: Wait, open_page: OpenPage
) -> None:
    await start()
    page = await open_page()
    assert await page.says() == "reports_undecided"
    (tmp_path / FILE_NAME).touch()
    await wait(A_MINUTE)
    line = await page.line()
    assert (line["key"], line["tone"], line["remedy"]) == ("now.off_file", "off", None)
    assert line["placeholders"] == {"switch": FILE_NAME}
    (tmp_path / FILE_NAME).unlink()
    await wait(A_MINUTE)
    assert await page.says() == "reports_undecided"


async def test_a_variable_is_named(
    start: Start, monkeypatch: pytest.MonkeyPatch, open_page: OpenPage
) -> None:
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    await start()
    line = await (await open_page()).line()
    assert (line["key"], line["placeholders"]) == ("now.off_variable", {"switch": "DO_NOT_TRACK"})


async def test_a_setting_that_is_off_can_be_mended_where_it_was_made(
    hass: HomeAssistant, start: Start, open_page: OpenPage
) -> None:
    entry = await start()
    hass.config_entries.async_update_entry(entry, options={"enabled": False})
    await hass.async_block_till_done()
    line = await (await open_page()).line()
    remedy = {"key": "now.do_options", "do": "options", "to": "enabled"}
    assert (line["key"], line["remedy"]) == ("now.off_setting", remedy)


async def test_one_of_yaml_can_not(start: Start, open_page: OpenPage) -> None:
    await start({"enabled": False})
    line = await (await open_page()).line()
    assert (line["key"], line["remedy"]) == ("now.off_yaml", None)


async def test_settings_that_can_not_be_used_say_why(start: Start, open_page: OpenPage) -> None:
    await start({"interval": "soon"})
    line = await (await open_page()).line()
    assert (line["key"], line["tone"]) == ("now.reports_settings", "trouble")
    assert line["placeholders"]["problem"].startswith("interval: ")
    assert line["remedy"] == {"key": "now.do_options", "do": "options", "to": None}


async def test_what_can_not_be_saved_keeps_reports_until_it_can(
    hass: HomeAssistant,
    storage_folder: Path,
    start: Start,
    command: Command,
    section: dict[str, Any],
    wait: Wait,
    open_page: OpenPage,
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    page = await open_page()
    assert await page.says() == "reports_on"
    own = storage_folder / "analytics.destinations"
    aside = own.rename(own.with_name("aside"))
    own.mkdir()
    answer = await page.ask("analytics/preferences", preferences={"usage": False})
    assert answer["success"] is False
    line = await page.line()
    assert (line["key"], line["tone"]) == ("now.reports_not_saved", "trouble")
    own.rmdir()
    aside.rename(own)
    await wait(A_MINUTE)
    assert await page.says() == "reports_on"


async def test_a_refused_report_is_told_with_its_reason(
    start: Start,
    command: Command,
    section: dict[str, Any],
    receiver: Sink,
    wait: Wait,
    open_page: OpenPage,
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    page = await open_page()
    receiver.answer = Answer(status=413)
    await wait(FIRST_REPORT)
    line = await page.line()
    assert (line["key"], line["tone"], line["remedy"]) == ("now.reports_refused", "trouble", AGAIN)
    assert "413" in line["placeholders"]["reason"]
    assert about(A_DAY.total_seconds(), line["at"])
    receiver.answer = Answer()
    await command("analytics/send")
    assert await page.says() == "reports_on"


async def test_one_that_could_not_be_delivered_is_tried_again(
    start: Start,
    command: Command,
    section: dict[str, Any],
    receiver: Sink,
    wait: Wait,
    open_page: OpenPage,
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    page = await open_page()
    receiver.answer = Answer(status=503)
    await wait(FIRST_REPORT)
    line = await page.line()
    assert (line["key"], line["tone"]) == ("now.reports_undelivered", "trouble")
    assert line["remedy"] == AGAIN
    assert about(60, line["at"])
    for _ in range(4):
        await wait(timedelta(hours=1, minutes=15))
    assert await page.says() == "reports_undelivered_so_far"


async def test_one_that_is_on_its_way_is_told(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    receiver: Sink,
    open_page: OpenPage,
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    page = await open_page()
    await command("analytics/send")
    await page.state()
    said = [state["lines"][0]["key"] for state in page.states]
    assert said[0] == said[-1] == "now.reports_on"
    assert "now.reports_sending" in said


async def test_before_the_host_has_started_none_is_planned(
    hass: HomeAssistant, start: Start, command: Command, open_page: OpenPage
) -> None:
    hass.set_state(CoreState.starting)
    await start()
    await command("analytics/preferences", preferences=ALL_TIERS)
    page = await open_page()
    assert await page.says() == "reports_starting"
    await hass.async_start()
    assert await page.says() == "reports_on"


async def test_one_that_the_guard_stopped_is_told(
    start: Start, command: Command, section: dict[str, Any], open_page: OpenPage
) -> None:
    data: AnalyticsData = (await start(section)).runtime_data
    await command("analytics/preferences", preferences=ALL_TIERS)
    page = await open_page()
    data.async_ended(Outcome(kind=Kind.INVALID, reason="version"))
    line = await page.line()
    assert (line["key"], line["tone"]) == ("now.reports_unmade", "trouble")
    assert line["placeholders"]["reason"] == "version"
    assert line["remedy"] == AGAIN


async def test_what_waits_for_approval_is_told_until_somebody_has_looked(
    start: Start, command: Command, section: dict[str, Any], wait: Wait, open_page: OpenPage
) -> None:
    await start({**section, "hold": True})
    await command("analytics/preferences", preferences=ALL_TIERS)
    page = await open_page()
    assert await page.says() == "reports_holding"
    await command("analytics/send")
    line = await page.line()
    assert (line["key"], line["tone"]) == ("now.reports_held", "waits")
    assert line["remedy"] == {"key": "now.do_outbox", "do": "outbox", "to": None}
    assert line["placeholders"]["waiting"] == "1"
    waits = (await page.state())["outbox"]
    assert (waits["hold"], waits["waiting"]) == (True, 1)
    [item] = (await command("analytics/outbox"))["items"]
    await command("analytics/outbox/approve", key=item["key"], digest=item["digest"])
    assert await page.says() == "reports_holding"
    waits = (await page.state())["outbox"]
    assert (waits["hold"], waits["waiting"]) == (True, 0)


TIMED = ("_on", "_holding", "_refused", "_undelivered", "_undelivered_so_far", "_unmade")


def test_every_sentence_speaks_of_what_it_is_given() -> None:
    texts: dict[str, str] = json.loads(TEXTS.read_text())["config_panel"]["now"]
    known = {"tiers", "destination", "reason", "at", "problem", "switch", "waiting"}
    for key, text in texts.items():
        named = set(re.findall(r"{(\w+)}", text))
        assert named <= known, key
        if key.startswith(("reports_", "snapshots_")):
            assert ("at" in named) is key.endswith(TIMED), key
