"""The dashboard in a real browser: with scripts and without, by hand and by key."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.receiver.browser.browser import visit
from tests.receiver.dashboard.serving import BASE_URL, Client, many, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGES = (
    "/",
    "/integrations",
    "/integrations/mqtt",
    "/custom-integrations",
    "/custom-integrations/hacs",
    "/apps",
    "/apps/core_ssh",
    "/devices",
    "/devices/manufacturers",
    "/devices/manufacturers/~",
    "/devices/models/~/~..",
    "/statistics",
    "/about",
    "/apps/unknown",
)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def common_site() -> AsyncIterator[Client]:
    """Return the dashboard with one integration that all have."""
    publication = many(rows=20)
    publication.figures["integrations"]["sun"] = publication.figures["reports_integrations"]
    async with serving(publication) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="module")
async def plain(browser: Browser) -> AsyncIterator[Page]:
    """Return a page without scripts."""
    async with visit(browser, scripts=False) as visited:
        yield visited.page
    assert visited.hosts <= {"127.0.0.1"}


def url(site: Client, path: str) -> str:
    return str(site.make_url(path))


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_complains_or_asks_another_host(page: Page, site: Client, path: str) -> None:
    await page.goto(url(site, path), wait_until="networkidle")
    await expect(page.locator("h1")).to_be_visible()
    assert await page.context.cookies() == []


@pytest.mark.parametrize("path", ["/", "/integrations", "/custom-integrations", "/apps"])
async def test_hostile_names_run_nothing(page: Page, hostile_site: Client, path: str) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await page.goto(url(hostile_site, path), wait_until="networkidle")
    await expect(page.get_by_text("<script>alert(1)</script>").first).to_be_attached()
    assert dialogs == []
    assert await page.evaluate(OVERFLOW) <= 0


async def test_typing_searches_at_once(page: Page, site: Client) -> None:
    await page.goto(url(site, "/integrations"))
    await page.get_by_role("searchbox").press_sequentially("zwave")
    await expect(page.locator(".listing tbody tr")).to_have_count(1)
    await expect(page.get_by_role("status")).to_contain_text("1 of")
    await page.wait_for_url("**/integrations?q=zwave&**")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.get_by_role("link", name="Show all").click()
    await expect(page.locator(".listing tbody tr")).to_have_count(100)
    await expect(page.get_by_role("searchbox")).to_have_value("")


async def test_heads_sort_at_once_and_keep_the_focus(page: Page, site: Client) -> None:
    loads: list[str] = []
    await page.goto(url(site, "/integrations"))
    page.on("load", lambda _: loads.append("load"))
    head = page.locator("#sort-name")
    await head.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[aria-sort=ascending]")).to_have_text("Name")
    await expect(page.locator(".listing tbody th").first).to_have_text("AdGuard Home adguard")
    await expect(page.locator("#sort-name")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("[aria-sort=descending]")).to_have_text("Name")
    await page.go_back()
    await expect(page.locator("[aria-sort=ascending]")).to_have_text("Name")
    assert loads == []


async def test_a_search_keeps_the_order_that_was_chosen(page: Page, site: Client) -> None:
    await page.goto(url(site, "/integrations"))
    await page.locator("#sort-name").click()
    await expect(page.locator("[aria-sort=ascending]")).to_have_text("Name")
    await page.get_by_role("searchbox").fill("made_up")
    await expect(page.locator(".listing tbody th").first).to_have_text("made_up_000")
    await page.get_by_role("link", name="Next").click()
    await expect(page.locator(".listing tbody th").first).to_have_text("made_up_100")


async def test_search_sort_and_pages_work_without_scripts(plain: Page, site: Client) -> None:
    await plain.goto(url(site, "/integrations"))
    await plain.get_by_role("searchbox").fill("made_up")
    await plain.get_by_role("button", name="Search").click()
    await expect(plain.get_by_role("status")).to_contain_text("350 of")
    await plain.get_by_role("link", name="Name").click()
    await expect(plain.locator(".listing tbody th").first).to_have_text("made_up_000")
    await plain.get_by_role("link", name="Next").click()
    await expect(plain.locator(".listing tbody th").first).to_have_text("made_up_100")
    await plain.locator(".listing tbody a").first.click()
    await expect(plain.locator("h1")).to_have_text("made_up_100")


async def test_a_switch_hides_what_is_common_at_once(page: Page, common_site: Client) -> None:
    await page.goto(url(common_site, "/integrations?sort=name"))
    switch = page.get_by_role("checkbox", name="Hide what more than 90% have")
    sun = page.locator(".listing tbody th", has_text=re.compile("^Sun "))
    await expect(sun).to_have_count(1)
    await switch.focus()
    await page.keyboard.press("Space")
    await page.wait_for_url("**/integrations?**common=hide**")
    await expect(sun).to_have_count(0)
    await expect(page.get_by_role("status")).to_contain_text("that more than 90% have")
    await expect(switch).to_be_focused()
    await page.get_by_role("link", name="Show all").click()
    await expect(sun).to_have_count(1)
    await expect(switch).not_to_be_checked()
    await page.go_back()
    await expect(switch).to_be_checked()
    await expect(sun).to_have_count(0)


async def test_a_switch_works_without_scripts(plain: Page, common_site: Client) -> None:
    await plain.goto(url(common_site, "/integrations?sort=name"))
    sun = plain.locator(".listing tbody th", has_text=re.compile("^Sun "))
    await expect(sun).to_have_count(1)
    await plain.get_by_role("checkbox").check()
    await plain.get_by_role("button", name="Search").click()
    await expect(sun).to_have_count(0)
    await expect(plain.get_by_role("checkbox")).to_be_checked()


async def test_pages_work_under_a_path(page: Page) -> None:
    async with serving(many(), base_url=f"{BASE_URL}/my/analytics") as under:
        await page.goto(url(under, "/my/analytics/integrations"))
        await page.get_by_role("searchbox").press_sequentially("zwave")
        await expect(page.locator(".listing tbody tr")).to_have_count(1)
        await page.wait_for_url("**/my/analytics/integrations?q=zwave&**")
        await page.get_by_role("link", name="Z-Wave").click()
        await page.wait_for_url("**/my/analytics/integrations/zwave_js")
        await page.get_by_role("link", name="Overview").click()
        await page.wait_for_url("**/my/analytics/")
        await expect(page.locator("#chart-types canvas")).to_be_visible()
        assert await page.evaluate("document.fonts.check('16px Inter')")


async def test_charts_are_there_without_scripts(plain: Page, site: Client) -> None:
    await plain.goto(url(site, "/"))
    line = plain.locator("#chart-types .line-os")
    box = await line.bounding_box()
    assert box
    assert box["width"] > 500
    await plain.locator("#chart-types summary").click()
    await expect(plain.locator("#chart-types tbody tr").first).to_be_visible()


async def test_a_chart_tells_the_day_under_the_pointer(page: Page, site: Client) -> None:
    await page.goto(url(site, "/"))
    chart = page.locator("#chart-types")
    over = chart.locator(".u-over")
    newest = await chart.locator("[data-moment]").inner_text()
    await over.hover(position={"x": 1, "y": 100})
    await expect(chart.locator("[data-moment]")).not_to_have_text(newest)
    first = await chart.locator("tbody tr").last.locator("th").text_content()
    await expect(chart.locator("[data-moment]")).to_have_text(str(first))
    await page.mouse.move(0, 0)
    await expect(chart.locator("[data-moment]")).to_have_text(newest)


async def test_a_chart_is_read_by_arrow_keys(page: Page, site: Client) -> None:
    await page.goto(url(site, "/"))
    chart = page.locator("#chart-releases")
    plot = chart.get_by_role("slider")
    await plot.focus()
    await page.keyboard.press("ArrowLeft")
    row = chart.locator("tbody tr").nth(1)
    day = str(await row.locator("th").text_content())
    await expect(chart.locator("[data-moment]")).to_have_text(day)
    spoken = str(await plot.get_attribute("aria-valuetext"))
    assert spoken.startswith(f"{day}: 2026.11 ")
    await page.keyboard.press("Home")
    assert await plot.get_attribute("aria-valuenow") == "1"


async def test_both_drawings_of_a_chart_are_at_the_same_place(page: Page, site: Client) -> None:
    await page.goto(url(site, "/"))
    drawn = await page.locator("#chart-types svg.lines").bounding_box()
    live = await page.locator("#chart-types .u-over").bounding_box()
    assert drawn
    assert live
    assert [drawn[side] for side in ("x", "y")] == pytest.approx(
        [live[side] for side in ("x", "y")], abs=1.5
    )
    assert live["width"] == pytest.approx(drawn["width"], abs=1.5)


async def test_the_map_names_the_country_under_the_pointer(page: Page, site: Client) -> None:
    await page.goto(url(site, "/"))
    await page.locator(".world .shade-5").first.hover(force=True)
    await page.locator(".world .shade-5").first.dispatch_event("pointermove")
    await expect(page.locator("[data-place]")).to_contain_text("%)")
    await page.mouse.move(0, 0)
    await page.locator(".world").dispatch_event("pointerleave")
    await expect(page.locator("[data-place]")).to_have_text("Share of 4,380 installations")


async def test_a_chart_follows_the_colour_scheme(page: Page, site: Client) -> None:
    await page.goto(url(site, "/"))
    pixels = "document.querySelector('#chart-types canvas').toDataURL()"
    before = await page.evaluate(pixels)
    await page.emulate_media(color_scheme="dark")
    await page.wait_for_function(f"before => {pixels} !== before", arg=before)
    assert await page.locator("#chart-types canvas").count() == 1
