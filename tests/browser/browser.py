"""Open pages, logged in where asked, and keep what the browser's console complained about."""

import json
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Literal, Self
from urllib.parse import urlsplit

from playwright.async_api import Browser, ConsoleMessage, Error, Page

from scripts.home_assistant import PLUGIN

MAPS_PATH = "/api/map_tiles/"
BRANDS_PATH = "/api/brands/"
BRANDS = re.compile(rf"{BRANDS_PATH}integration/(?P<domain>[^/]+)/")

# What the front end of 2025.4 complains about on a slow machine: a map that was left before it was
# drawn, a theme that came before the configuration (it then looks for the sources of either), and
# commands under way when onboarding is left. All hosts complain about a custom panel, and so about
# ours, that is taken away or moved to the sidebar while it is open. A rejection is told here
# itself, so that it could not be written to the host's log says nothing more.
OWN_TROUBLES = re.compile(
    'leaflet|/unknown/src/|/unknown/node_modules/|_applyTheme|"code":3,|to system log: 3 '
    "|^Failure writing unhandled promise rejection to system log"
    "|reading '_panel_custom'|reading 'html_url'"
)

TIMEOUT = 30_000  # milliseconds that the slowest machine may take for one step
WIDE = (1280, 900)

# A rejected promise's reason may be any object; the browser itself tells only that it is one.
TELL_REASONS = """
    addEventListener("unhandledrejection", ({reason}) =>
        console.error(reason instanceof Error ? reason.stack : JSON.stringify(reason)))
"""

# A message that goes by itself after three seconds can be gone before a busy machine has looked.
# What a test does next may be below it, so it goes well before that gives up.
SHOW_MESSAGES_LONGER = """
    addEventListener("hass-notification", ({detail}) => {
        if ((detail.duration ?? 1) > 0) detail.duration = 10_000;
    }, true)
"""

# What somebody has who visits for the first time, but for what was compiled of the scripts.
FORGET = """async () => {
    localStorage.clear();
    sessionStorage.clear();
    for (const {name} of await indexedDB.databases()) indexedDB.deleteDatabase(name);
}"""


@asynccontextmanager
async def open_page(
    browser: Browser,
    *,
    tokens: Mapping[str, object] | None = None,
    proxy: str | None = None,
    service_workers: Literal["allow", "block"] = "allow",
) -> AsyncIterator[Page]:
    """Open an empty page of a new visitor, or of the person to whom the tokens belong.

    With a proxy, also what is for this machine goes by way of it.
    """
    context = await browser.new_context(
        viewport={"width": WIDE[0], "height": WIDE[1]},
        locale="en-US",  # from which onboarding guesses the country
        reduced_motion="reduce",
        proxy={"server": proxy, "bypass": "<-loopback>"} if proxy else None,
        service_workers=service_workers,
    )
    context.set_default_timeout(TIMEOUT)
    await context.add_init_script(TELL_REASONS)
    await context.add_init_script(SHOW_MESSAGES_LONGER)
    if tokens:
        value = json.dumps(json.dumps(tokens))
        await context.add_init_script(f"localStorage.setItem('hassTokens', {value})")
    try:
        yield await context.new_page()
    finally:
        await context.close()


async def renew(page: Page, url: str, tokens: Mapping[str, object] | None) -> None:
    """Make a page that was used before one of a new visitor, or of another person.

    The front end then costs a third of what it costs on a new page, for its scripts are compiled.
    """
    await resize(page)
    await page.goto(f"{url}/manifest.json")  # which is no page, and of the same origin
    await page.context.clear_cookies()
    await page.evaluate(FORGET)
    if tokens:
        await page.evaluate("text => localStorage.setItem('hassTokens', text)", json.dumps(tokens))


async def resize(page: Page, width: int = WIDE[0]) -> None:
    """Show a page at a width, by day."""
    await page.set_viewport_size({"width": width, "height": WIDE[1]})
    await page.emulate_media(color_scheme="light")


def stored_tokens(url: str, access_token: str) -> dict[str, object]:
    """Return what the front end keeps of a login, for half an hour."""
    return {
        "access_token": access_token,
        "token_type": "Bearer",
        "refresh_token": "",
        "expires_in": 1800,
        "expires": (time.time() + 1800) * 1000,
        "hassUrl": url,
        "clientId": f"{url}/",
    }


class Console:
    """Collects what a page complains about in the browser's console, but for its own troubles."""

    def __init__(self, page: Page) -> None:
        """Collect of a page."""
        self.errors: list[str] = []
        self._page = page

    def __enter__(self) -> Self:
        """Listen from now on."""
        self._page.on("console", self._message)
        self._page.on("pageerror", self._exception)
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no longer."""
        self._page.remove_listener("console", self._message)
        self._page.remove_listener("pageerror", self._exception)

    def _message(self, message: ConsoleMessage) -> None:
        place = message.location["url"]
        if message.type == "error" and not _comes_from_elsewhere(place):
            self._add(f"{message.text} ({place})")

    def _exception(self, error: Error) -> None:
        if error.message != "Object":  # see TELL_REASONS, which tells more
            self._add(f"{error.message} ({error.stack})")

    def _add(self, error: str) -> None:
        if not OWN_TROUBLES.search(error):
            self.errors.append(error)


def _comes_from_elsewhere(place: str) -> bool:
    """Tell whether this could not be loaded for want of a network, see tests/chromium.py."""
    address = urlsplit(place)
    if place and address.hostname != "127.0.0.1":
        return True
    # Recent hosts pass on maps and icons, but for icons in an integration's own folder.
    brand = BRANDS.match(address.path)
    ours = brand is not None and (PLUGIN.parent / brand["domain"] / "brand").exists()
    return address.path.startswith((BRANDS_PATH, MAPS_PATH)) and not ours
