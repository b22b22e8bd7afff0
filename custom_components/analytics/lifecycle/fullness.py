"""Whether memory and disk are nearly full, for events that have little time."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from ..collect import Source, async_isolated, disk_nearly_full, memory_nearly_full

type Collector = Callable[[Source], Awaitable[bool | None]]

# A disk that hangs must not cost a stop its event.
LIMIT: Final = 0.5


async def async_memory(source: Source) -> bool | None:
    """Tell it of the memory, None where that can't be read at once."""
    return await _async_at_once("memory", memory_nearly_full, source)


async def async_disk(source: Source) -> bool | None:
    """Tell it of the disk, None where that can't be read at once."""
    return await _async_at_once("disk", disk_nearly_full, source)


async def _async_at_once(name: str, collector: Collector, source: Source) -> bool | None:
    with suppress(TimeoutError):
        async with asyncio.timeout(LIMIT):
            full: bool | None = await async_isolated(name, collector, source)
            return full
    return None
