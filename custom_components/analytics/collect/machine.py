"""What is read of the machine: these files, variables and numbers, and no others.

Nothing here is told as it is. The readers of `environment/` look for words of tables in it, and for
the numbers of versions; `fullness.py` tells whether little is left.
"""

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from .detect_virt import Question, detect_virt

# Bytes of a file that are looked at.
MOST: Final = 65536


class Place(StrEnum):
    """Each file that is looked at, below the root: an allow-list.

    None of them is there to hold a serial number, an address or the name of the machine. Those that
    do beside other things are left out (`/proc/self/mountinfo` names servers), or read only where
    they don't: see cpuinfo().
    """

    OS_RELEASE = "etc/os-release"
    OS_RELEASE_OF_VENDOR = "usr/lib/os-release"
    MACOS = "System/Library/CoreServices/SystemVersion.plist"
    HOST_OS_RELEASE = "host/etc/os-release"
    HOST_OS_RELEASE_OF_MANAGER = "run/host/os-release"
    HOST_OS_RELEASE_OF_TOOLBOX = "run/host/etc/os-release"
    DOCKERENV = ".dockerenv"
    CONTAINERENV = "run/.containerenv"
    CONTAINER = "run/systemd/container"
    CONTAINER_MANAGER = "run/host/container-manager"
    INIT_VARIABLES = "proc/1/environ"
    INIT_CGROUP = "proc/1/cgroup"
    CPUINFO = "proc/cpuinfo"
    MEMINFO = "proc/meminfo"
    MEMORY_LIMIT = "sys/fs/cgroup/memory.max"
    MEMORY_USED = "sys/fs/cgroup/memory.current"
    MEMORY_STAT = "sys/fs/cgroup/memory.stat"
    MEMORY_LIMIT_V1 = "sys/fs/cgroup/memory/memory.limit_in_bytes"
    MEMORY_USED_V1 = "sys/fs/cgroup/memory/memory.usage_in_bytes"
    MEMORY_STAT_V1 = "sys/fs/cgroup/memory/memory.stat"
    DEVICE_TREE = "proc/device-tree/compatible"
    DEVICE_TREE_HYPERVISOR = "proc/device-tree/hypervisor/compatible"
    HYPERVISOR = "sys/hypervisor/type"
    CLOCKSOURCES = "sys/devices/system/clocksource/clocksource0/available_clocksource"
    PRODUCT = "sys/class/dmi/id/product_name"
    VENDOR = "sys/class/dmi/id/sys_vendor"
    BOARD_VENDOR = "sys/class/dmi/id/board_vendor"
    BIOS_VENDOR = "sys/class/dmi/id/bios_vendor"


@dataclass(frozen=True, kw_only=True, slots=True)
class Uname:
    """What the kernel says of itself, without the name of the machine."""

    system: str
    release: str
    machine: str


def read_uname() -> Uname:
    """Ask the kernel."""
    told = os.uname()
    return Uname(system=told.sysname, release=told.release, machine=told.machine)


def read_memory() -> int | None:
    """Return the bytes of memory, None where the system can't tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None


def read_cores() -> int | None:
    """Return the number of cores that Home Assistant may use, None where the system can't tell."""
    return os.process_cpu_count() or os.cpu_count()


def read_free(folder: Path) -> int:
    """Return the bytes that Home Assistant may still write to the disk of a folder."""
    return shutil.disk_usage(folder).free


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """The files below a root folder, and what the system answers. Reading blocks."""

    root: Path = Path("/")
    variables: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    uname: Callable[[], Uname] = read_uname
    cores: Callable[[], int | None] = read_cores
    memory: Callable[[], int | None] = read_memory
    free: Callable[[Path], int] = read_free
    detect_virt: Callable[[Question], str] = detect_virt

    def has(self, place: Place) -> bool:
        """Tell whether a file is there, as far as we may know."""
        try:
            return (self.root / place).exists()
        except OSError:
            return False

    def text(self, place: Place) -> str:
        """Return the beginning of a file, "" where there is none or we may not read it."""
        try:
            with (self.root / place).open("rb") as file:
                return file.read(MOST).decode("utf-8", "replace")
        except OSError:
            return ""

    def parts(self, place: Place) -> list[str]:
        """Return the texts of a file that separates them by NUL."""
        return [part for part in self.text(place).split("\0") if part]
