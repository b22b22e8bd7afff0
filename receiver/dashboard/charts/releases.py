"""Home Assistant's monthly releases, which the versions of installations belong to."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

VERSION: Final = re.compile(r"(\d{4})\.(\d{1,2})\b")
CHARTED: Final = 6  # releases with a tone of their own, newest first
OTHER: Final = "Other"


def release(version: str) -> str:
    """Return the release that a version belongs to, like 2026.11; OTHER for what is no version."""
    found = VERSION.match(version)
    return f"{found[1]}.{int(found[2])}" if found else OTHER


def by_release(versions: Mapping[str, int]) -> Counter[str]:
    """Add up the counts of each release's versions."""
    total: Counter[str] = Counter()
    for version, count in versions.items():
        total[release(version)] += count
    return total


def newest(releases: Iterable[str]) -> list[str]:
    """Return the newest releases, newest first."""
    known = {name for name in releases if name != OTHER}
    return sorted(known, key=_order, reverse=True)[:CHARTED]


def tone(version: str, charted: list[str]) -> str:
    """Return the tone of a version's release: the newer, the stronger."""
    name = release(version)
    return f"release-{charted.index(name) + 1}" if name in charted else "other"


def _order(name: str) -> tuple[int, ...]:
    return tuple(map(int, name.split(".")))
