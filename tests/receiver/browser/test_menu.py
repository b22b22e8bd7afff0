"""The menu: a row where there is room, a button where there is not, with scripts and without."""

import pytest
from playwright.async_api import Browser, expect

from tests.receiver.browser.browser import visit
from tests.receiver.dashboard.serving import Client

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
async def test_the_menu_of_a_phone_is_one_button_by_key(
    browser: Browser, site: Client, scripts: bool
) -> None:
    async with visit(browser, width=360, scripts=scripts) as visited:
        page = visited.page
        await page.goto(str(site.make_url("/apps/core_ssh")))
        head = await page.locator("header.site").bounding_box()
        assert head
        assert head["height"] <= 64
        menu = page.get_by_role("button", name="Menu", exact=True)
        about = page.get_by_role("navigation", name="Pages").get_by_role("link", name="About")
        await expect(about).to_be_hidden()
        await menu.focus()
        await page.keyboard.press("Enter")
        await expect(about).to_be_in_viewport(ratio=1)
        await page.keyboard.press("Escape")
        await expect(about).to_be_hidden()
        await expect(menu).to_be_focused()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Overview")).to_be_focused()
        await about.click()
        await expect(page.locator("h1")).to_have_text("What is collected, kept and shown")


async def test_the_menu_of_a_desk_is_one_row(browser: Browser, site: Client) -> None:
    async with visit(browser, width=1120) as visited:
        page = visited.page
        await page.goto(str(site.make_url("/")))
        links = page.get_by_role("navigation", name="Pages").get_by_role("link")
        boxes = [await link.bounding_box() for link in await links.all()]
        assert len(boxes) >= 6
        assert len({box["y"] for box in boxes if box}) == 1
        await expect(page.get_by_role("button", name="Menu")).to_be_hidden()
