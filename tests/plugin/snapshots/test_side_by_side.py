"""The built-in integration's class and ours, in one host, post the same JSON and keep the same."""

import json
import os
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

import pytest
from homeassistant import loader
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    async_fire_time_changed,
    mock_integration,
    mock_platform,
)

from custom_components.analytics.const import DOMAIN
from scripts.sink import Answer, Sink

from ..conftest import another_host
from .conftest import answered, only_where_there_are_snapshots

pytestmark = only_where_there_are_snapshots

EXAMPLES: Final = int(os.environ.get("EXAMPLES", "0"))
generated = settings(
    max_examples=EXAMPLES or 60,
    derandomize=not EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SHARED: Final = "core.analytics"
DOMAINS: Final = ("hue", "zha", "shelly")
# What an integration's analytics platform does; "odd" answers nonsense.
REMOVES: Final = ("removes devices", "removes entities", "removes")
PLATFORMS: Final = ("none", "passes", *REMOVES, "raises", "odd")


@dataclass(frozen=True, kw_only=True)
class Integration:
    """An integration's manifest, and what its platform does."""

    kind: str = "hub"
    built_in: bool = True
    platform: str = "none"
    loaded: bool = True


@dataclass(frozen=True, kw_only=True)
class Device:
    """A device; `parent` is the number of another of its integration, or of any as `via`."""

    domain: str = "hue"
    model: str | None = None
    manufacturer: str | None = None
    sw_version: str | None = None
    configuration_url: str | None = None
    service: bool = False
    disabled: bool = False
    via: int | None = None
    children: int = 0
    removed: bool = False


@dataclass(frozen=True, kw_only=True)
class Entity:
    """An entity; `device` is the number of its device, of this or of another integration."""

    domain: str = "hue"
    kind: str = "sensor"
    device: int | None = None
    category: EntityCategory | None = None
    device_class: str | None = None
    unit: str | None = None
    named: bool = False
    disabled: bool = False
    assumed: bool | None = None
    removed: bool = False


@dataclass(frozen=True, kw_only=True)
class Registries:
    """What the host has registered, and how the device database answers."""

    integrations: Mapping[str, Integration] = field(default_factory=dict)
    devices: tuple[Device, ...] = ()
    entities: tuple[Entity, ...] = ()
    identifier: str | None = None
    answer: Answer = field(default_factory=Answer)


domains = st.sampled_from(DOMAINS)
integrations = st.builds(
    Integration,
    kind=st.sampled_from(("hub", "device", "hub", "device", "service", "helper")),
    built_in=st.sampled_from((True, True, True, False)),
    platform=st.sampled_from(("none", "none", *PLATFORMS)),
    loaded=st.sampled_from((True, True, True, False)),
)
HAS_CHILDREN = hasattr(dr.DeviceRegistry, "async_get_or_create_child")

devices = st.builds(
    Device,
    domain=domains,
    model=st.sampled_from((None, "E1603/E1702", "lumi.sensor_magnet.aq2", "Plug S")),
    manufacturer=st.sampled_from((None, "IKEA of Sweden", "TP-Link")),
    sw_version=st.sampled_from((None, "1.104.2", "20230913-112003/v1.14.0-gcb84623")),
    configuration_url=st.sampled_from((None, "http://192.168.1.7/")),
    service=st.sampled_from((False, False, False, True)),
    disabled=st.booleans(),
    via=st.sampled_from((None, 0, 1, 2)),
    children=st.integers(0, 2),
    removed=st.sampled_from((False, False, False, True)),
)
entities = st.builds(
    Entity,
    domain=domains,
    kind=st.sampled_from(("sensor", "light", "update")),
    device=st.sampled_from((None, 0, 1, 2, 3)),
    category=st.sampled_from((None, *EntityCategory)),
    device_class=st.sampled_from((None, "temperature", "speed")),
    unit=st.sampled_from((None, "km/h", "°C", "µg/m³")),
    named=st.booleans(),
    disabled=st.booleans(),
    assumed=st.sampled_from((None, True, False)),
    removed=st.sampled_from((False, False, False, True)),
)
answers = st.sampled_from(
    (
        answered("{}"),
        answered('{"submission_identifier": null}'),
        answered('{"submission_identifier": "new-one"}'),
        answered('{"kind": "invalid-submission-identifier", "message": "no"}', 400),
        answered('{"kind": "malformed", "message": "no"}', 400),
        Answer(status=503, body="later"),
        Answer(status=404),
    )
)
registries = st.builds(
    Registries,
    integrations=st.fixed_dictionaries(dict.fromkeys(DOMAINS, integrations)),
    devices=st.lists(devices, max_size=5).map(tuple),
    entities=st.lists(entities, max_size=6).map(tuple),
    identifier=st.sampled_from((None, "old-one")),
    answer=answers,
)


def platform(does: str) -> Any:
    """Return an integration's analytics platform."""
    from homeassistant.components.analytics import (
        AnalyticsInput,
        AnalyticsModifications,
        DeviceAnalyticsModifications,
        EntityAnalyticsModifications,
    )

    async def modify(hass: HomeAssistant, found: AnalyticsInput) -> Any:
        if does == "raises":
            raise RuntimeError("no")
        if does == "odd":
            return {"remove": True}
        first_devices, first_entities = list(found.device_ids)[:1], list(found.entity_ids)[:1]
        gone = does == "removes devices"
        away = does == "removes entities"
        return AnalyticsModifications(
            remove=does == "removes",
            devices={each: DeviceAnalyticsModifications(remove=gone) for each in first_devices},
            entities={each: EntityAnalyticsModifications(remove=away) for each in first_entities},
        )

    return SimpleNamespace(async_modify_analytics=modify)


def populate(hass: HomeAssistant, state: Registries) -> None:
    """Fill the registries."""
    entries = {}
    for domain in DOMAINS:
        found = state.integrations.get(domain, Integration())
        if found.loaded:
            module = MockModule(domain, partial_manifest={"integration_type": found.kind})
            mock_integration(hass, module, built_in=found.built_in)
        if found.platform != "none":
            mock_platform(hass, f"{domain}.analytics", platform(found.platform))
        entries[domain] = MockConfigEntry(domain=domain)
        entries[domain].add_to_hass(hass)
    made = _devices(hass, state, entries)
    _entities(hass, state, entries, made)
    for device, each in zip(made, state.devices, strict=True):
        if each.removed and dr.async_get(hass).async_get(device):
            dr.async_get(hass).async_remove_device(device)


def _devices(
    hass: HomeAssistant, state: Registries, entries: Mapping[str, MockConfigEntry]
) -> list[str]:
    registry = dr.async_get(hass)
    made: list[str] = []
    for number, each in enumerate(state.devices):
        via = made[each.via] if each.via is not None and each.via < len(made) else None
        entry = entries[each.domain].entry_id
        device = registry.async_get_or_create(
            config_entry_id=entry,
            identifiers={(each.domain, f"serial-{number}")},
            name="Grandma's",
            model=each.model,
            manufacturer=each.manufacturer,
            sw_version=each.sw_version,
            configuration_url=each.configuration_url,
            entry_type=dr.DeviceEntryType.SERVICE if each.service else None,
            disabled_by=dr.DeviceEntryDisabler.USER if each.disabled else None,
        )
        registry.async_update_device(device.id, via_device_id=via)
        made.append(device.id)
        for child in range(each.children if HAS_CHILDREN else 0):
            registry.async_get_or_create_child(
                config_entry_id=entry,
                identifiers={(each.domain, f"child-{number}-{child}")},
                parent_device_id=device.id,
            )
    return made


def _entities(
    hass: HomeAssistant,
    state: Registries,
    entries: Mapping[str, MockConfigEntry],
    made: list[str],
) -> None:
    registry = er.async_get(hass)
    for number, each in enumerate(state.entities):
        device = made[each.device] if each.device is not None and each.device < len(made) else None
        entity = registry.async_get_or_create(
            each.kind,
            each.domain,
            f"unique-{number}",
            config_entry=entries[each.domain],
            device_id=device,
            entity_category=each.category,
            original_device_class=each.device_class,
            unit_of_measurement=each.unit,
            has_entity_name=each.named,
            disabled_by=er.RegistryEntryDisabler.USER if each.disabled else None,
        )
        if each.assumed is not None:
            hass.states.async_set(entity.entity_id, "on", {"assumed_state": each.assumed})
        if each.removed:
            registry.async_remove(entity.entity_id)


@asynccontextmanager
async def host(state: Registries, storage: dict[str, Any]) -> AsyncIterator[tuple[Any, Sink]]:
    """Start a host with these registries, and stop it at the end."""
    data = {
        "onboarded": True,
        "preferences": {"snapshots": True},
        "uuid": None,
        "submission_identifier": state.identifier,
        "snapshot_submission_time": 4000.5,
    }
    storage.clear()
    storage[SHARED] = {"version": 1, "minor_version": 1, "key": SHARED, "data": data}
    on = [{"domain": DOMAIN, "preview_feature": "snapshots"}]
    storage["core.labs"] = {
        "version": 1,
        "minor_version": 1,
        "key": "core.labs",
        "data": {"preview_feature_status": on},
    }
    with tempfile.TemporaryDirectory() as folder:
        async with Sink() as sink, another_host(folder) as hass:
            hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
            sink.snapshot_answer = state.answer
            try:
                populate(hass, state)
                assert await async_setup_component(hass, "labs", {})
                yield hass, sink
            finally:
                await hass.async_stop(force=True)


async def theirs(hass: HomeAssistant, sink: Sink) -> list[Any]:
    """Return what the built-in class posts, and under which identifier."""
    from homeassistant.components.analytics.analytics import Analytics

    built_in = Analytics(hass, sink.device_database)
    await built_in.load()
    await built_in.send_snapshot()
    return posted(sink)


async def ours(hass: HomeAssistant, sink: Sink) -> list[Any]:
    """Return what our first snapshot is; the yes is that of the built-in integration."""
    section = {"snapshots_url": sink.device_database}
    assert await async_setup_component(hass, DOMAIN, {DOMAIN: section})
    await hass.async_block_till_done(wait_background_tasks=True)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(days=1))
    await hass.async_block_till_done(wait_background_tasks=True)
    return posted(sink)


def posted(sink: Sink) -> list[Any]:
    """Return what has arrived since the last time."""
    names = ("X-Device-Database-Submission-Identifier", "Content-Type", "User-Agent")
    found = [
        (arrival.method, arrival.path, arrival.report, [arrival.headers.get(n) for n in names])
        for arrival in sink.arrivals
    ]
    sink.arrivals.clear()
    return found


@pytest.mark.filterwarnings("ignore:It looks like `register_random`")  # Python 3.14
@generated
@example(
    state=Registries(
        devices=(Device(children=2), Device(via=0), Device(domain="zha", via=1, service=True)),
        entities=(Entity(device=0), Entity(domain="zha", device=0), Entity(device=2)),
        integrations={"zha": Integration(platform="raises")},
        answer=answered('{"submission_identifier": "new-one"}'),
    )
)
@example(state=Registries(devices=(Device(),), answer=Answer(status=503)))
@given(state=registries)
async def test_both_post_the_same_and_keep_the_same(
    state: Registries, hass_storage: dict[str, Any]
) -> None:
    async with host(state, hass_storage) as (hass, sink):
        before = json.loads(json.dumps(hass_storage[SHARED]))
        expected = await theirs(hass, sink)
        if [report for _, _, report, _ in expected] == [{}]:  # before 2026.2 also of no devices
            assert await ours(hass, sink) == []
            return
        kept = hass_storage[SHARED]["data"]
        hass_storage[SHARED] = before
        assert await ours(hass, sink) == expected
        assert hass_storage[SHARED]["data"] == kept


async def test_each_goes_on_where_the_other_was(hass_storage: dict[str, Any]) -> None:
    state = Registries(devices=(Device(),), answer=answered('{"submission_identifier": "first"}'))
    async with host(state, hass_storage) as (hass, sink):
        await theirs(hass, sink)
        sink.snapshot_answer = answered('{"submission_identifier": "second"}')
        [(_, _, _, headers)] = await ours(hass, sink)
        assert headers[0] == "first"
        [(_, _, _, headers)] = await theirs(hass, sink)
        assert headers[0] == "second"


async def test_both_send_at_the_same_time_of_day(
    hass_storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from homeassistant.components.analytics import analytics

    from custom_components.analytics.data import async_loaded

    async with host(Registries(devices=(Device(),)), hass_storage) as (hass, sink):
        section = {"snapshots_url": sink.device_database}
        assert await async_setup_component(hass, DOMAIN, {DOMAIN: section})
        await hass.async_block_till_done(wait_background_tasks=True)
        delays: list[float] = []
        monkeypatch.setattr(
            analytics, "async_call_later", lambda _hass, wait, _job: delays.append(wait)
        )
        built_in = analytics.Analytics(hass, sink.device_database)
        await built_in.load()
        await built_in.async_schedule()
        data = async_loaded(hass)
        assert data is not None
        assert data.snapshots is not None
        due = data.snapshots.next_time
        assert due is not None
        [expected] = delays
        assert abs((due - dt_util.utcnow()).total_seconds() - expected) < 5
