"""Counting as it was while reports were kept as JSON: plain and slow, what the other has to equal.

It relies on what the schema keeps: in one report every name is there once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched, chain, islice
from operator import itemgetter
from typing import Any, Final

import orjson

from receiver.schema import AFTER_UNCLEAN, ANY, NEARLY_FULL, STATISTICS
from receiver.schema.extended import ENVIRONMENT, INTERFACE, UNCLEAN
from receiver.schema.words import OTHER, UNKNOWN

BATCH: Final = 32
# Of one installation, its latest.
MAX_FAILURES: Final = 250

# Loops over these are in C.
_TYPE: Final = itemgetter("installation_type")
_VERSION: Final = itemgetter("version")
_SYSTEM: Final = itemgetter("board", "version")
_RECORDER: Final = itemgetter("engine", "version")
_CONFIGURED: Final = itemgetter("configured")
_CUSTOM: Final = itemgetter("domain", "version")
_ADDON: Final = itemgetter("slug", "version", "protected", "auto_update")

_SHARED: Final = frozenset({*ENVIRONMENT, *INTERFACE})
# What is one word of a report: how it is counted, and where it is.
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "cpu_architectures": ("architecture", "name"),
    "virtualizations": ("virtualization", "name"),
    "containers": ("container", "name"),
    "python_versions": ("python", "version"),
    "cores": ("hardware", "cores"),
    "memory": ("hardware", "memory"),
}
_FULLNESS: Final = {"memory": "memory_nearly_full", "disk": "disk_nearly_full"}
_PANEL: Final = itemgetter("panel", "opened")

type Json = Mapping[str, Any]
# Time and JSON of each event of an installation.
type Life = Sequence[tuple[int, bytes]]


type Report = tuple[bytes, str | None, str | None]
type Names = Counter[Any]


@dataclass(kw_only=True)
class ExtendedCounts:
    """Raw counts; a name is a string, or a tuple where several facts are of one thing.

    Systems and kernels are (name, version or None), panels (panel, opened), starts (version,
    AFTER_UNCLEAN or ANY), failures (domain, reason or ANY), faults (error, file or ANY), what can
    be full (what, NEARLY_FULL or ANY). Cores, memory, durations and lengths of runs are steps.
    """

    reported: Counter[str] = field(default_factory=Counter)
    """Installations that tell of something at all, or that say yes."""
    systems: Names = field(default_factory=Counter)
    host_systems: Names = field(default_factory=Counter)
    kernels: Names = field(default_factory=Counter)
    cpu_architectures: Names = field(default_factory=Counter)
    virtualizations: Names = field(default_factory=Counter)
    containers: Names = field(default_factory=Counter)
    python_versions: Names = field(default_factory=Counter)
    cores: Names = field(default_factory=Counter)
    memory: Names = field(default_factory=Counter)
    panels: Names = field(default_factory=Counter)
    starts: Names = field(default_factory=Counter)
    previous_ends: Names = field(default_factory=Counter)
    start_durations: Names = field(default_factory=Counter)
    setup_failures: Names = field(default_factory=Counter)
    custom_setup_failures: Names = field(default_factory=Counter)
    cloud: Names = field(default_factory=Counter)
    faults: Names = field(default_factory=Counter)
    stop_durations: Names = field(default_factory=Counter)
    clean_runs: Names = field(default_factory=Counter)
    unclean_runs: Names = field(default_factory=Counter)
    unclean_ends: Names = field(default_factory=Counter)
    nearly_full: Names = field(default_factory=Counter)


@dataclass(kw_only=True)
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
    statistics: dict[str, list[int]] = field(
        default_factory=lambda: {name: [] for name in STATISTICS}
    )
    filled: Names = field(default_factory=Counter)
    """How many of the lists are not empty, by name."""


def count(reports: Iterable[Report]) -> Counts:
    """Count all reports."""
    counts = Counts()
    for batch in batched(reports, BATCH, strict=False):
        told = [orjson.loads(report) for report, _, _ in batch]
        counts.installations += len(batch)
        counts.places.update([(country, region) for _, country, region in batch if country])
        _count_facts(counts, told)
        _count_lists(counts, told)
        count_shared(counts, told)
        for name, values in counts.statistics.items():
            values.extend(_each(told, name))
    return counts


def count_lives(counts: ExtendedCounts, lives: Iterable[Life]) -> None:
    """Count the events of all installations, those of each at once."""
    for life in lives:
        count_life(counts, life)


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


def count_shared(counts: ExtendedCounts, told: Iterable[Json]) -> None:
    """Count what some reports have besides."""
    sharing = [report for report in told if not _SHARED.isdisjoint(report)]
    if sharing:
        _count_environment(counts, sharing)
        panels = _each(sharing, "panels")
        counts.reported["interface"] += len(panels)
        counts.panels.update(map(_PANEL, chain.from_iterable(panels)))


def _count_environment(counts: ExtendedCounts, told: list[Json]) -> None:
    counts.reported["environment"] += sum(not ENVIRONMENT.keys().isdisjoint(one) for one in told)
    for table, name in ((counts.systems, "system"), (counts.host_systems, "host_system")):
        table.update([_versioned(one["id"], one["version"]) for one in _each(told, name)])
    counts.kernels.update(
        [_versioned(one["name"], _series(one["version"])) for one in _each(told, "kernel")]
    )
    for words, (name, part) in _WORDS.items():
        values = [one[part] for one in _each(told, name)]
        getattr(counts, words).update([one for one in values if one is not None])


def count_life(counts: ExtendedCounts, life: Life) -> None:
    """Count an installation by its events."""
    events = [orjson.loads(event) for _, event in sorted(life, reverse=True)]
    counts.reported["lifecycle"] += 1
    _count_starts(counts, [one for one in events if one["event"] == "start"])
    _count_ends(counts, events)


def _count_starts(counts: ExtendedCounts, starts: list[Json]) -> None:
    """Count what an installation tells with its starts, the latest first."""
    failures = chain.from_iterable(_each(starts, "setup_failures"))
    # Each once, the latest first.
    failed = dict.fromkeys((one["domain"], one["reason"]) for one in failures)
    counts.reported["unclean"] += any(one.get("previous_end") in UNCLEAN for one in starts)
    counts.starts.update(
        {(one["version"], ANY) for one in starts}
        | {(one["version"], AFTER_UNCLEAN) for one in starts if _blamed(one)}
    )
    counts.previous_ends.update(set(_each(starts, "previous_end")))
    counts.start_durations.update(_each(starts, "start_duration")[:1])
    counts.stop_durations.update(_each(starts, "stop_duration")[:1])
    counts.cloud.update(_each(starts, "cloud")[:1])
    counts.setup_failures.update(_parts(islice(failed, MAX_FAILURES)))
    counts.custom_setup_failures.update(
        {
            reason
            for failures in _each(starts, "custom_setup_failures")
            for reason, number in failures.items()
            if number
        }
    )


def _count_ends(counts: ExtendedCounts, events: list[Json]) -> None:
    """Count what an installation tells with its stops and crashes, the latest first."""
    stops = [one for one in events if one["event"] == "stop"]
    faults = [one for one in events if one["event"] == "fault"]
    places = _each(faults, "fault")
    counts.faults.update(_parts((one["error"], one["file"]) for one in places))
    counts.clean_runs.update(_each(stops, "run_duration")[:1])
    counts.unclean_runs.update(_each(faults, "run_duration")[:1])
    counts.unclean_ends.update(_each(events, "unclean_ends")[:1])
    counts.nearly_full.update(_fullness(events))


def _fullness(events: list[Json]) -> Iterator[tuple[str, str | None]]:
    """Yield what is told of, and what was nearly full at least once."""
    for what, key in _FULLNESS.items():
        told = _each(events, key)
        if told:
            yield what, ANY
        if any(told):
            yield what, NEARLY_FULL


def _blamed(start: Json) -> bool:
    """Tell whether the run before had this version, and a bad end."""
    return start.get("previous_end") in UNCLEAN and start.get("version_changed") is not True


def _parts(pairs: Iterable[tuple[str, str | None]]) -> set[tuple[str, str | None]]:
    """Return each pair once, and each first name by itself."""
    once = set(pairs)
    return once | {(name, ANY) for name, _ in once}


def _versioned(name: str, version: str | None) -> tuple[str, str | None]:
    """Return a name with its version; those of different systems under one word tell nothing."""
    return name, None if name in {OTHER, UNKNOWN} else version


def _series(version: str | None) -> str | None:
    """Return major and minor."""
    return version and ".".join(version.split(".")[:2])


def _each(told: Iterable[Json], name: str) -> list[Any]:
    return [one[name] for one in told if name in one]
