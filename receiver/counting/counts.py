"""Count what the reports hold: one pass, from reports to raw counts, which nobody may see.

It relies on what the schema keeps: in one report every name is there once.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from itertools import batched, chain
from operator import attrgetter, itemgetter
from typing import Any, Final

import orjson

from .extended import ExtendedCounts, Life, count_life, count_shared
from .names import MAX_BYTES, MAX_NAMES, Crowd, Names

STATISTICS: Final = (
    "state_count",
    "automation_count",
    "integration_count",
    "addon_count",
    "user_count",
)
# Counters grow by so many reports at a time: enough for loops in C, few enough for the processor's
# caches; 500 take half as long again.
BATCH: Final = 32

# Loops over these are in C.
_TYPE: Final = itemgetter("installation_type")
_VERSION: Final = itemgetter("version")
_SYSTEM: Final = itemgetter("board", "version")
_RECORDER: Final = itemgetter("engine", "version")
_CONFIGURED: Final = itemgetter("configured")
_CUSTOM: Final = itemgetter("domain", "version")
_ADDON: Final = itemgetter("slug", "version", "protected", "auto_update")

type Report = tuple[bytes, str | None, str | None]


@dataclass(kw_only=True, slots=True)
class Counts(ExtendedCounts):
    """Raw counts; a name is a string, or a tuple where several facts are of one thing.

    Custom integrations, recorders and operating systems are (name, version or None), add-ons
    (slug, version, protected, auto_update), Supervisors (healthy, supported, arch or None), places
    (country, region or None). Statistics have each installation's value.
    """

    installations: int = 0
    types: Names = field(default_factory=Counter)
    versions: Names = field(default_factory=Counter)
    places: Names = field(default_factory=Counter)
    integrations: Names = field(default_factory=Counter)
    custom_integrations: Names = field(default_factory=Counter)
    addons: Names = field(default_factory=Counter)
    operating_systems: Names = field(default_factory=Counter)
    supervisors: Names = field(default_factory=Counter)
    recorders: Names = field(default_factory=Counter)
    statistics: dict[str, array[int]] = field(
        default_factory=lambda: {name: array("q") for name in STATISTICS}
    )
    filled: Names = field(default_factory=Counter)
    """How many of the lists are not empty, by name."""
    crowded: bool = False
    """Whether rare names were left out, since there were too many different ones."""


_tables: Final = attrgetter(*(one.name for one in fields(Counts) if one.default_factory is Counter))


def count(
    reports: Iterable[Report], *, max_names: int = MAX_NAMES, max_bytes: int = MAX_BYTES
) -> Counts:
    """Count all reports."""
    counts = Counts()
    crowd = Crowd(_tables(counts), max_names, max_bytes)
    for batch in batched(reports, BATCH, strict=False):
        told = [orjson.loads(report) for report, _, _ in batch]
        counts.installations += len(batch)
        counts.places.update([(country, region) for _, country, region in batch if country])
        _count_facts(counts, told)
        _count_lists(counts, told)
        count_shared(counts, told)
        for name, values in counts.statistics.items():
            values.extend(_each(told, name))
        counts.crowded |= crowd.thin()
    return counts


def count_lives(counts: Counts, lives: Iterable[Life], *, max_names: int = MAX_NAMES) -> None:
    """Count the events of all installations, those of each at once."""
    crowd = Crowd(_tables(counts), max_names)
    for life in lives:
        count_life(counts, life)
        counts.crowded |= crowd.thin()


def _count_facts(counts: Counts, told: list[Mapping[str, Any]]) -> None:
    """Count what an installation has once."""
    counts.types.update(map(_TYPE, told))
    counts.versions.update(map(_VERSION, told))
    counts.operating_systems.update(map(_SYSTEM, _each(told, "operating_system")))
    counts.supervisors.update(
        [(one["healthy"], one["supported"], one.get("arch")) for one in _each(told, "supervisor")]
    )
    counts.recorders.update(map(_RECORDER, _each(told, "recorder")))
    counts.reported["certificate"] += sum(_each(told, "certificate"))
    counts.reported["energy"] += sum(map(_CONFIGURED, _each(told, "energy")))


def _count_lists(counts: Counts, told: list[Mapping[str, Any]]) -> None:
    """Count what an installation has many of."""
    integrations, addons = _each(told, "integrations"), _each(told, "addons")
    custom = chain.from_iterable(_each(told, "custom_integrations"))
    counts.reported["integrations"] += len(integrations)
    counts.reported["addons"] += len(addons)
    for name, lists in (("integrations", integrations), ("addons", addons)):
        counts.filled[name] += sum(map(bool, lists))
    counts.integrations.update(chain.from_iterable(integrations))
    counts.custom_integrations.update(map(_CUSTOM, custom))
    counts.addons.update(map(_ADDON, chain.from_iterable(addons)))


def _each(told: list[Mapping[str, Any]], name: str) -> list[Any]:
    """Return this field of the reports that have it."""
    return [report[name] for report in told if name in report]
