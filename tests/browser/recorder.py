"""Keep what a page asks for and says, and to whom."""

import json
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Page, Request, WebSocket

COMMAND = "analytics/panel_opened"


class Recorder:
    """Keeps every request of a page, and what it says over WebSockets."""

    def __init__(self, page: Page) -> None:
        """Listen from now on, to all that the page opens."""
        self.requests: list[str] = []
        self.said: list[Any] = []
        page.context.on("request", self._request)
        page.on("websocket", self._websocket)

    @property
    def commands(self) -> list[Any]:
        """Return our commands in full, but for their numbers."""
        return [
            {key: value for key, value in said.items() if key != "id"}
            for said in self.said
            if str(said.get("type", "")).startswith("analytics")
        ]

    async def panels(self) -> list[str]:
        """Return the panels that were told."""
        return [command["panel"] for command in self.commands if command["type"] == COMMAND]

    async def last(self) -> Any:
        """Return what was said last of ours, None before that."""
        return self.commands[-1] if self.commands else None

    @property
    def modules(self) -> list[str]:
        """Return the requests for our module."""
        return [url for url in self.requests if "analytics_static" in url]

    def elsewhere(self, url: str) -> list[str]:
        """Return the requests to anybody but this Home Assistant."""
        own = urlsplit(url).netloc
        return [
            request
            for request in self.requests
            if urlsplit(request).netloc != own and not request.startswith(("data:", "blob:"))
        ]

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _websocket(self, websocket: WebSocket) -> None:
        self.requests.append(websocket.url)
        websocket.on("framesent", self._frame)

    def _frame(self, frame: str | bytes) -> None:
        said = json.loads(frame)
        self.said += said if isinstance(said, list) else [said]
