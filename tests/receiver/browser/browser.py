"""Open pages, and keep what they complained about and whom they asked."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from playwright.async_api import Browser, ConsoleMessage, Error, Page, Request

TIMEOUT = 30_000  # milliseconds that the slowest machine may take for one step
HEIGHT = 900
# An answer that says "this is not here" is told on the console, too: a test asks for such a page.
NOT_FOUND = re.compile("the server responded with a status of 404")

type Scheme = Literal["light", "dark"]


@dataclass(kw_only=True)  # without slots: playwright puts its own into its listeners
class Visit:
    """A page, its complaints and its requests."""

    page: Page
    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Listen from now on."""
        self.page.on("console", self._message)
        self.page.on("pageerror", self._exception)
        self.page.on("request", self._request)

    def _message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not NOT_FOUND.search(message.text):
            self.errors.append(message.text)

    def _exception(self, error: Error) -> None:
        self.errors.append(f"{error.message} ({error.stack})")

    def _request(self, request: Request) -> None:
        self.hosts.add(str(urlsplit(request.url).hostname))


@asynccontextmanager
async def visit(
    browser: Browser, *, width: int = 1280, scheme: Scheme = "light", scripts: bool = True
) -> AsyncIterator[Visit]:
    """Open an empty page of a new visitor."""
    context = await browser.new_context(
        viewport={"width": width, "height": HEIGHT},
        color_scheme=scheme,
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    context.set_default_timeout(TIMEOUT)
    try:
        yield Visit(page=await context.new_page())
    finally:
        await context.close()
