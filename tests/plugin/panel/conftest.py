"""The host's own front end, in which the page is shown."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

DONE = ["user", "core_config", "analytics", "integration"]


@pytest.fixture
async def front_end(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    """Set up the host's own front end, on a server that takes addresses while it runs."""
    hass_storage["onboarding"] = {"version": 4, "key": "onboarding", "data": {"done": DONE}}
    assert await async_setup_component(hass, "frontend", {})
    # As the host does when its server starts, of which the test's takes the place.
    hass.http.app.router.freeze = lambda: None  # type: ignore[method-assign]
