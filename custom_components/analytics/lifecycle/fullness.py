"""Whether memory and disk are nearly full, for events that have little time."""

import asyncio
from contextlib import suppress
from typing import Final

from ..collect import Source, async_isolated, disk_nearly_full, memory_nearly_full

# A disk that hangs must not cost a stop its event.
LIMIT: Final = 0.5


async def async_memory(source: Source) -> bool | None:
    """Tell it of the memory, None where that can't be read at once."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LIMIT):
            full: bool | None = await async_isolated("memory", memory_nearly_full, source)
            return full
    return None


async def async_disk(source: Source) -> bool | None:
    """Tell it of the disk, None where that can't be read at once."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LIMIT):
            full: bool | None = await async_isolated("disk", disk_nearly_full, source)
            return full
    return None
