"""What waits, on the page: nothing leaves before somebody has approved what was shown."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from scripts.sink import Sink

from ..browser import open_page
from ..home import Home, running_home
from ..pages import TRANSLATIONS

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXTS = TRANSLATIONS["config_panel"]
OUTBOX = TEXTS["outbox"]
LONGER_THAN_IT_WAITS = 30 * 86_400  # seconds of running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(receiver: Sink, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Return a Home Assistant in which all waits that would go to the receiver."""
    async with running_home(tmp_path_factory.mktemp("outbox")) as home:
        await home.onboard()
        await home.redirect(receiver.url, hold=True)
        yield home


@pytest_asyncio.fixture(loop_scope="session")
async def waiting(home: Home, receiver: Sink) -> None:
    """Let one report wait, and nothing else; nothing has arrived."""
    await home.choose("base", "usage")
    for item in (await home.command("analytics/outbox"))["items"]:
        await home.command("analytics/outbox/discard", key=item["key"])
    receiver.arrivals.clear()
    assert (await home.command("analytics/send"))["outcome"] == "held"


async def open_outbox(page: Page, home: Home) -> None:
    """Go to what waits."""
    await page.goto(f"{home.url}/analytics_panel/outbox")


def room(page: Page) -> Locator:
    """Return the room."""
    return page.locator("analytics-room-outbox")


def items(page: Page) -> Locator:
    """Return what waits."""
    return room(page).locator("section[aria-labelledby]")


def button(page: Page, key: str) -> Locator:
    """Return a button of the room, or of its dialog."""
    return room(page).get_by_role("button", name=OUTBOX[key], exact=True)


async def test_an_empty_outbox_says_what_it_is_for_and_leads_to_the_option(
    page: Page, home: Home, receiver: Sink
) -> None:
    await open_outbox(page, home)
    await expect(page.get_by_text(OUTBOX["empty"], exact=True)).to_be_visible()
    await home.redirect(receiver.url, hold=False)
    await expect(page.get_by_text(OUTBOX["off"], exact=True)).to_be_visible()
    await home.redirect(receiver.url, hold=True)
    await expect(page.get_by_text(OUTBOX["empty"], exact=True)).to_be_visible()
    await button(page, "to_options").click()
    await page.wait_for_url("**/analytics_panel/options")


@pytest.mark.usefixtures("waiting")
async def test_what_is_approved_leaves_byte_for_byte_and_pages_follow(
    page: Page, browser: Browser, home: Home, receiver: Sink
) -> None:
    await open_outbox(page, home)
    await expect(items(page)).to_have_count(1)
    await expect(page.locator("nav .count")).to_have_text("1")
    await room(page).locator("[data-look=body]").click()
    shown = await room(page).locator("pre").inner_text()
    async with open_page(browser, tokens=home.tokens) as other:
        await open_outbox(other, home)
        await expect(items(other)).to_have_count(1)
        assert receiver.reports == []
        await button(page, "approve").click()
        await expect(page.get_by_text(OUTBOX["empty"], exact=True)).to_be_visible()
        await expect(other.get_by_text(OUTBOX["empty"], exact=True)).to_be_visible()
    [report] = receiver.reports
    assert report.body.decode() == shown


@pytest.mark.usefixtures("waiting")
async def test_a_tier_can_be_left_out_before(page: Page, home: Home, receiver: Sink) -> None:
    await open_outbox(page, home)
    await expect(items(page)).to_contain_text("integrations")
    await button(page, "trim").click()
    await page.locator("analytics-dialog input[name=usage]").click()
    await button(page, "trim_yes").click()
    # What is in it may have tables of its own.
    payload = room(page).locator("analytics-payload tbody").first
    await expect(payload).not_to_contain_text("integrations")
    await expect(page.get_by_text(OUTBOX["changed"])).to_be_hidden()
    await button(page, "approve").click()
    await expect(page.get_by_text(OUTBOX["empty"], exact=True)).to_be_visible()
    [report] = receiver.reports
    assert "integrations" not in report.report


@pytest.mark.usefixtures("waiting")
async def test_what_is_discarded_never_leaves(page: Page, home: Home, receiver: Sink) -> None:
    await open_outbox(page, home)
    await button(page, "discard_ask").click()
    await page.get_by_role("button", name=TEXTS["panel"]["cancel"], exact=True).click()
    await expect(items(page)).to_have_count(1)
    await button(page, "discard_ask").click()
    await button(page, "discard").click()
    await expect(page.get_by_text(OUTBOX["empty"], exact=True)).to_be_visible()
    assert receiver.reports == []


@pytest.mark.usefixtures("waiting")
async def test_what_changed_meanwhile_says_so_and_is_shown_anew(page: Page, home: Home) -> None:
    await open_outbox(page, home)
    await expect(items(page)).to_have_count(1)
    await home.choose("base", "usage", "statistics")
    await home.command("analytics/send")
    await expect(page.get_by_text(OUTBOX["changed"])).to_be_visible()
    await expect(items(page)).to_contain_text("state_count")


@pytest.mark.usefixtures("waiting")
async def test_a_failed_attempt_is_told_and_it_waits_on(
    page: Page, home: Home, receiver: Sink
) -> None:
    await open_outbox(page, home)
    await expect(items(page)).to_have_count(1)
    await receiver.stop()
    await button(page, "approve").click()
    await expect(items(page)).to_contain_text(TEXTS["ended"]["retryable"])
    _, _, not_by_itself = TEXTS["outcome"]["retryable_held"].partition("{reason}")
    await expect(page.locator("notification-manager")).to_contain_text(not_by_itself)
    await receiver.start()


@pytest.mark.usefixtures("waiting")
async def test_it_waits_over_a_restart_and_leaves_then(
    complaining_page: Page, home: Home, receiver: Sink
) -> None:
    page = complaining_page
    await open_outbox(page, home)
    await expect(items(page)).to_have_count(1)
    await home.restart()
    await page.reload()
    await expect(items(page)).to_have_count(1)
    await button(page, "approve").click()
    await expect(page.get_by_text(OUTBOX["empty"], exact=True)).to_be_visible()
    assert len(receiver.reports) == 1


@pytest.mark.usefixtures("waiting")
async def test_what_nobody_approved_in_time_is_gone_and_never_leaves(
    page: Page, home: Home, receiver: Sink
) -> None:
    await home.close()
    await home.host.stop()
    path = home.host.config_dir / ".storage" / "analytics.held"
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["data"]["ran"] += LONGER_THAN_IT_WAITS
    path.write_text(json.dumps(stored), encoding="utf-8")
    await home.restart()
    await open_outbox(page, home)
    await expect(page.get_by_text(OUTBOX["empty"], exact=True)).to_be_visible()
    assert receiver.reports == []
