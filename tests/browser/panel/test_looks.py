"""The page is as Home Assistant's own are: to read, by day and by night, at any width, for all."""

from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from scripts.sink import Sink

from ..browser import resize
from ..home import Home, running_home
from .axe import axe_source
from .panel import ROOMS, TEXTS, Panel

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVERY_ROOM = (*ROOMS, "next", "left", "outbox", "crash")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# Of our page alone, and not of the front end around it.
RUN = """async (panel) => {
  const {violations} = await axe.run(panel);
  return violations.map(({id, nodes}) =>
    [id, nodes.map(({failureSummary, html}) => `${failureSummary} ${html}`)]);
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(receiver: Sink, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Return a Home Assistant in which there is something to be seen in each room."""
    section = {"initial_delay": 600}  # that YAML sets something is said, too
    async with running_home(tmp_path_factory.mktemp("looks"), section) as home:
        await home.onboard()
        await home.redirect(
            receiver.url,
            destination_extended=True,
            crash_reports_dsn="https://key@sentry.example.com/1",
        )
        await home.choose("base", "diagnostics")
        await home.command("analytics/send")
        yield home


@pytest_asyncio.fixture(loop_scope="session")
async def panel(page: Page, home: Home) -> Panel:
    """Return the page."""
    await home.status()  # a connection that says nothing for minutes is closed
    return Panel(page)


async def shown(panel: Panel, room: str) -> None:
    """Go to a room, with all that can be opened in it."""
    await panel.visit(room)
    await expect(panel.room(room).locator("button, input, a, section").first).to_be_visible()
    for summary in await panel.room(room).locator("summary").all():
        await summary.click()


async def violations(panel: Panel) -> Any:
    """Return what axe-core has found."""
    if await panel.page.evaluate("typeof axe") == "undefined":
        await panel.page.evaluate(axe_source())
    return await panel.root.evaluate(RUN)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("room", EVERY_ROOM)
async def test_nobody_is_kept_from_reading_it(
    opened: Panel, room: str, scheme: Literal["light", "dark"]
) -> None:
    await opened.page.emulate_media(color_scheme=scheme)
    await shown(opened, room)
    assert await violations(opened) == []


async def test_nor_from_reading_a_dialog(page: Page, home: Home, panel: Panel) -> None:
    await panel.open(home.url, "act")
    await panel.root.locator(".told").get_by_role("button").first.click()
    await expect(panel.dialog).to_contain_text(TEXTS["act"]["not_undone"])
    assert await violations(panel) == []
    await page.keyboard.press("Escape")
    await expect(panel.dialog).to_have_count(0)


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("width", [360, 800, 1400])
@pytest.mark.parametrize("room", ROOMS)
async def test_it_fits_at_any_width(opened: Panel, room: str, width: int, direction: str) -> None:
    page = opened.page
    await resize(page, width)
    await shown(opened, room)
    await page.evaluate(f"document.documentElement.dir = '{direction}'")
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert await wider(opened) == []
    await page.evaluate("document.documentElement.dir = 'ltr'")


async def wider(panel: Panel) -> Any:
    """Return what is cut off or scrolls though it should not."""
    return await panel.root.locator("main").evaluate(
        "main => [...main.querySelectorAll('*')].filter((each) => "
        "each.scrollWidth > main.clientWidth).map((each) => each.outerHTML.slice(0, 200))"
    )


async def test_numbers_and_times_are_those_of_the_profile(
    page: Page, home: Home, panel: Panel
) -> None:
    await panel.open(home.url)
    await panel.says("reports_on")
    before = await panel.line().inner_text()
    settings = {"language": "de", "number_format": "language", "time_format": "24"}
    await home.command(
        "frontend/set_user_data",
        key="language",
        value={**settings, "date_format": "language", "time_zone": "server"},
    )
    await panel.open(home.url)
    await expect(panel.line()).not_to_have_text(before)
    await expect(panel.line()).to_contain_text("heute at ")
    english = {**settings, "language": "en"}
    await home.command("frontend/set_user_data", key="language", value=english)


async def test_a_theme_of_the_user_is_followed(page: Page, home: Home, panel: Panel) -> None:
    await panel.open(home.url)
    await page.evaluate(
        "document.documentElement.style.setProperty('--card-background-color', 'rgb(1, 2, 3)')"
    )
    card = panel.root.locator("section.card").first
    await expect(card).to_have_css("background-color", "rgb(1, 2, 3)")
