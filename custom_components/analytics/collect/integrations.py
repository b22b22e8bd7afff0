"""Collect the integrations in use, by the rule of the built-in integration.

An integration counts where its manifest is not disabled and it is in the running YAML
configuration, or is the platform of an enabled entity, or has a config entry that is neither
ignored nor disabled. Large registries are read in slices, so that the event loop is never held up.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from itertools import islice
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.loader import Integration, async_get_integrations
from homeassistant.setup import async_get_loaded_integrations

from .. import host
from ..tiers import CustomIntegration, Integrations
from .source import Source

# Each is a fraction of a millisecond of work.
ENTITIES_AT_ONCE: Final = 1000
INTEGRATIONS_AT_ONCE: Final = 100


async def integrations(source: Source) -> Integrations:
    """Read which integrations are in use."""
    hass = source.hass
    named = source.yaml_domains | await _platforms_of_enabled_entities(hass)
    configured = set(hass.config_entries.async_domains())  # neither ignored nor disabled
    found = await async_get_integrations(hass, async_get_loaded_integrations(hass))
    built_in: list[str] = []
    custom: list[CustomIntegration] = []
    async for some in _slices(found.values(), INTEGRATIONS_AT_ONCE):
        for integration in some:
            if not isinstance(integration, Integration) or integration.disabled:
                continue
            domain = integration.domain
            if domain not in named and not (domain in configured and integration.config_flow):
                continue
            if integration.is_built_in:
                built_in.append(domain)
            else:
                custom.append(_custom(integration))
    return Integrations(
        built_in=tuple(built_in),
        custom=tuple(custom),
        displaced=int(host.VERSION >= host.COUNTS_ITSELF_SINCE),
    )


async def _platforms_of_enabled_entities(hass: HomeAssistant) -> set[str]:
    """Return the domains of the integrations that have an enabled entity."""
    entities = er.async_get(hass).entities
    platforms: set[str] = set()
    try:
        async for some in _slices(entities.values(), ENTITIES_AT_ONCE):
            platforms.update({entity.platform for entity in some if entity.disabled_by is None})
    except RuntimeError:
        # Entities came or went in between: once more, from a copy, which takes a moment to make.
        platforms.update({item.platform for item in [*entities.values()] if not item.disabled})
    return platforms


def _custom(integration: Integration) -> CustomIntegration:
    """Return what is reported of a custom integration."""
    version = integration.version
    return CustomIntegration(
        domain=integration.domain, version=None if version is None else str(version)
    )


async def _slices[T](items: Iterable[T], size: int) -> AsyncIterator[list[T]]:
    """Yield the items, `size` at once, and let the event loop run in between."""
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some
        await asyncio.sleep(0)
