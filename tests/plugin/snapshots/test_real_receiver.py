"""Snapshots arrive at a real receiver, whoever posts them, and are taken back from it."""

import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from hypothesis import HealthCheck, example, given, settings
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.analytics.const import DOMAIN
from custom_components.analytics.data import async_loaded
from custom_components.analytics.taking_back import forget
from receiver.schema.snapshots import taken
from scripts.kept_rows import Tells, kept_rows
from scripts.receiver_process import ReceiverProcess

from .conftest import only_where_there_are_snapshots
from .test_side_by_side import EXAMPLES, SHARED, Device, Entity, Registries, host, registries

pytestmark = [only_where_there_are_snapshots, pytest.mark.process]

type Send = Callable[[], Awaitable[None]]

generated = settings(
    max_examples=EXAMPLES or 12,
    derandomize=not EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
A_HOME = Registries(
    devices=(
        Device(model="Plug S", manufacturer="TP-Link", sw_version="1.104.2"),
        Device(domain="zha", model="E1603/E1702", manufacturer="IKEA of Sweden", via=0),
    ),
    entities=(Entity(device=0, kind="light"), Entity(domain="zha", device=1, unit="°C")),
)
# Of no installation, and such as the receiver makes them.
NOT_KNOWN = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True, kw_only=True, slots=True)
class Database:
    """A receiver as a device database."""

    url: str
    file: Path

    def kept(self) -> dict[str, Tells]:
        """Return what is kept of each snapshot, by the key that it is kept under."""
        return {row.key.hex(): row.report for row in kept_rows(self.file)}


@pytest.fixture
async def database(
    socket_enabled: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Database]:
    """Run a receiver, for all that is generated: one address sends more than one home would."""
    folder = tmp_path / "receiver"
    monkeypatch.setenv("OPEN_ANALYTICS_RATE_LIMIT", "0")
    async with ReceiverProcess(folder) as receiver:
        yield Database(url=receiver.url, file=folder / "analytics.db")


def key_of(identifier: str) -> str:
    """Return what the receiver keeps a snapshot under."""
    return hashlib.sha256(f"snapshot:{identifier}".encode()).digest()[:16].hex()


def expected(payload: Any) -> Tells:
    """Return what is to be kept of a payload."""
    names = taken(payload).told.names
    return {table: sorted(each, key=repr) for table, each in names.items()}


async def theirs(hass: HomeAssistant, database: Database) -> Send:
    """Return what lets the built-in class send a snapshot."""
    from homeassistant.components.analytics.analytics import Analytics

    built_in = Analytics(hass, database.url)
    await built_in.load()
    return built_in.send_snapshot


async def ours(hass: HomeAssistant, database: Database) -> Send:
    """Return what lets our plugin send one: that a day goes by."""
    assert await async_setup_component(hass, DOMAIN, {DOMAIN: {"snapshots_url": database.url}})
    await hass.async_block_till_done(wait_background_tasks=True)
    data = async_loaded(hass)
    assert data is not None
    reporter = data.snapshots
    assert reporter is not None

    async def send() -> None:
        before = reporter.last
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(days=2))
        await hass.async_block_till_done(wait_background_tasks=True)
        assert reporter.last is not before

    return send


async def payload_of(hass: HomeAssistant) -> Any:
    """Return what the host's own function makes of its registries."""
    from homeassistant.components.analytics import async_devices_payload

    return json.loads(json.dumps((await async_devices_payload(hass))["integrations"]))


@pytest.mark.parametrize("who", [theirs, ours])
@generated
@example(state=A_HOME)
@example(state=replace(A_HOME, identifier=NOT_KNOWN))
@given(state=registries)
async def test_what_the_host_makes_arrives_and_is_kept_under_one_identifier(
    who: Callable[[HomeAssistant, Database], Awaitable[Send]],
    state: Registries,
    hass_storage: dict[str, Any],
    database: Database,
) -> None:
    before = database.kept()
    async with host(state, hass_storage) as (hass, _sink):
        send = await who(hass, database)
        payload = await payload_of(hass)
        if payload == {}:
            return
        if state.identifier is not None:
            # Refused, for the receiver knows it not; so the next goes without.
            await send()
            assert hass_storage[SHARED]["data"]["submission_identifier"] is None
            assert database.kept() == before
        await send()
        identifier = hass_storage[SHARED]["data"]["submission_identifier"]
        new = {key: tells for key, tells in database.kept().items() if key not in before}
        assert new == {key_of(identifier): expected(payload)}
        await send()
        assert hass_storage[SHARED]["data"]["submission_identifier"] == identifier
        assert database.kept() == {**before, **new}


async def test_what_one_sent_the_other_replaces_and_takes_back(
    hass_storage: dict[str, Any], database: Database
) -> None:
    async with host(A_HOME, hass_storage) as (hass, _sink):
        await (await theirs(hass, database))()
        identifier = hass_storage[SHARED]["data"]["submission_identifier"]
        send = await ours(hass, database)
        await send()
        [key] = database.kept()
        assert key == key_of(identifier)
        data = async_loaded(hass)
        assert data is not None
        [item] = (await forget(data))["taken_back"]
        assert (item["id_kept"], item["deletions_pending"]) == (False, 1)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert database.kept() == {}
        assert hass_storage[SHARED]["data"]["submission_identifier"] is None
        # Whoever still has it is told that it is not known, and comes back as another home.
        hass_storage[SHARED]["data"]["submission_identifier"] = identifier
        stale = await theirs(hass, database)
        await stale()
        assert database.kept() == {}
        await stale()
        [key] = database.kept()
        assert key != key_of(identifier)
