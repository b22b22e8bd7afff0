"""Read the names that people gave to what is in this home, for texts that must not hold any."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr

from .. import host
from ..models import Knowledge
from .home import isolated
from .source import Source

# What people name themselves, with no registry that holds the name.
NAMED: Final = ("automation", "device_tracker", "person", "scene", "script", "zone")


async def async_with_names(source: Source, home: Knowledge) -> Knowledge:
    """Add the names of rooms, floors, zones, devices, entities and entries to what is secret."""
    found = [await isolated(source, read) for read in READERS]
    return await source.hass.async_add_executor_job(_joined, home, found)


def _joined(home: Knowledge, found: Iterable[set[str]]) -> Knowledge:
    """Join the names, in a thread since there can be tens of thousands."""
    names = (name.strip().casefold() for some in found for name in some)
    return replace(home, secrets=home.secrets.union(names))


async def _rooms(source: Source) -> Iterable[str]:
    areas = ar.async_get(source.hass).async_list_areas()
    return [each.name for each in (*areas, *fr.async_get(source.hass).async_list_floors())]


async def _states(source: Source) -> Iterable[str]:
    return [state.name for state in source.hass.states.async_all(NAMED)]


async def _devices(source: Source) -> Iterable[str]:
    devices = list(host.devices(source.hass))
    # In a thread, for there can be tens of thousands; what is in the list does not change.
    return await source.hass.async_add_executor_job(
        lambda: {name for each in devices for name in (each.name_by_user, each.name) if name}
    )


async def _entities(source: Source) -> Iterable[str]:
    entities = list(er.async_get(source.hass).entities.values())
    return await source.hass.async_add_executor_job(
        lambda: {name for each in entities for name in (each.name, each.original_name) if name}
    )


async def _entries(source: Source) -> Iterable[str]:
    return [entry.title for entry in source.hass.config_entries.async_entries()]


READERS: Final = (_rooms, _states, _devices, _entities, _entries)
