"""One sentence says what happens, and changes as it does, while the page is open."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, WebSocketRoute, expect
from pytest_socket import enable_socket

from scripts.sink import Answer, Sink

from ..browser import open_page
from ..home import RECEIVER, Home, running_home
from ..waiting import becomes
from .panel import ADDRESS, TEXTS, Panel
from .wire import several

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOW = TEXTS["now"]
FAR = "https://analytics.example.com/v1"
FILE = ".opt-out-from-anonymous-statistics"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Return a Home Assistant whose owner shares nothing with Home Assistant's receiver."""
    enable_socket()
    async with running_home(tmp_path_factory.mktemp("now")) as home:
        await home.onboard()
        yield home


@pytest_asyncio.fixture(loop_scope="session")
async def panel(opened: Panel, home: Home, sink: Sink) -> AsyncIterator[Panel]:
    """Return the open page of a home that shares basic analytics with the sink."""
    await home.redirect(sink.url)
    await home.choose("base")
    await opened.visit("now")
    await opened.says("reports_on", tiers=TEXTS["tier"]["base"])
    yield opened
    await home.set_options({})


async def test_it_follows_each_choice(panel: Panel, home: Home) -> None:
    await expect(panel.line()).to_have_class("card matter on first")
    await home.choose("base", "usage")
    await panel.says("reports_on", tiers=f"{TEXTS['tier']['base']} and {TEXTS['tier']['usage']}")
    await home.choose()
    await panel.says("reports_choice")
    await expect(panel.line()).to_have_class("card matter off first")
    await panel.remedy().click()
    await expect(panel.room("choose")).to_be_visible()


async def test_what_was_sent_can_be_deleted_where_a_button_leads(panel: Panel) -> None:
    await panel.room("now").get_by_role("button", name=NOW["see_act"]).click()
    await expect(panel.room("act")).to_be_visible()


async def test_while_reports_wait_for_approval_the_next_is_said_to_be_made_not_to_leave(
    panel: Panel, home: Home, sink: Sink
) -> None:
    facts = panel.room("now").locator("dt")
    await expect(facts.get_by_text(NOW["next"], exact=True)).to_be_visible()
    await home.redirect(sink.url, hold=True)
    await panel.says("reports_holding")
    await expect(facts.get_by_text(NOW["next_made"], exact=True)).to_be_visible()
    await expect(facts.get_by_text(NOW["next"], exact=True)).to_have_count(0)


async def test_a_file_that_switches_off_is_named_and_its_end_followed(
    panel: Panel, home: Home
) -> None:
    file = home.host.config_dir / FILE
    file.touch()
    await home.status()  # notices it at once
    await panel.says("off_file", switch=FILE)
    file.unlink()
    await home.status()
    await panel.says("reports_on")


async def test_reporting_that_is_off_is_turned_on_where_the_button_leads(
    panel: Panel, home: Home, sink: Sink
) -> None:
    await home.redirect(sink.url, enabled=False)
    await panel.says("off_setting")
    await panel.remedy().click()
    await expect(panel.option("enabled")).to_be_focused()
    await panel.option("enabled").click()
    await panel.save()
    await panel.go("now")
    await panel.says("reports_on")


async def test_a_report_that_is_refused_is_sent_again_by_the_button(
    panel: Panel, home: Home, sink: Sink
) -> None:
    sink.answer = Answer(status=400)
    await home.command("analytics/send")
    await panel.says("reports_refused")
    await expect(panel.line()).to_have_class("card matter trouble first")
    sink.answer = Answer()
    await panel.remedy().click()
    await expect(panel.toast(TEXTS["outcome"]["sent"])).to_be_visible()
    await panel.says("reports_on")
    await expect(panel.root.get_by_text(TEXTS["outcome"]["sent"], exact=True)).to_be_visible()


async def test_another_destination_is_asked_about_and_answered_here(
    panel: Panel, home: Home
) -> None:
    await home.redirect(FAR)
    await panel.says("reports_undecided")
    await home.choose("base")
    await panel.says("reports_pending")
    await panel.remedy().click()
    await expect(panel.question("confirm_destination")).to_be_focused()
    await expect(panel.question("confirm_destination")).to_contain_text(FAR)
    await expect(panel.question("confirm_destination")).to_contain_text(RECEIVER)
    await panel.answer("confirm_destination", "decline")
    await panel.says("reports_choice")
    await expect(panel.question("confirm_destination")).to_have_count(0)
    await home.choose("base")
    await panel.answer("confirm_destination", "confirm")
    await panel.says("reports_on")
    assert await home.blocked_by() is None


async def test_crash_reports_have_a_sentence_and_a_question_of_their_own(
    panel: Panel, home: Home, sink: Sink
) -> None:
    await expect(panel.line("crash_reports")).to_have_count(0)
    await home.redirect(sink.url, crash_reports_dsn="https://key@sentry.example.com/1")
    await panel.says("crash_off", "crash_reports")
    await home.choose("base", "diagnostics")
    await panel.says("crash_pending", "crash_reports", destination="sentry.example.com")
    await panel.answer("confirm_crash_server", "confirm")
    await panel.says("crash_on", "crash_reports")


async def test_two_open_pages_say_the_same(panel: Panel, home: Home, browser: Browser) -> None:
    async with open_page(browser, tokens=home.tokens) as page:
        other = Panel(page)
        await other.open(home.url)
        await other.says("reports_on")
        await home.choose()
        for each in (panel, other):
            await each.says("reports_choice")


async def test_an_entry_that_is_disabled_takes_the_page_with_it_until_it_is_back(
    panel: Panel, home: Home
) -> None:
    [entry] = await home.entries()
    disable = {"entry_id": entry["entry_id"]}
    await home.command("config_entries/disable", **disable, disabled_by="user")
    await expect(panel.root).to_have_count(0)
    await home.command("config_entries/disable", **disable, disabled_by=None)
    await panel.open(home.url)
    await panel.says("reports_on")


async def test_a_change_of_options_leaves_the_page_where_it_is(
    panel: Panel, home: Home, sink: Sink
) -> None:
    await panel.go("act")
    await home.redirect(sink.url, interval={"days": 2})
    await panel.go("now")
    await panel.says("reports_on")


async def test_a_slow_connection_is_waited_for(own_page: Page, home: Home) -> None:
    late: list[tuple[WebSocketRoute, str]] = []

    def slow(to_page: WebSocketRoute) -> None:
        def answered(text: str | bytes) -> None:
            for message in several(text):
                if "lines" in (message.get("event") or {}):  # the state
                    late.append((to_page, json.dumps(message)))
                else:
                    to_page.send(json.dumps(message))

        to_page.connect_to_server().on_message(answered)

    await own_page.route_web_socket("**/api/websocket", slow)
    panel = Panel(own_page)
    await own_page.goto(f"{home.url}/{ADDRESS}/now")
    waits = panel.root.get_by_text(TEXTS["panel"]["loading"], exact=True)
    await expect(waits).to_be_visible()
    await becomes(lambda: _has_come(late), expected=True)
    await expect(waits).to_be_visible()
    for to_page, text in late:
        to_page.send(text)
    await panel.says("reports_choice")


async def _has_come(late: list[tuple[WebSocketRoute, str]]) -> bool:
    return bool(late)


async def test_a_lost_connection_is_said_and_made_again(complaining_page: Page, home: Home) -> None:
    panel = Panel(complaining_page)
    await panel.open(home.url)
    await panel.says("reports_choice")
    restarting = asyncio.create_task(home.restart())
    await expect(panel.root.get_by_text(TEXTS["panel"]["lost"])).to_be_visible()
    await restarting
    await home.choose("base")
    await expect(panel.root.get_by_text(TEXTS["panel"]["lost"])).to_have_count(0)
    await panel.says("reports_on")
    await home.choose()
