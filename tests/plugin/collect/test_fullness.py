"""Memory and disk: nearly full in a word, by the machine and by what a container may use."""

from pathlib import Path

import pytest
from homeassistant.core import HomeAssistant

from custom_components.analytics.collect import disk_nearly_full, memory_nearly_full
from custom_components.analytics.collect.fullness import DISK_LEFT, is_memory_nearly_full
from custom_components.analytics.collect.machine import Machine, Place
from custom_components.analytics.collect.source import Source

GIB = 2**30


def meminfo(total: int, available: int | None) -> str:
    """Return the file of a machine, in kB."""
    left = "" if available is None else f"MemAvailable:  {available} kB\n"
    return f"MemTotal:       {total} kB\nMemFree:          1000 kB\n{left}"


def limited(most: object, used: int, cache: int = 0) -> dict[Place, str]:
    """Return the files of a container's control group."""
    return {
        Place.MEMORY_LIMIT: f"{most}\n",
        Place.MEMORY_USED: f"{used}\n",
        Place.MEMORY_STAT: f"anon 5\nfile 7\ninactive_file {cache}\nactive_file 3\n",
    }


def limited_v1(most: int, used: int, cache: int = 0) -> dict[Place, str]:
    """Return the same of the first version of control groups."""
    return {
        Place.MEMORY_LIMIT_V1: f"{most}\n",
        Place.MEMORY_USED_V1: f"{used}\n",
        Place.MEMORY_STAT_V1: f"inactive_file 1\ntotal_inactive_file {cache}\n",
    }


PLENTY = {Place.MEMINFO: meminfo(4_000_000, 2_000_000)}
SHORT = {Place.MEMINFO: meminfo(4_000_000, 399_999)}
MACHINES: dict[str, tuple[dict[Place, str], bool | None]] = {
    "nothing": ({}, None),
    "macOS": ({Place.MACOS: "<plist/>"}, None),
    "an old kernel": ({Place.MEMINFO: meminfo(4_000_000, None)}, None),
    "no memory": ({Place.MEMINFO: meminfo(0, 0)}, None),
    "no numbers": ({Place.MEMINFO: "MemTotal: many kB\nMemAvailable: few kB\n"}, None),
    "plenty": (PLENTY, False),
    "a tenth": ({Place.MEMINFO: meminfo(4_000_000, 400_000)}, False),
    "less": (SHORT, True),
    "none": ({Place.MEMINFO: meminfo(4_000_000, 0)}, True),
    "no limit": (PLENTY | limited("max", 3 * GIB), False),
    "no limit of the first version": (PLENTY | limited_v1(2**63 - 4096, 3 * GIB), False),
    "a limit": (PLENTY | limited(GIB, GIB // 2), False),
    "a limit that is reached": (PLENTY | limited(GIB, GIB - 1), True),
    "a limit that is reached by files": (PLENTY | limited(GIB, GIB - 1, GIB // 2), False),
    "a limit of the first version": (PLENTY | limited_v1(GIB, GIB - 1), True),
    "one of the first version by files": (PLENTY | limited_v1(GIB, GIB - 1, GIB // 2), False),
    "a limit and a machine that is short": (SHORT | limited(GIB, 0), True),
    "a limit of nothing": (PLENTY | limited(0, 0), False),
    "a limit alone": (limited(GIB, GIB), True),
    "words for a limit": (PLENTY | {Place.MEMORY_LIMIT: "much", Place.MEMORY_USED: "-5"}, False),
}


def machine(root: Path, files: dict[Place, str], free: int = 0) -> Machine:
    """Return a machine with these files, and so much left on its disk."""
    for place, text in files.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text)
    return Machine(root=root, free=lambda _: free)


@pytest.mark.parametrize("name", MACHINES)
def test_memory_is_nearly_full_where_less_than_a_tenth_is_left(name: str, tmp_path: Path) -> None:
    files, full = MACHINES[name]
    assert is_memory_nearly_full(machine(tmp_path, files)) is full


def test_files_that_can_not_be_read_are_as_none(tmp_path: Path) -> None:
    for place in (Place.MEMINFO, Place.MEMORY_LIMIT, Place.MEMORY_USED):
        (tmp_path / place).mkdir(parents=True)
    assert is_memory_nearly_full(Machine(root=tmp_path)) is None


@pytest.mark.parametrize(
    ("free", "full"), [(0, True), (DISK_LEFT - 1, True), (DISK_LEFT, False), (2**44, False)]
)
async def test_a_disk_is_nearly_full_where_less_than_a_gib_is_left(
    hass: HomeAssistant, tmp_path: Path, free: int, full: bool
) -> None:
    source = Source(hass=hass, yaml_domains=frozenset(), machine=machine(tmp_path, SHORT, free))
    assert await disk_nearly_full(source) is full
    assert await memory_nearly_full(source) is True


async def test_it_is_the_disk_of_the_configuration(hass: HomeAssistant, tmp_path: Path) -> None:
    asked: list[Path] = []

    def free(folder: Path) -> int:
        asked.append(folder)
        return 0

    await disk_nearly_full(
        Source(hass=hass, yaml_domains=frozenset(), machine=Machine(root=tmp_path, free=free))
    )
    assert asked == [Path(hass.config.config_dir)]
    assert Machine().free(tmp_path) > 0
