"""The state of Home Assistant Cloud is one word, of a real client that has no connection."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any, Final

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.analytics.collect import Source
from custom_components.analytics.collect.cloud import cloud
from custom_components.analytics.tiers.words import CLOUD_STATES

ANNA: Final = "anna@example.com"
DAY: Final = timedelta(days=1)


def token(expires: timedelta) -> str:
    """Return a token of a subscription that expires in this time."""
    claims = {"custom:sub-exp": (dt_util.utcnow() + expires).date().isoformat(), "email": ANNA}
    parts: tuple[dict[str, str], ...] = ({"alg": "HS256"}, claims, {})
    return ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts)


@pytest.fixture
def client(hass: HomeAssistant) -> Any:
    """Return the host's client of the cloud, loaded but not logged in."""
    from hass_nabucasa import Cloud
    from hass_nabucasa.iot import CloudIoT

    made: Any = Cloud.__new__(Cloud)
    made.id_token = None
    made.iot = CloudIoT.__new__(CloudIoT)
    made.iot.state = "disconnected"
    hass.data["cloud"] = made
    hass.config.components.add("cloud")
    return made


async def state(hass: HomeAssistant) -> str:
    """Return the state that is told."""
    return await cloud(Source(hass=hass, yaml_domains=frozenset()))


async def test_a_host_without_it(hass: HomeAssistant) -> None:
    assert await state(hass) == "not_loaded"


async def test_of_one_that_is_not_loaded_nothing_is_read(hass: HomeAssistant, client: Any) -> None:
    hass.config.components.remove("cloud")
    client.id_token = token(DAY)
    assert await state(hass) == "not_loaded"


async def test_its_states(hass: HomeAssistant, client: Any) -> None:
    told = [await state(hass)]
    # A week of grace is the cloud's own.
    client.id_token = token(-9 * DAY)
    told.append(await state(hass))
    client.id_token = token(9 * DAY)
    told.append(await state(hass))
    client.iot.state = "connected"
    told.append(await state(hass))
    assert told == ["logged_out", "expired", "disconnected", "connected"]
    assert ["not_loaded", *told] == list(CLOUD_STATES)


async def test_one_that_lost_its_client_is_logged_out(hass: HomeAssistant) -> None:
    hass.config.components.add("cloud")
    assert await state(hass) == "logged_out"
