"""A browser for each module, and the made-up fleet's dashboard."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.chromium import chromium
from tests.receiver.browser.browser import visit
from tests.receiver.dashboard.serving import Client, hostile, many, serving


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Return Chromium."""
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Client]:
    """Return the dashboard with long tables."""
    async with serving(many()) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hostile_site() -> AsyncIterator[Client]:
    """Return the dashboard with hostile names."""
    async with serving(hostile()) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """Return a page, which may neither complain nor ask another host."""
    async with visit(browser) as visited:
        yield visited.page
    assert visited.errors == []
    assert visited.hosts <= {"127.0.0.1"}
