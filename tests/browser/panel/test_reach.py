"""The page is where people look for it, for administrators only, and nowhere else."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect
from pytest_socket import enable_socket

from scripts.host_api import HostApi
from scripts.onboarding import Person, log_in

from ..browser import open_page, stored_tokens
from ..home import Home, running_home
from ..proxy import Proxy
from ..recorder import Recorder
from .panel import ADDRESS, ROOMS, TEXTS, UNTRANSLATED, Panel

pytestmark = pytest.mark.asyncio(loop_scope="session")

BEN = Person(name="Ben", username="ben", password="another long password")
FILES = f"{ADDRESS}_files"

# Told, and not enforced: Home Assistant's own page would not open.
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"
KEEP_VIOLATIONS = """
    window.violations = [];
    addEventListener("securitypolicyviolation", ({violatedDirective, blockedURI, sourceFile}) =>
        violations.push([violatedDirective, blockedURI, sourceFile]));
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Return a Home Assistant whose owner shares nothing."""
    enable_socket()
    async with running_home(tmp_path_factory.mktemp("reach")) as home:
        await home.onboard()
        await home.command("config/core/update", country="NL")
        yield home


@pytest.fixture
def panel(page: Page) -> Panel:
    return Panel(page)


async def test_configure_opens_it_and_the_arrow_leads_back(page: Page, home: Home) -> None:
    panel = Panel(page)
    await panel.configure(home.url)
    await page.wait_for_url(f"**/{ADDRESS}**")
    await page.get_by_role("link", name=TEXTS["panel"]["back"]).click()
    await page.wait_for_url("**/config/integrations/integration/analytics")
    await page.go_back()
    await expect(panel.room("now")).to_be_visible()


async def test_each_room_has_its_address_and_the_way_back(
    page: Page, home: Home, panel: Panel
) -> None:
    await panel.open(home.url)
    for room in ROOMS[1:]:
        await panel.go(room)
        await page.wait_for_url(f"**/{ADDRESS}/{room}")
        current = panel.root.locator("nav a[aria-current=page]")
        await expect(current).to_have_text(TEXTS["panel"][f"room_{room}"])
    await page.go_back()
    await page.go_back()
    await expect(panel.room(ROOMS[1])).to_be_visible()
    await page.reload()
    await expect(panel.room(ROOMS[1])).to_be_visible()


async def test_rooms_are_reached_by_the_keyboard(page: Page, home: Home, panel: Panel) -> None:
    await panel.open(home.url)
    await panel.tabs.first.focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(panel.room("choose")).to_be_visible()


@pytest.mark.parametrize("room", ROOMS)
async def test_every_text_is_there(opened: Panel, room: str) -> None:
    await opened.visit(room)
    await expect(opened.room(room).locator("button, input").first).to_be_visible()
    assert UNTRANSLATED.findall(await opened.root.inner_text()) == []


async def test_all_that_it_loads_is_of_this_home(page: Page, home: Home, panel: Panel) -> None:
    recorder = Recorder(page)
    await panel.open(home.url)
    for room in ROOMS[1:]:
        await panel.go(room)
    assert [url for url in recorder.requests if FILES in url]
    assert recorder.elsewhere(home.url) == []


async def test_the_strictest_policy_has_nothing_against_it(browser: Browser, home: Home) -> None:
    async with (
        Proxy(f"Content-Security-Policy-Report-Only: {POLICY}") as proxy,
        open_page(browser, tokens=home.tokens, proxy=proxy.url) as page,
    ):
        await page.add_init_script(KEEP_VIOLATIONS)
        panel = Panel(page)
        await panel.open(home.url)
        for room in ROOMS[1:]:
            await panel.go(room)
        violations: list[list[str]] = await page.evaluate("violations")
    # Home Assistant's own page has scripts in it, so the policy is looked at.
    assert violations
    assert [one for one in violations if any(FILES in part for part in one)] == []


async def test_a_room_that_can_not_be_loaded_is_said_and_asked_for_once(
    browser: Browser, home: Home
) -> None:
    asked: list[str] = []

    async def refuse(route: Route) -> None:
        asked.append(route.request.url)
        await route.abort()

    async with open_page(browser, tokens=home.tokens) as page:
        await page.route(f"**/{FILES}/*/act.js", refuse)
        panel = Panel(page)
        await panel.open(home.url)
        await panel.tabs.get_by_text(TEXTS["panel"]["room_act"], exact=True).click()
        missing = panel.root.locator("main .state")
        await expect(missing).to_have_text(TEXTS["panel"]["missing"])
        await panel.go("choose")
        assert len(asked) == 1


async def test_other_pages_load_nothing_of_it(page: Page, home: Home) -> None:
    recorder = Recorder(page)
    await page.goto(f"{home.url}/config/dashboard")
    await page.locator("ha-config-dashboard").wait_for()
    await page.goto(f"{home.url}/history")
    await page.locator("ha-panel-history").wait_for()
    assert [url for url in recorder.requests if FILES in url] == []
    assert await page.evaluate("customElements.get('analytics-panel')") is None


async def test_who_is_no_administrator_does_not_get_there(browser: Browser, home: Home) -> None:
    user = (await home.command("config/auth/create", name=BEN.name, group_ids=["system-users"]))[
        "user"
    ]
    await home.command(
        "config/auth_provider/homeassistant/create",
        user_id=user["id"],
        username=BEN.username,
        password=BEN.password,
    )
    async with aiohttp.ClientSession() as session:
        api = HostApi(session, home.url)
        await log_in(api, BEN)
        token = api.access_token
    assert token
    async with open_page(browser, tokens=stored_tokens(home.url, token)) as page:
        await page.goto(f"{home.url}/{ADDRESS}")
        await page.locator("ha-sidebar").wait_for()
        await expect(
            page.locator("hass-error-screen, ha-panel-home, ha-panel-lovelace")
        ).not_to_have_count(0)
        await expect(page.locator("analytics-panel")).to_have_count(0)


async def test_an_option_puts_it_into_the_sidebar(page: Page, home: Home, panel: Panel) -> None:
    entry = page.locator(f"ha-sidebar [href='/{ADDRESS}']")
    await panel.open(home.url)
    await expect(entry).to_have_count(0)
    await home.set_options({"sidebar": True})
    await expect(entry).to_have_count(1)
    await panel.open(home.url)
    await expect(panel.root.locator("ha-menu-button")).to_have_count(1)
    await home.set_options({})
    await expect(entry).to_have_count(0)
