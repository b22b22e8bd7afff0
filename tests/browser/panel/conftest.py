"""What tests of the page have in common: a destination, and time enough on a busy machine."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Page, expect
from pytest_socket import enable_socket

from scripts.sink import Sink

from ..browser import TIMEOUT, Console, renew, resize
from ..home import Home
from .panel import Panel

expect.set_options(timeout=TIMEOUT)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def receiver() -> AsyncIterator[Sink]:
    """Return the destination of a module's home."""
    enable_socket()
    async with Sink() as sink:
        yield sink


@pytest_asyncio.fixture(loop_scope="session")
async def opened(tab: Page, home: Home) -> AsyncIterator[Panel]:
    """Return the panel for a test that only looks at it: open in the room that was looked at last.

    It is loaded where the test before has left it. Its console is judged as that of `page` is.
    """
    await home.status()  # a connection that says nothing for minutes is closed
    panel = Panel(tab)
    with Console(tab) as console:
        if await panel.root.count() == 0:
            await renew(tab, home.url, home.tokens)
            await panel.open(home.url)
        await resize(tab)
        yield panel
    assert console.errors == []
    assert home.complaints() == []
