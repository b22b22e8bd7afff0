"""The pages of devices in a real browser: with scripts and without, by hand and by key."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.receiver.browser.browser import visit
from tests.receiver.dashboard.serving import BASE_URL, Client, hostile, many_models, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST = ".gear tbody th a"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gear_site() -> AsyncIterator[Client]:
    """Return the dashboard with many models."""
    async with serving(many_models()) as client:
        yield client


def url(site: Client, path: str) -> str:
    return str(site.make_url(path))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
async def test_three_clicks_answer_which_local_motion_sensor_most_people_use(
    browser: Browser, site: Client, scripts: bool
) -> None:
    async with visit(browser, scripts=scripts) as visited:
        page = visited.page
        await page.goto(url(site, "/"))
        await page.get_by_role("navigation", name="Pages").get_by_text("Devices").click()
        await page.get_by_role("link", name="Motion 22 models", exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text("models: Motion.")
        await page.get_by_role("link", name="Works locally").click()
        await expect(page.get_by_role("status")).to_contain_text("models: Motion, works locally.")
        await expect(page.locator(FIRST).first).to_have_text("Hue motion sensor")
        await page.wait_for_url("**/devices?kind=binary_sensor.motion&class=local")
        assert visited.errors == []


async def test_a_choice_changes_the_table_only_and_keeps_the_focus(
    page: Page, site: Client
) -> None:
    loads: list[str] = []
    await page.goto(url(site, "/devices"))
    page.on("load", lambda _: loads.append("load"))
    cloud = page.locator("#reached-cloud")
    await cloud.focus()
    await page.keyboard.press("Enter")
    await expect(cloud).to_have_attribute("aria-current", "true")
    await expect(cloud).to_be_focused()
    await expect(page.locator("#growth, #makers")).to_have_count(0)
    await page.keyboard.press("Enter")
    await expect(cloud).not_to_have_attribute("aria-current", "true")
    await page.go_back()
    await expect(cloud).to_have_attribute("aria-current", "true")
    assert loads == []


async def test_a_search_stays_within_what_was_chosen(page: Page, site: Client) -> None:
    await page.goto(url(site, "/devices"))
    await page.locator("#kind-light").click()
    await expect(page.locator("#kind-light")).to_have_attribute("aria-current", "true")
    await page.get_by_role("searchbox").press_sequentially("ikea")
    await page.wait_for_url("**/devices?q=ikea&kind=light&**")
    await expect(page.locator(".gear tbody tr")).to_have_count(2)
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.get_by_role("link", name="Show all", exact=True).click()
    await expect(page.get_by_role("searchbox")).to_have_value("")
    await expect(page.locator("#kind-light")).not_to_have_attribute("aria-current", "true")
    await page.get_by_role("searchbox").press_sequentially("ikea")
    await expect(page.locator(".gear tbody tr")).to_have_count(10)


async def test_sort_and_pages_work_without_scripts(browser: Browser, gear_site: Client) -> None:
    async with visit(browser, scripts=False) as visited:
        page = visited.page
        await page.goto(url(gear_site, "/devices"))
        await page.get_by_role("searchbox").fill("made up")
        await page.get_by_role("button", name="Search").click()
        await expect(page.get_by_role("status")).to_contain_text("450 of")
        await page.get_by_role("link", name="Model", exact=True).click()
        await expect(page.locator(FIRST).first).to_have_text("Made up 000")
        await page.get_by_role("link", name="Next").click()
        await expect(page.locator(FIRST).first).to_have_text("Made up 100")
        await page.locator(FIRST).first.click()
        await expect(page.locator("h1")).to_have_text("Made up 100")


async def test_a_model_leads_to_others_that_bring_the_same(page: Page, site: Client) -> None:
    await page.goto(url(site, "/devices/manufacturers"))
    await page.get_by_role("link", name="Reolink").click()
    await page.get_by_role("link", name="RLC-810A").click()
    await expect(page.locator("#chart-usage canvas")).to_be_visible()
    await page.locator("#chart-kinds-main").get_by_role("link", name="Camera").click()
    await page.wait_for_url("**/devices?kind=camera")
    await expect(page.locator("#kind-camera")).to_have_attribute("aria-current", "true")


async def test_pages_work_under_a_path(page: Page) -> None:
    async with serving(many_models(), base_url=f"{BASE_URL}/my/analytics") as under:
        await page.goto(url(under, "/my/analytics/devices"))
        await page.locator("#kind-light").click()
        await page.wait_for_url("**/my/analytics/devices?kind=light")
        await page.locator(FIRST).first.click()
        await page.wait_for_url("**/my/analytics/devices/models/**")


async def test_hostile_names_run_nothing(page: Page) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    script = "%3Cscript%3Ealert(1)%3C%2Fscript%3E"
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    async with serving(hostile()) as client:
        for path in (
            f"/devices?manufacturer={script}",
            "/devices/manufacturers",
            f"/devices/manufacturers/{script}",
            f"/devices/models/{script}/{script}",
        ):
            await page.goto(url(client, path), wait_until="networkidle")
            await expect(page.get_by_text("<script>alert(1)</script>").first).to_be_attached()
            assert await page.evaluate(overflow) <= 0
    assert dialogs == []
