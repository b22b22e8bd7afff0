"""Home Assistant's own integration for Home Assistant's figures reads those of our receiver.

Nothing of it is replaced: the host, the integration, its client from PyPI, TLS, the receiver in a
process of its own. What is told to the host is where the servers are, and whom to believe.
"""

import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from homeassistant.components.analytics_insights.coordinator import (
    HomeassistantAnalyticsDataUpdateCoordinator,
)
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import aiohttp_client
from homeassistant.helpers import entity_registry as er
from homeassistant.loader import async_get_integration
from homeassistant.util import ssl as ssl_util

from scripts.fleet.home import home, report
from scripts.receiver_process import ReceiverProcess

from .wire import Authority, Resolver, serving, tls_before

DOMAIN = "analytics_insights"
ANALYTICS = "analytics.home-assistant.io"
# Which integrations there are is no matter of reports: that file is of the project's website.
WEBSITES = ("home-assistant.io", "next.home-assistant.io")
TITLES = {
    domain: {"title": domain.title(), "integration_type": "hub"} for domain in ("mqtt", "hue")
}
HACS = [{"domain": "hacs", "version": "2.0.5"}]
FLEET = 30

type Body = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """A receiver, and what was reported to it."""

    receiver: ReceiverProcess
    bodies: list[Body]

    def count(self, named: Callable[[Body], bool]) -> str:
        """Return the state of a sensor that counts these installations."""
        return str(sum(map(named, self.bodies)))

    async def report(self, body: Body) -> None:
        """Report, and note it."""
        async with (
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.post(self.receiver.destination, json=body),
        ):
            self.bodies.append(body)

    async def published(self) -> None:
        """Wait until what was reported is in the figures."""
        await self.receiver.figures_since(time.time())


@pytest.fixture
async def world(
    hass: HomeAssistant, socket_enabled: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """Return a receiver with a fleet, which the host takes for Home Assistant's."""
    authority, ports = Authority(), dict[str, int]()
    async with AsyncExitStack() as stack:
        receiver = await stack.enter_async_context(ReceiverProcess(tmp_path / "receiver"))
        ports[ANALYTICS] = await stack.enter_async_context(
            tls_before(receiver.port, authority.server(ANALYTICS))
        )
        for name in WEBSITES:
            ports[name] = await stack.enter_async_context(
                serving("/integrations.json", TITLES, authority.server(name))
            )
        monkeypatch.setattr(aiohttp_client, "_async_make_resolver", lambda hass: Resolver(ports))
        monkeypatch.setattr(ssl_util, "client_context", lambda *_: authority.client())
        world = World(receiver=receiver, bodies=[])
        chance, today = random.Random(1), datetime.now(UTC).date()
        for _ in range(FLEET):
            await world.report(report(home(chance, today), today))
        await world.published()
        yield world
        connector = aiohttp_client.async_get_clientsession(hass).connector
        assert connector
        await connector.close()


def apps_key(schema: Any) -> str:
    """Return what this host calls add-ons: their name changed."""
    [key] = [str(key) for key in schema.schema if str(key) in {"tracked_apps", "tracked_addons"}]
    return key


async def set_up(hass: HomeAssistant) -> dict[str, Any]:
    """Go through the integration's dialog; return what it offered."""
    form = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert form["type"] is FlowResultType.FORM, form
    schema = form["data_schema"]
    assert schema
    chosen = {
        apps_key(schema): ["core_mosquitto"],
        "tracked_integrations": ["mqtt"],
        "tracked_custom_integrations": ["hacs"],
    }
    done = await hass.config_entries.flow.async_configure(form["flow_id"], chosen)
    assert done["type"] is FlowResultType.CREATE_ENTRY, done
    await hass.async_block_till_done()
    [entry] = hass.config_entries.async_entries(DOMAIN)
    assert entry.state is ConfigEntryState.LOADED, entry.reason
    return {str(key): selector.config["options"] for key, selector in schema.schema.items()}


def states(hass: HomeAssistant) -> dict[str, str]:
    """Return the state of each sensor by what it counts."""
    [entry] = hass.config_entries.async_entries(DOMAIN)
    found = {}
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        if state := hass.states.get(entity.entity_id):
            key = entity.unique_id.removesuffix("_active_installations")
            found[key.removeprefix("addon_").removeprefix("app_")] = state.state
    return found


async def enable_totals(hass: HomeAssistant) -> None:
    """Turn on the sensors that are off by default."""
    registry = er.async_get(hass)
    [entry] = hass.config_entries.async_entries(DOMAIN)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        registry.async_update_entity(entity.entity_id, disabled_by=None)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


def expected(world: World) -> dict[str, str]:
    """Return what the sensors have to say of what was reported."""
    return {
        "core_mosquitto": world.count(
            lambda body: any(one["slug"] == "core_mosquitto" for one in body.get("addons", ()))
        ),
        "core_mqtt": world.count(lambda body: "mqtt" in body.get("integrations", ())),
        "custom_hacs": world.count(
            lambda body: any(one["domain"] == "hacs" for one in body.get("custom_integrations", ()))
        ),
        "total": world.count(lambda body: True),
        "total_reports_integrations": world.count(lambda body: "integrations" in body),
    }


async def test_the_sensors_have_what_the_receiver_publishes(
    hass: HomeAssistant, world: World
) -> None:
    offered = await set_up(hass)
    assert "core_mosquitto" in (offered.get("tracked_apps") or offered["tracked_addons"])
    assert "hacs" in offered["tracked_custom_integrations"]
    await enable_totals(hass)
    assert states(hass) == expected(world)
    assert "0" not in expected(world).values()


async def refresh(hass: HomeAssistant) -> None:
    """Let the integration ask again, as it does twice a day."""
    [entry] = hass.config_entries.async_entries(DOMAIN)
    await entry.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done()


async def test_an_update_follows_the_receiver(hass: HomeAssistant, world: World) -> None:
    await set_up(hass)
    await enable_totals(hass)
    before = states(hass)
    supervised = next(body for body in world.bodies if body.get("addons"))
    await world.report({**supervised, "uuid": "0" * 32, "custom_integrations": HACS})
    await world.published()
    await refresh(hass)
    assert states(hass) == expected(world) != before


@pytest.mark.skipif(
    not hasattr(HomeassistantAnalyticsDataUpdateCoordinator, "_async_fetch"),
    reason="its integration keeps all old values as soon as one file did not change",
)
async def test_an_update_follows_where_a_file_did_not_change(
    hass: HomeAssistant, world: World
) -> None:
    await set_up(hass)
    await enable_totals(hass)
    bare: Body = {"addons": [], "custom_integrations": []}
    await world.report({**world.bodies[0], "uuid": "0" * 32, **bare})
    await world.published()
    await refresh(hass)
    assert states(hass) == expected(world)
    assert states(hass)["total"] == str(FLEET + 1)


async def test_the_client_is_the_one_that_the_host_asks_for(hass: HomeAssistant) -> None:
    integration = await async_get_integration(hass, DOMAIN)
    name = "python-homeassistant-analytics"
    assert integration.requirements == [f"{name}=={version(name)}"]
