"""What tests of the page have in common: a destination, and time enough on a busy machine."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import expect
from pytest_socket import enable_socket

from scripts.sink import Sink

from ..browser import TIMEOUT

expect.set_options(timeout=TIMEOUT)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def receiver() -> AsyncIterator[Sink]:
    """Return the destination of a module's home."""
    enable_socket()
    async with Sink() as sink:
        yield sink
