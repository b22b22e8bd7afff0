"""What is read from the host: `async_collect` brings Facts; nothing else of the flow reads it.

Each collector is isolated: one that fails leaves its fact out, is logged once until it works again,
and the others are still reported.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from inspect import isawaitable
from typing import Any, Final

import async_timeout

from ..const import LOGGER
from ..tiers import Facts
from .addons import addon_count, addons
from .cloud import cloud
from .counts import automation_count, state_count, user_count
from .environment import environment
from .fullness import disk_nearly_full, memory_nearly_full
from .home import Home, async_home
from .integrations import integrations
from .panels import panels
from .recorder import recorder
from .setup_failures import SetupFailures, setup_failures
from .source import Source, is_cancelled
from .system import UNKNOWN, certificate, energy, installation, operating_system, supervisor

__all__ = [
    "UNKNOWN",
    "Home",
    "SetupFailures",
    "Source",
    "async_collect",
    "async_home",
    "async_isolated",
    "cloud",
    "disk_nearly_full",
    "memory_nearly_full",
    "setup_failures",
]

# Returns the fact, or where it has to wait for something what brings it.
type Collector = Callable[[Source], Any]

COLLECTOR_LIMIT: Final = 60.0

# Each attribute of Facts has the collector that reads it.
COLLECTORS: Final[Mapping[str, Collector]] = {
    collector.__name__: collector
    for collector in (
        installation,
        supervisor,
        operating_system,
        integrations,
        certificate,
        energy,
        recorder,
        addons,
        addon_count,
        state_count,
        automation_count,
        user_count,
        environment,
        panels,
    )
}


async def async_collect(
    source: Source, needed: Collection[str], collectors: Mapping[str, Collector] = COLLECTORS
) -> Facts:
    """Run the collectors of the needed facts, and no others."""
    values = {
        name: await async_isolated(name, collector, source)
        for name, collector in collectors.items()
        if name in needed
    }
    return Facts(**values)


async def async_isolated(name: str, collector: Collector, source: Source) -> Any:
    """Run one collector; None if it fails, in whatever way an integration of the host can fail."""
    try:
        value = collector(source)
        if isawaitable(value):
            async with async_timeout.timeout(COLLECTOR_LIMIT):
                value = await value
    except (Exception, asyncio.CancelledError) as error:
        if is_cancelled(error):
            raise
        if name not in source.failing:
            source.failing.add(name)
            LOGGER.error(
                "Reports go without '%s' until it can be read again (%s)",
                name,
                type(error).__name__,
                exc_info=LOGGER.isEnabledFor(10),
            )
        return None
    source.failing.discard(name)
    return value
