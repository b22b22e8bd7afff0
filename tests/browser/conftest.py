"""A browser and its page, a Home Assistant for each module, and a console without complaints."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page
from pytest_socket import enable_socket

from scripts.sink import Sink
from tests.chromium import chromium

from .browser import Console, open_page, renew
from .home import Home


@pytest.fixture(autouse=True)
def real_sockets(socket_enabled: None) -> None:
    """Let tests reach their Home Assistant, which the test package keeps them from."""


@pytest.fixture(autouse=True)
def verify_cleanup() -> None:
    """Take the place of the test package's: here loops and connections outlive a test."""


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Take the place of the test package's, which asks for a loop per test."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Return Chromium."""
    enable_socket()  # real_sockets comes too late for a session's fixtures
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def sink(real_sockets: None) -> AsyncIterator[Sink]:
    """Return a receiver of the test's own, which nobody has allowed anything yet."""
    async with Sink() as sink:
        yield sink


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def only_tab(browser: Browser) -> AsyncIterator[Page]:
    """Return the page that all modules use: its browser has compiled the front end's scripts.

    Without the front end's service worker, which is not there on somebody's first visit.
    """
    async with open_page(browser, service_workers="block") as page:
        yield page


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tab(only_tab: Page) -> AsyncIterator[Page]:
    """Return the page that a module's tests use one after the other."""
    yield only_tab
    # The next home may be at the same address.
    await only_tab.goto("about:blank")


@pytest_asyncio.fixture(loop_scope="session")
async def page(tab: Page, home: Home) -> AsyncIterator[Page]:
    """Return a page of the owner, or of a visitor before there is one, that knows nothing.

    At its end neither the browser's console nor the host's log may blame the plugin.
    """
    with Console(tab) as console:
        await renew(tab, home.url, home.tokens)
        yield tab
        await tab.goto("about:blank")
    assert console.errors == []
    assert home.complaints() == []


@pytest_asyncio.fixture(loop_scope="session")
async def complaining_page(tab: Page, home: Home) -> AsyncIterator[Page]:
    """Return the same for a test that takes its home away, of which the console complains."""
    await renew(tab, home.url, home.tokens)
    yield tab
    await tab.goto("about:blank")


@pytest_asyncio.fixture(loop_scope="session")
async def own_page(browser: Browser, home: Home) -> AsyncIterator[Page]:
    """Return the same for a test that does what can't be undone, as none has used it before."""
    async with open_page(browser, tokens=home.tokens) as page:
        with Console(page) as console:
            yield page
    assert console.errors == []
    assert home.complaints() == []
