"""The real front end tells which of its parts are opened, to Home Assistant only, and if it may."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest
import pytest_asyncio
from homeassistant.const import MAJOR_VERSION
from playwright.async_api import Browser, Page
from pytest_socket import enable_socket

from scripts.host_api import HostApi
from scripts.sink import Sink

from .browser import open_page
from .home import Home, running_home
from .proxy import Proxy
from .recorder import COMMAND, Recorder
from .waiting import becomes

pytestmark = pytest.mark.asyncio(loop_scope="session")

# What the front end's own page of the settings for analytics asks for first.
ASKED_BY_SETTINGS = {"type": "analytics"}
STORE = "analytics.panels"
DASHBOARD = "grandmas-room"
# Where the address without a path leads.
FIRST = "home" if MAJOR_VERSION >= 2026 else "lovelace"
# Parts that lead to a page of theirs.
FIRST_PAGES = {
    "home": "home/overview",
    "lovelace": "lovelace/0",
    DASHBOARD: f"{DASHBOARD}/0",
    "config": "config/dashboard",
}
ASKS_NOT_TO_BE_TRACKED = {
    "Do Not Track": "Object.defineProperty(navigator, 'doNotTrack', {value: '1'})",
    "Global Privacy Control": "Object.defineProperty(navigator, 'globalPrivacyControl', "
    "{value: true})",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def receiver() -> AsyncIterator[Sink]:
    """Return a receiver that takes more than Home Assistant's."""
    enable_socket()
    async with Sink() as sink:
        yield sink


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(receiver: Sink, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Return a Home Assistant that shares base, with a dashboard whose name tells something."""
    section = {"destination": {"name": "Test receiver", "url": receiver.url, "extended": True}}
    async with running_home(tmp_path_factory.mktemp("interface"), section) as home:
        await home.onboard()
        # A home that has none is told so on the page of settings, with an icon from elsewhere.
        await home.command("config/core/update", country="NL")
        await home.choose("base")
        await home.command(
            "lovelace/dashboards/create",
            url_path=DASHBOARD,
            title="Grandma's room",
            mode="storage",
            show_in_sidebar=True,
            require_admin=False,
        )
        yield home


@pytest.fixture
def recorder(page: Page) -> Recorder:
    """Return what keeps all that the page says."""
    return Recorder(page)


@pytest_asyncio.fixture(loop_scope="session")
async def shared(home: Home) -> AsyncIterator[None]:
    """Share the use of the interface while the test runs."""
    await home.choose_more("interface")
    yield
    await home.choose_more()


async def written(home: Home) -> str:
    """Let the integration stop and start, and return what it left on disk; empty if nothing."""
    assert home.tokens
    [entry] = await home.command("config_entries/get", domain="analytics")
    async with aiohttp.ClientSession() as session:
        api = HostApi(session, home.url)
        api.access_token = str(home.tokens["access_token"])
        await api.post(f"/api/config/config_entries/entry/{entry['entry_id']}/reload")
    path = home.host.config_dir / ".storage" / STORE
    return path.read_text() if path.exists() else ""


async def arrive(page: Page, home: Home) -> None:
    """Open the front end, and wait until its first part is there."""
    await page.goto(home.url)
    await _is_there(page, FIRST)


async def go(page: Page, *paths: str) -> None:
    """Go to parts of the front end as its own links do, and wait until each is there."""
    for path in paths:
        await page.locator(f"ha-sidebar [href='/{path}']").first.click()
        await _is_there(page, path)


async def _is_there(page: Page, path: str) -> None:
    """Wait for a part's page.

    One that is left before it was loaded still puts the address of its first page in the place of
    that of the next part.
    """
    await page.wait_for_url(f"**/{FIRST_PAGES.get(path, path)}")


async def everything_said(page: Page, recorder: Recorder) -> None:
    """Say something over the page's connection, and wait until that was recorded, too."""
    last = {"type": "analytics/status"}
    said = json.dumps(last)
    await page.evaluate(f"hassConnection.then(({{conn}}) => conn.sendMessagePromise({said}))")
    await becomes(recorder.last, last)


async def test_parts_are_counted_by_name_and_all_else_is_custom(
    page: Page, home: Home, receiver: Sink, shared: None, recorder: Recorder
) -> None:
    await arrive(page, home)
    await becomes(recorder.panels, [FIRST])
    await go(page, "history")
    await becomes(recorder.panels, [FIRST, "history"])
    await go(page, DASHBOARD)
    await becomes(recorder.panels, [FIRST, "history", "custom"])
    await go(page, "config")
    await becomes(recorder.panels, [FIRST, "history", "custom", "config"])
    # A page of the same part is no other part; the way back leads over both.
    await page.evaluate(
        "history.pushState(null, '', '/config/analytics');"
        "dispatchEvent(new Event('location-changed'))"
    )
    await becomes(recorder.last, ASKED_BY_SETTINGS)
    await page.go_back()
    await page.wait_for_url(f"**/{FIRST_PAGES['config']}")
    await page.go_back()
    panels = [FIRST, "history", "custom", "config", "custom"]
    await becomes(recorder.panels, panels)
    told = [command for command in recorder.commands if command != ASKED_BY_SETTINGS]
    assert told == [{"type": COMMAND, "panel": panel} for panel in panels]
    stored = await written(home)
    [day] = json.loads(stored)["data"]["days"]
    assert (day["url"], day["day"]) == (receiver.url, datetime.now(UTC).date().isoformat())
    assert day["counted"] == {"config": 1, "custom": 2, FIRST: 1, "history": 1}
    assert "randma" not in stored


async def test_the_page_talks_to_nobody_else(
    page: Page, home: Home, shared: None, recorder: Recorder
) -> None:
    await arrive(page, home)
    await becomes(recorder.panels, [FIRST])
    await go(page, "history", DASHBOARD, "config")
    await becomes(recorder.panels, [FIRST, "history", "custom", "config"])
    assert recorder.modules
    assert recorder.elsewhere(home.url) == []


async def test_a_proxy_sees_requests_to_nobody_else(
    browser: Browser, home: Home, shared: None
) -> None:
    """What the page's own events may not tell, a worker's requests for one, a proxy sees."""
    async with Proxy() as proxy, open_page(browser, tokens=home.tokens, proxy=proxy.url) as page:
        recorder = Recorder(page)
        await arrive(page, home)
        await becomes(recorder.panels, [FIRST])
        await go(page, "history", DASHBOARD, "config")
        await becomes(recorder.panels, [FIRST, "history", "custom", "config"])
        assert [url for url in proxy.asked if "analytics_static" in url]
        assert proxy.elsewhere(home.url) == []


async def test_a_proxy_sees_nothing_of_it_while_the_tier_is_off(
    browser: Browser, home: Home
) -> None:
    async with Proxy() as proxy, open_page(browser, tokens=home.tokens, proxy=proxy.url) as page:
        await arrive(page, home)
        await go(page, "history", DASHBOARD, "config")
        assert proxy.asked
        assert [url for url in proxy.asked if "analytics" in url] == []
        assert proxy.elsewhere(home.url) == []


async def test_while_the_tier_is_off_nothing_is_loaded_or_told(
    page: Page, home: Home, recorder: Recorder
) -> None:
    await arrive(page, home)
    await go(page, "history", DASHBOARD, "config")
    await everything_said(page, recorder)
    assert "analytics_static" not in await page.content()
    assert recorder.modules == []
    assert await recorder.panels() == []
    assert await written(home) == ""


async def test_a_page_that_was_open_is_quiet_after_the_no(
    page: Page, home: Home, shared: None, recorder: Recorder
) -> None:
    await arrive(page, home)
    await becomes(recorder.panels, [FIRST])
    await home.choose_more()
    await go(page, "history")
    # This one is refused, which is for good.
    await becomes(recorder.panels, [FIRST, "history"])
    await home.choose_more("interface")
    await go(page, DASHBOARD, "config")
    await everything_said(page, recorder)
    assert await recorder.panels() == [FIRST, "history"]
    assert await written(home) == ""


@pytest.mark.parametrize("way", ASKS_NOT_TO_BE_TRACKED)
async def test_browsers_that_ask_not_to_be_tracked_are_not_counted(
    page: Page, home: Home, shared: None, recorder: Recorder, way: str
) -> None:
    async with await page.add_init_script(ASKS_NOT_TO_BE_TRACKED[way]):
        await arrive(page, home)
        await go(page, "history", DASHBOARD, "config")
        await everything_said(page, recorder)
    assert recorder.modules
    assert await recorder.panels() == []
    assert await written(home) == ""
