"""Start the browser that the tests of the plugin and of the receiver drive."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from scripts.chromium import ChromiumMissingError, find

PYTHON = Path(sys.executable)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Icons and maps come from elsewhere: a test is the same with a network and without.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


@cache
def executable() -> Path:
    """Return where Chromium is; raises ChromiumMissingError where there is none that starts."""
    if found := find(PYTHON):
        return found
    raise ChromiumMissingError(PYTHON)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start Chromium; raises ChromiumMissingError where there is none that starts."""
    path = executable()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS])
        try:
            yield browser
        finally:
            await browser.close()
