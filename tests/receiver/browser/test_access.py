"""The dashboard for everyone: contrast, small screens, the keyboard."""

from itertools import product
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

from tests.receiver.browser.browser import HEIGHT, Scheme, visit
from tests.receiver.dashboard.serving import BASE_URL, Client, nothing, serving

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
    "/devices?kind=binary_sensor.motion&class=local",
    "/devices/manufacturers",
    "/devices/manufacturers/shelly",
    "/devices/models/shelly/Shelly%20Plus%202PM",
    "/statistics",
    "/environment",
    "/stability",
    "/interface",
    "/about",
    "/apps/unknown",
)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
OF_THE_SYSTEM: tuple[Literal["none", "active"], ...] = ("none", "active")
WIDTHS = (320, 360, 640, 768, 1440)  # a page is loaded in the first, so that its charts only grow
# Colours of all text against what is behind it, as WCAG 2 computes it; large text may have less.
CONTRASTS = """() => {
  const number = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = number(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const weak = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const colour = number(element instanceof SVGElement ? style.fill : style.color);
    const [a, b] = [light(colour), light(behind(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) weak.push(`${element.tagName} ${element.textContent}`);
  }
  return weak;
}"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# All that a pointer can use, and whether a key press got there.
REACHABLE = """() => [...document.querySelectorAll("a[href], button, summary, input, [tabindex]")]
  .filter(e => e.tabIndex === 0)
  .filter(e => e.type !== "hidden" && e.checkVisibility()).length"""
FOCUSED = """() => {
  const e = document.activeElement;
  if (e === document.body) return "";
  const style = getComputedStyle(e);
  e.dataset.reached = "yes";
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return seen ? "seen" : `no outline: ${e.outerHTML.slice(0, 80)}`;
}"""


def url(site: Client, path: str) -> str:
    return str(site.make_url(path))


async def open_whole(page: Page, site: Client, path: str) -> None:
    """Open a page with all that it folds away."""
    await page.goto(url(site, path))
    await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


@pytest.mark.parametrize("path", PAGES)
async def test_all_text_can_be_read(page: Page, site: Client, path: str) -> None:
    await open_whole(page, site, path)
    weak = {}
    for scheme, colours in product(SCHEMES, OF_THE_SYSTEM):
        await page.emulate_media(color_scheme=scheme, forced_colors=colours)
        forced = await page.evaluate("matchMedia('(forced-colors: active)').matches")
        assert forced is (colours == "active")
        weak[scheme, colours] = await page.evaluate(CONTRASTS)
    assert not any(weak.values()), weak


async def test_dark_is_dark(browser: Browser, site: Client) -> None:
    seen = {}
    for scheme in SCHEMES:
        async with visit(browser, scheme=scheme) as visited:
            await visited.page.goto(url(site, "/"))
            seen[scheme] = await visited.page.evaluate(
                "getComputedStyle(document.body).backgroundColor"
            )
    assert seen == {"light": "rgb(251, 250, 247)", "dark": "rgb(20, 23, 26)"}


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_scrolls_sideways(browser: Browser, site: Client, path: str) -> None:
    async with visit(browser, width=WIDTHS[0]) as visited:
        await open_whole(visited.page, site, path)
        overflows = {}
        for width in WIDTHS:
            await visited.page.set_viewport_size({"width": width, "height": HEIGHT})
            overflows[width] = await visited.page.evaluate(OVERFLOW)
        assert max(overflows.values()) <= 0, overflows


@pytest.mark.parametrize(
    "path", [path for path in PAGES if path not in {"/integrations", "/devices"}]
)
async def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    page: Page, site: Client, path: str
) -> None:
    await page.goto(url(site, path))
    expected = await page.evaluate(REACHABLE)
    reached = []
    for _ in range(expected + 5):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(FOCUSED)
        if not focused:
            break
        reached.append(focused)
    assert set(reached) == {"seen"}
    assert await page.locator("[data-reached]").count() == expected


async def test_the_empty_page_shows_the_whole_example(browser: Browser) -> None:
    async with (
        serving(nothing(), base_url=BASE_URL) as client,
        visit(browser, width=360) as visited,
    ):
        await visited.page.goto(url(client, "/"))
        hidden = "pre => pre.scrollWidth - pre.clientWidth"
        assert await visited.page.locator("pre").evaluate(hidden) <= 0


@pytest.mark.parametrize(
    ("path", "width"),
    [
        *(("/integrations", 360), ("/custom-integrations", 768), ("/apps", 768)),
        *(("/devices", 768), ("/devices/manufacturers", 768)),
    ],
)
async def test_tables_end_where_the_page_does(
    browser: Browser, site: Client, path: str, width: int
) -> None:
    async with visit(browser, width=width) as visited:
        await visited.page.goto(url(site, path))
        last = visited.page.locator(".listing thead th").last
        gap = await last.evaluate(
            """head => {
              const text = document.createRange();
              text.selectNodeContents(head);
              const end = text.getBoundingClientRect().right;
              return head.closest("main").getBoundingClientRect().right - end
                - parseFloat(getComputedStyle(head.closest("main")).paddingRight);
            }"""
        )
        assert gap == pytest.approx(0, abs=1)


async def test_marks_are_not_read_aloud(page: Page, site: Client) -> None:
    await page.goto(url(site, "/apps"))
    for name in ("Name", "Installations", "Updated automatically"):
        head = page.get_by_role("columnheader", name=name, exact=True)
        await expect(head.get_by_role("link", name=name, exact=True)).to_be_visible()
    await page.goto(url(site, "/"))
    assert "+" not in await page.locator("#chart-types details").aria_snapshot()


async def test_paper_has_lines_and_no_controls(browser: Browser, site: Client) -> None:
    async with visit(browser, scheme="dark") as visited:
        page = visited.page
        await page.goto(url(site, "/"))
        await expect(page.locator("#chart-types canvas")).to_be_visible()
        await page.emulate_media(media="print", color_scheme="dark")
        await expect(page.locator("#chart-types canvas")).to_be_hidden()
        await expect(page.locator("#chart-types .line-os")).to_be_visible()
        await expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
        await expect(page.locator("summary").first).to_be_hidden()
        paper = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == "rgb(251, 250, 247)"


async def test_nothing_moves_for_those_who_asked(page: Page, site: Client) -> None:
    await page.goto(url(site, "/integrations"))
    moving = """[...document.querySelectorAll("*")].filter(e => {
      const style = getComputedStyle(e);
      return style.scrollBehavior === "smooth" || parseFloat(style.transitionDuration) > 0
        || style.animationName !== "none";
    }).length"""
    assert await page.evaluate(moving) == 0
    await page.emulate_media(reduced_motion="no-preference")
    assert await page.evaluate(moving) > 0


async def test_the_first_key_press_offers_to_skip_the_head(page: Page, site: Client) -> None:
    await page.goto(url(site, "/about"))
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    await expect(skip).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()
