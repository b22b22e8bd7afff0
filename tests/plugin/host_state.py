"""A host, as far as analytics looks at it, as a value; and how a real one becomes like it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from awesomeversion import AwesomeVersion
from homeassistant.components.recorder.const import SupportedDialect
from homeassistant.components.recorder.models import DatabaseEngine, DatabaseOptimizer
from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_USER, ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import DATA_INSTANCE
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockUser,
    mock_integration,
)

from .conftest import ALL_TIERS
from .supervisor import Supervisor, Told, attach


@dataclass(frozen=True, kw_only=True, slots=True)
class Module:
    """An integration's manifest, and whether the host has loaded it and knows it still."""

    domain: str
    built_in: bool = True
    config_flow: bool = False
    disabled: str | None = None
    version: str | None = None
    loaded: bool = True
    known: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Entity:
    """An entry of the entity registry."""

    platform: str
    disabled_by: er.RegistryEntryDisabler | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A config entry."""

    domain: str
    source: str = SOURCE_USER
    disabled_by: ConfigEntryDisabler | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Database:
    """What the recorder knows of its database; no engine while it is not connected."""

    engine: SupportedDialect | None = SupportedDialect.SQLITE
    version: str | None = "3.49.2"


@dataclass(frozen=True, kw_only=True, slots=True)
class HostState:
    """A host, as far as analytics looks at it."""

    modules: tuple[Module, ...] = ()
    entities: tuple[Entity, ...] = ()
    entries: tuple[Entry, ...] = ()
    yaml: Mapping[str, Any] = field(default_factory=dict)
    told: Told | None = None
    database: Database | None = None
    energy: bool | None = None
    certificate: bool = False
    system_users: int = 0
    people: int = 0
    automations: int = 0
    preferences: Mapping[str, bool] = field(default_factory=lambda: dict(ALL_TIERS))


def state_with(*parts: Module | Entity | Entry, **others: Any) -> HostState:
    """Return a host with these in its registries."""
    return HostState(
        modules=tuple(part for part in parts if isinstance(part, Module)),
        entities=tuple(part for part in parts if isinstance(part, Entity)),
        entries=tuple(part for part in parts if isinstance(part, Entry)),
        **others,
    )


def populate(hass: HomeAssistant, supervisor: Supervisor, state: HostState) -> None:
    """Fill the host's registries."""
    for module in state.modules:
        add_module(hass, module)
    add_registered(hass, state.entities, state.entries)
    add_counted(hass, state)
    if state.told is not None:
        attach(hass, supervisor, state.told)
    if state.database is not None:
        add_recorder(hass, state.database)
    if state.energy is not None:
        hass.config.components.add("energy")


def add_registered(
    hass: HomeAssistant, entities: Iterable[Entity], entries: Iterable[Entry]
) -> None:
    """Fill the registries of entities and of config entries."""
    registry = er.async_get(hass)
    for number, entity in enumerate(entities):
        registry.async_get_or_create(
            "sensor",
            entity.platform,
            str(number),
            disabled_by=entity.disabled_by,
            **disabled_parents(hass, entity, number),
        )
    for entry in entries:
        MockConfigEntry(
            domain=entry.domain, source=entry.source, disabled_by=entry.disabled_by
        ).add_to_hass(hass)


def disabled_parents(hass: HomeAssistant, entity: Entity, number: int) -> dict[str, Any]:
    """Return what disables an entity by being disabled itself: newer hosts look whether it is."""
    by_entry = entity.disabled_by is er.RegistryEntryDisabler.CONFIG_ENTRY
    if not by_entry and entity.disabled_by is not er.RegistryEntryDisabler.DEVICE:
        return {}
    entry = MockConfigEntry(
        domain=entity.platform,
        source=SOURCE_IGNORE,
        disabled_by=ConfigEntryDisabler.USER if by_entry else None,
    )
    entry.add_to_hass(hass)
    if by_entry:
        return {"config_entry": entry}
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(entity.platform, str(number))},
        disabled_by=dr.DeviceEntryDisabler.USER,
    )
    return {"config_entry": entry, "device_id": device.id}


def add_counted(hass: HomeAssistant, state: HostState) -> None:
    """Add users, automations, and as many other states."""
    for number in range(state.system_users + state.people):
        MockUser(system_generated=number < state.system_users).add_to_hass(hass)
    for number in range(state.automations):
        hass.states.async_set(f"automation.number_{number}", "on")
        hass.states.async_set(f"light.number_{number}", "on")


def add_module(hass: HomeAssistant, module: Module) -> None:
    """Make an integration known, and loaded."""
    manifest = {
        "config_flow": module.config_flow,
        "disabled": module.disabled,
        "version": module.version,
    }
    if module.known:
        mock = MockModule(
            module.domain,
            partial_manifest={key: value for key, value in manifest.items() if value is not None},
        )
        mock_integration(hass, mock, built_in=module.built_in)
    if module.loaded:
        hass.config.components.add(module.domain)


def add_recorder(hass: HomeAssistant, database: Database) -> None:
    """Make the host one with a recorder that uses this database; a real one would need a server."""
    hass.config.components.add("recorder")
    engine = database.engine and DatabaseEngine(
        dialect=database.engine,
        optimizer=DatabaseOptimizer(slow_range_in_select=False, slow_dependent_subquery=False),
        max_bind_vars=4000,
        version=AwesomeVersion(database.version) if database.version else None,
    )
    recorder: Any = SimpleNamespace(database_engine=engine)
    hass.data[DATA_INSTANCE] = recorder


def stored_energy(configured: bool | None) -> dict[str, Any]:
    """Return the energy dashboard's store."""
    if not configured:
        return {}
    data = {"energy_sources": [{"type": "solar"}], "device_consumption": []}
    return {"energy": {"version": 1, "minor_version": 1, "key": "energy", "data": data}}
