"""Whatever stands in what the commands answer is text on the page, in each of its rooms."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, WebSocketRoute, expect
from pytest_socket import enable_socket

from scripts.sink import Sink

from ..browser import open_page
from ..home import Home, running_home
from .panel import Panel
from .wire import several

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = "<img src=x onerror=window.broken=1>[a](javascript:window.broken=1)${window.broken=1}"
ADDRESS = "javascript:window.broken=1"
# What anybody may have named or written. All strings below the latter are such, and their keys.
NAMED = {"body", "description", "destination", "detail", "json", "name", "reason", "title", "where"}
GIVEN = {"event", "instead", "noticed", "nothing", "payload", "placeholders", "told", "value"}
FAULT = {
    "digest": "0" * 64,
    "kind": "ValueError",
    "where": ["homeassistant/core.py:1 run"],
    "integration": "light",
    "count": 1,
    "first": "2026-11-21T12:00:00+00:00",
    "last": "2026-11-21T12:00:00+00:00",
    "state": "dropped",
    "why": None,
    "event": {"message": "It failed"},
}
# What rooms are told apart and timed by.
KEPT = {"kind", "state", "first", "last", "digest"}


def spoiled(node: Any, key: str = "", *, given: bool = False) -> Any:
    """Return an answer with something hostile in the place of each text that somebody can write."""
    if isinstance(node, dict):
        return {
            f"{HOSTILE}{name}" if given and key in {"payload", "event", "value"} else name: (
                ADDRESS
                if name == "privacy_url"
                else spoiled(value, name, given=_is_given(name, given))
            )
            for name, value in node.items()
        }
    if isinstance(node, list):
        return [spoiled(each, key, given=given) for each in node]
    is_text = isinstance(node, str) and key not in KEPT and (given or key in NAMED)
    return f"{HOSTILE}{node}" if is_text else node


def _is_given(name: str, given: bool) -> bool:
    return given or name in GIVEN


class Spoiler:
    """Stands between the page and Home Assistant, and spoils what the plugin answers."""

    def __init__(self) -> None:
        self._ours: dict[int, str] = {}

    async def __call__(self, page_side: WebSocketRoute) -> None:
        host_side = page_side.connect_to_server()

        def asked(text: str | bytes) -> None:
            for message in several(text):
                if str(message.get("type")).startswith("analytics/"):
                    self._ours[message["id"]] = message["type"]
            host_side.send(text)

        page_side.on_message(asked)

        def answered(text: str | bytes) -> None:
            for message in several(text):
                page_side.send(json.dumps(self._spoil(message)))

        host_side.on_message(answered)

    def _spoil(self, message: dict[str, Any]) -> dict[str, Any]:
        command = self._ours.get(message.get("id", 0))
        if command is None:
            return message
        if command == "analytics/crashes":
            message["result"]["noticed"] = [FAULT]
        return {
            name: spoiled(value) if name in {"result", "event"} else value
            for name, value in message.items()
        }


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Return a Home Assistant in which a report has left, and another one waits."""
    enable_socket()
    async with Sink() as sink, running_home(tmp_path_factory.mktemp("hostile")) as home:
        await home.onboard()
        await home.redirect(sink.url, crash_reports_dsn="https://key@sentry.example.com/1")
        await home.choose("base", "usage")
        await home.command("analytics/send")
        await home.redirect(sink.url, hold=True)
        await home.command("analytics/send")
        yield home


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tab(browser: Browser) -> AsyncIterator[Page]:
    """Return a page to which everything that comes is spoiled."""
    async with open_page(browser, service_workers="block") as page:
        await page.route_web_socket("**/api/websocket", Spoiler())
        yield page


@pytest.mark.parametrize(
    "room", ["now", "choose", "next", "left", "left/1", "outbox", "crash", "options", "act"]
)
async def test_it_stays_text(opened: Panel, room: str) -> None:
    panel = opened
    await panel.page.evaluate("delete window.broken")
    await panel.visit(room)
    if room != "options":  # of which only people's own words are shown, in fields
        await expect(panel.room(room)).to_contain_text(HOSTILE)
    for summary in await panel.room(room).locator("summary").all():
        await summary.click()
    await expect(panel.root.locator("img, a[href^='javascript' i]")).to_have_count(0)
    assert await panel.page.evaluate("window.broken") is None
