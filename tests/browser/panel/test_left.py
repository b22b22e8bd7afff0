"""What left, on the page: searched, opened, compared, exported, deleted."""

import json
import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, WebSocket, expect

from scripts.sink import Sink

from ..browser import open_page
from ..home import Home, running_home
from ..pages import TRANSLATIONS
from .journal import ID, entry, exported, fill

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXTS = TRANSLATIONS["config_panel"]
LEFT = TEXTS["left"]
HOSTILE = [
    "<img src=x onerror=window.broken=1>",
    "\u202egnp.exe",
    "${window.broken=1}{{7*7}}",
    "__proto__",
]
LARGE = {"integrations": [f"integration_{number:05}" for number in range(3000)]}  # 64 kB


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(receiver: Sink, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Return a Home Assistant that shares basic analytics with the receiver."""
    async with running_home(tmp_path_factory.mktemp("left")) as home:
        await home.onboard()
        await home.redirect(receiver.url)
        await home.choose("base")
        yield home


async def open_left(page: Page, home: Home, entry: str = "") -> None:
    """Go to what left, or to an entry of it."""
    await page.goto(f"{home.url}/analytics_panel/left{entry}")


def rows(page: Page) -> Locator:
    """Return the entries that are listed."""
    return page.locator("analytics-room-left .list a")


def button(page: Page, text: str) -> Locator:
    """Return a button of the room, or of its dialog."""
    return page.locator("analytics-room-left").get_by_role("button", name=text, exact=True)


async def test_nothing_has_left(page: Page, home: Home) -> None:
    await fill(home, [])
    await open_left(page, home)
    await expect(page.get_by_text(LEFT["empty"])).to_be_visible()


async def test_a_report_comes_into_the_open_page_and_opens_byte_for_byte(
    page: Page, home: Home, receiver: Sink
) -> None:
    await fill(home, [])
    await open_left(page, home)
    await expect(page.get_by_text(LEFT["empty"])).to_be_visible()
    await home.command("analytics/send")
    await expect(rows(page)).to_have_count(1)
    await expect(rows(page)).to_contain_text(TEXTS["ended"]["sent"])
    await rows(page).click()
    await page.wait_for_url("**/analytics_panel/left/*")
    body = receiver.reports[-1].body.decode()
    await expect(page.get_by_text(json.loads(body)["version"], exact=True)).to_be_visible()
    await button(page, TEXTS["payload"]["look_body"]).click()
    await expect(page.locator("analytics-payload pre")).to_have_text(body)
    await page.go_back()
    await expect(rows(page)).to_have_count(1)


async def test_an_entry_tells_what_changed_since_the_one_before(page: Page, home: Home) -> None:
    before = {"uuid": ID, "version": "2026.11.0", "integrations": ["hue", "met"]}
    after = {**before, "version": "2026.11.1", "integrations": ["met", "zha"]}
    await fill(home, [entry(1, payload=before), entry(0, payload=after)])
    await open_left(page, home)
    await rows(page).first.click()
    await button(page, TEXTS["payload"]["look_changes"]).click()
    changes = page.locator("analytics-payload .changes tbody tr")
    await expect(changes).to_have_count(2)
    await expect(changes.nth(0)).to_contain_text(
        re.compile(r"version.*2026\.11\.0.*2026\.11\.1", re.DOTALL)
    )
    await expect(changes.nth(1).locator(".added")).to_contain_text("zha")
    await expect(changes.nth(1).locator(".removed")).to_contain_text("hue")


async def test_a_hundred_large_entries_are_listed_without_what_they_hold(
    page: Page, home: Home
) -> None:
    await fill(home, [entry(hour, payload=LARGE) for hour in range(99, -1, -1)])
    asked: list[str] = []
    told: list[int] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: asked.append(str(frame)))
        socket.on("framereceived", lambda frame: told.append(str(frame).count("integration_0")))

    page.on("websocket", listen)
    await open_left(page, home)
    await expect(rows(page)).to_have_count(25)
    assert sum(told) == 0
    assert not any("journal/entry" in frame for frame in asked)
    await rows(page).first.click()
    await expect(page.locator("analytics-payload")).to_contain_text("3000 values")
    assert sum(told) > 0


async def test_filters_and_pages_narrow_and_turn(page: Page, home: Home) -> None:
    await fill(
        home,
        [
            *(entry(hour) for hour in range(40, 10, -1)),
            entry(3, kind="start", outcome="refused", payload={"uuid": ID, "event": "start"}),
            entry(2, url="https://other.example.com/v1", destination="Other"),
            entry(1, outcome=None),
        ],
    )
    await open_left(page, home)
    await expect(rows(page)).to_have_count(25)
    await button(page, LEFT["older"]).click()
    await expect(rows(page)).to_have_count(8)
    await expect(button(page, LEFT["older"])).to_be_disabled()
    await page.locator("[data-name=start]").click()
    await expect(rows(page)).to_have_count(1)
    await expect(rows(page)).to_contain_text(TEXTS["ended"]["refused"])
    await button(page, LEFT["clear"]).click()
    await page.locator("[data-name=open]").click()
    await expect(rows(page)).to_have_count(1)
    await button(page, LEFT["clear"]).click()
    await page.locator("select[name=destination]").select_option("https://other.example.com/v1")
    await expect(rows(page)).to_have_count(1)
    await button(page, LEFT["clear"]).click()
    await page.locator("input[name=search]").fill("2026.11.17")
    await expect(rows(page)).to_have_count(1)
    await page.locator("input[name=search]").fill("nowhere")
    await expect(page.get_by_text(LEFT["no_match"])).to_be_visible()


async def test_days_are_those_of_the_home_wherever_it_is_looked_at(page: Page, home: Home) -> None:
    await fill(home, [entry(0)])
    [day] = (await home.command("analytics/journal/list"))["days"]
    client = await page.context.new_cdp_session(page)
    await client.send("Emulation.setTimezoneOverride", {"timezoneId": "Pacific/Auckland"})
    await open_left(page, home)
    there = date.fromisoformat(day["day"])
    await expect(page.locator(".chart tbody th")).to_have_text(f"{there:%b} {there.day}")
    await client.detach()  # which takes the time zone back


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_hostile_texts_stay_texts(page: Page, home: Home, hostile: str) -> None:
    line: dict[str, Any] = {
        "destination": hostile,
        "url": hostile,
        "tiers": {hostile: 1},
        "dropped": {hostile: 2},
        "reason": hostile,
        "outcome": hostile,
        "payload": {hostile: [hostile, {hostile: hostile}], "version": hostile},
    }
    await fill(home, [entry(1), entry(0, **line), entry(0, **line, time=hostile)])
    await open_left(page, home)
    await expect(rows(page)).to_have_count(3)
    await expect(rows(page).first).to_contain_text(hostile)
    await rows(page).first.click()
    await expect(page.locator("analytics-left-entry .facts")).to_contain_text(hostile)
    for look in ("table", "json", "body"):
        await page.locator(f"[data-look={look}]").click()
        assert await page.locator("analytics-panel img").count() == 0
    assert await page.evaluate("window.broken") is None


async def test_the_file_has_what_is_listed_and_no_ids_unless_asked_for(
    page: Page, home: Home, tmp_path: Path
) -> None:
    await fill(home, [entry(1), entry(0, outcome="refused")])
    await open_left(page, home)
    await page.locator("[data-name=refused]").click()
    await expect(rows(page)).to_have_count(1)

    async def save(*, ids: bool) -> str:
        await button(page, LEFT["export"]).click()
        await expect(page.get_by_text(LEFT["export_narrowed"])).to_be_visible()
        if ids:
            await page.locator("input[name=ids]").click()
        async with page.expect_download() as download:
            await button(page, LEFT["export_save"]).click()
        path = tmp_path / "exported.json"
        await (await download.value).save_as(path)
        return path.read_text(encoding="utf-8")

    text = await save(ids=False)
    [shown] = exported(text)
    assert shown["outcome"] == "refused"
    assert ID not in text
    assert ID in await save(ids=True)


async def test_deleting_asks_first_and_a_second_page_follows(
    page: Page, browser: Browser, home: Home
) -> None:
    await fill(home, [entry(1), entry(0)])
    await open_left(page, home)
    async with open_page(browser, tokens=home.tokens) as other:
        await open_left(other, home)
        await expect(rows(other)).to_have_count(2)
        await button(page, LEFT["delete"]).click()
        await button(page, TEXTS["panel"]["cancel"]).click()
        await expect(rows(page)).to_have_count(2)
        await button(page, LEFT["delete"]).click()
        await button(page, LEFT["delete_yes"]).click()
        await expect(page.get_by_text(LEFT["empty"])).to_be_visible()
        await expect(other.get_by_text(LEFT["empty"])).to_be_visible()


async def test_it_stays_visible_while_nothing_leaves(page: Page, home: Home) -> None:
    await fill(home, [entry(0)])
    await home.choose()
    await open_left(page, home)
    await expect(rows(page)).to_have_count(1)
    await home.choose("base")


async def test_it_follows_again_after_a_lost_connection(complaining_page: Page, home: Home) -> None:
    page = complaining_page
    await fill(home, [entry(0)])
    await open_left(page, home)
    await expect(rows(page)).to_have_count(1)
    await home.restart()
    await home.command("analytics/send")
    await expect(rows(page)).to_have_count(2)


@pytest.mark.parametrize("width", [360, 800, 1400])
async def test_it_fits_at_any_width_in_either_direction(page: Page, home: Home, width: int) -> None:
    await fill(home, [entry(1), entry(0, destination="x" * 80)])
    await page.set_viewport_size({"width": width, "height": 900})
    for place, shown in [("", rows(page).first), ("/2", page.locator("analytics-payload"))]:
        await open_left(page, home, place)
        for direction in ("ltr", "rtl"):
            await page.evaluate(f"document.documentElement.dir = '{direction}'")
            await expect(shown).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
