"""Read whether memory and disk are nearly full; None for what the machine doesn't tell."""

import re
from pathlib import Path
from typing import Final

from .machine import Machine, Place
from .source import Source

# Of memory as a share, since what is needed grows with it; of a disk what an update takes.
MEMORY_LEFT: Final = 0.1
DISK_LEFT: Final = 2**30
_TOTAL: Final = re.compile(r"^MemTotal:\s{0,20}(\d{1,15}) kB$", re.MULTILINE | re.ASCII)
_AVAILABLE: Final = re.compile(r"^MemAvailable:\s{0,20}(\d{1,15}) kB$", re.MULTILINE | re.ASCII)
_BYTES: Final = re.compile(r"(\d{1,20})\s{0,2}", re.ASCII)
# What the kernel takes back when memory is short: of the container and of all in it.
_CACHE: Final = re.compile(r"^inactive_file (\d{1,20})$", re.MULTILINE | re.ASCII)
_CACHE_V1: Final = re.compile(r"^total_inactive_file (\d{1,20})$", re.MULTILINE | re.ASCII)


async def memory_nearly_full(source: Source) -> bool | None:
    """Tell whether less than a tenth of the memory is left, to the machine or to the container."""
    return await source.hass.async_add_executor_job(is_memory_nearly_full, source.machine)


async def disk_nearly_full(source: Source) -> bool:
    """Tell whether less than 1 GiB is left on the disk of the configuration."""
    folder = Path(source.hass.config.config_dir)
    return await source.hass.async_add_executor_job(source.machine.free, folder) < DISK_LEFT


def is_memory_nearly_full(machine: Machine) -> bool | None:
    """Tell whether less than a tenth of the memory is left."""
    limits = (
        (Place.MEMORY_LIMIT, Place.MEMORY_USED, Place.MEMORY_STAT, _CACHE),
        (Place.MEMORY_LIMIT_V1, Place.MEMORY_USED_V1, Place.MEMORY_STAT_V1, _CACHE_V1),
    )
    left = [_of_machine(machine), *(_of_container(machine, *limit) for limit in limits)]
    known = [share for share in left if share is not None]
    return min(known) < MEMORY_LEFT if known else None


def _of_machine(machine: Machine) -> float | None:
    """Return the share of the machine's memory that is left."""
    text = machine.text(Place.MEMINFO)
    total, available = _number(_TOTAL, text), _number(_AVAILABLE, text)
    return available / total if total and available is not None else None


def _of_container(
    machine: Machine, limit: Place, used: Place, stat: Place, cache: re.Pattern[str]
) -> float | None:
    """Return the share that is left of what a container may use; without a limit None.

    The first version says so by a number that is larger than any memory.
    """
    most, taken = _only(machine.text(limit)), _only(machine.text(used))
    if not most or taken is None:
        return None
    return (most - taken + (_number(cache, machine.text(stat)) or 0)) / most


def _only(text: str) -> int | None:
    """Return the number that a file is, None where it is another word."""
    found = _BYTES.fullmatch(text)
    return int(found[1]) if found else None


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return int(found[1]) if found else None
