"""The host's own front end, and a page that follows the state."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

type Json = dict[str, Any]
type OpenPage = Callable[[], Awaitable["Page"]]

DONE = ["user", "core_config", "analytics", "integration"]


class Page:
    """A page that is open: the states that it was told, the newest last."""

    def __init__(self, hass: HomeAssistant, client: MockHAClientWebSocket) -> None:
        self._hass = hass
        self.client = client
        self.number = 0
        self.states: list[Json] = []

    async def subscribe(self) -> None:
        """Follow the state."""
        await self.client.send_json_auto_id({"type": "analytics/subscribe"})
        answer = await self.client.receive_json()
        assert (answer["success"], answer["result"]) == (True, None)
        self.number = answer["id"]

    async def state(self) -> Json:
        """Return the newest state, once all that goes on has ended."""
        await self._hass.async_block_till_done(wait_background_tasks=True)
        await self.ask("ping")
        return self.states[-1]

    async def ask(self, command: str, **arguments: Any) -> Json:
        """Send another command as this page; returns the answer."""
        await self.client.send_json_auto_id({"type": command, **arguments})
        while (message := await self.client.receive_json())["type"] == "event":
            self.states.append(message["event"])
        answer: Json = message
        return answer

    async def line(self, matter: str = "reports") -> Json:
        """Return the sentence about a matter."""
        lines: list[Json] = (await self.state())["lines"]
        [line] = [line for line in lines if line["matter"] == matter]
        return line

    async def says(self, matter: str = "reports") -> str:
        """Return which sentence that is."""
        key: str = (await self.line(matter))["key"]
        return key.removeprefix("now.")


@pytest.fixture
async def front_end(hass: HomeAssistant, hass_storage: Json) -> None:
    """Set up the host's own front end, on a server that takes addresses while it runs."""
    hass_storage["onboarding"] = {"version": 4, "key": "onboarding", "data": {"done": DONE}}
    assert await async_setup_component(hass, "frontend", {})
    # As the host does when its server starts, of which the test's takes the place.
    hass.http.app.router.freeze = lambda: None  # type: ignore[method-assign]


@pytest.fixture
def open_page(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> OpenPage:
    """Open a page that follows the state."""

    async def open_page() -> Page:
        page = Page(hass, await hass_ws_client(hass))
        await page.subscribe()
        return page

    return open_page
