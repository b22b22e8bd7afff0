"""Made-up fleets: random reports and events with few different names: groups of all sizes."""

from collections.abc import Callable
from typing import Any

import orjson
from hypothesis import strategies as st

from receiver.schema import words
from receiver.schema.extended import check_event
from receiver.schema.reports import INSTALLATION_TYPES, check_report
from tests.receiver.counted import Life, Member
from tests.receiver.reports import new_id

# Among them what is special to JavaScript, to spreadsheets, and to the figures themselves.
NAMES = (
    "hue",
    "zha",
    "__proto__",
    "constructor",
    "=1+1",
    'a"b\\c',
    "total",
    "versions",
    "statistics",
)
VERSIONS = ("1.0", "1.1", "@2", "toString")

names = st.sampled_from(NAMES)
versions = st.sampled_from(VERSIONS)
optional_versions = st.none() | versions


def some(strategy: st.SearchStrategy[Any], by: str) -> st.SearchStrategy[list[Any]]:
    """Return lists of objects, each name once."""
    return st.lists(strategy, max_size=4, unique_by=lambda one: one[by])


usage = {
    "certificate": st.booleans(),
    "integrations": st.lists(names, max_size=5, unique=True),
    "custom_integrations": some(
        st.fixed_dictionaries({"domain": names, "version": optional_versions}), "domain"
    ),
    "addons": some(
        st.fixed_dictionaries(
            {
                "slug": names,
                "version": optional_versions,
                "protected": st.booleans(),
                "auto_update": st.booleans(),
            }
        ),
        "slug",
    ),
    "energy": st.fixed_dictionaries({"configured": st.booleans()}),
    "recorder": st.fixed_dictionaries({"engine": names, "version": versions}),
    "supervisor": st.fixed_dictionaries(
        {"healthy": st.booleans(), "supported": st.booleans()}, optional={"arch": names}
    ),
    "operating_system": st.fixed_dictionaries({"board": names, "version": optional_versions}),
    **dict.fromkeys(
        ("state_count", "automation_count", "integration_count", "addon_count", "user_count"),
        st.integers(0, 3) | st.integers(0, 2_000) | st.sampled_from((7, 70, 700)),
    ),
}


def few(known: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """Return some of the words or steps of a table."""
    return st.sampled_from((*known[:2], known[-1]))


def found(known: tuple[str, ...]) -> st.SearchStrategy[dict[str, str]]:
    """Return a word with how it was found."""
    return st.fixed_dictionaries({"name": few(known), "detection": few(words.DETECTIONS)})


numbers = st.sampled_from((None, "12", "12.4", "6.12.51"))
system = st.fixed_dictionaries(
    {
        "name": few(tuple(words.SYSTEMS.values())),
        "id": few(tuple(words.SYSTEMS)),
        "version": numbers,
        "detection": few(words.DETECTIONS),
    }
)
environment = {
    "system": system,
    "host_system": system,
    "kernel": st.fixed_dictionaries(
        {"name": few(words.KERNELS), "version": numbers, "detection": few(words.DETECTIONS)}
    ),
    "architecture": found(words.ARCHITECTURES),
    "virtualization": found(words.VIRTUALIZATIONS),
    "container": found(words.CONTAINERS),
    "python": st.fixed_dictionaries({"version": st.sampled_from(("3.13.7", "3.14.0"))}),
    "hardware": st.fixed_dictionaries(
        {"cores": st.none() | few(words.CORE_STEPS), "memory": st.none() | few(words.MEMORY_STEPS)}
    ),
    "panels": some(
        st.fixed_dictionaries({"panel": few(words.PANELS), "opened": few(words.OPENED_STEPS)}),
        "panel",
    ),
}
core_versions = st.sampled_from(("2026.10.4", "2026.11.1", "2025.1.0b0"))
of_the_run = {
    "run_duration": few(words.RUN_STEPS),
    "unclean_ends": few(words.ROWS),
    "memory_nearly_full": st.booleans(),
    "disk_nearly_full": st.booleans(),
}
ended = {"previous_end": few(words.ENDS[1:4]), "version_changed": st.booleans()}
starts = st.fixed_dictionaries(
    {"event": st.just("start"), "version": core_versions},
    optional={
        "start_duration": few(words.DURATION_STEPS),
        "stop_duration": few(words.STOP_STEPS),
        **ended,
        "setup_failures": some(
            st.fixed_dictionaries({"domain": names, "reason": few(words.REASONS)}), "domain"
        ),
        "custom_setup_failures": st.dictionaries(few(words.REASONS), st.integers(0, 2)),
        "cloud": few(words.CLOUD_STATES),
    },
)
stops = st.fixed_dictionaries(
    {"event": st.just("stop"), "version": core_versions}, optional=of_the_run
)
faults = st.fixed_dictionaries(
    {
        "event": st.just("fault"),
        "version": core_versions,
        "fault": st.fixed_dictionaries(
            {
                "error": few(words.FAULTS),
                "thread": few(words.THREADS),
                "function": st.none() | names,
                "file": st.none() | names,
                "line": st.none() | st.integers(1, 7),
            }
        ),
    },
    optional=ended | of_the_run,
)
reports = st.fixed_dictionaries(
    {
        "version": core_versions,
        "installation_type": st.sampled_from(INSTALLATION_TYPES),
    },
    optional=usage | environment,
)
places = st.sampled_from(((None, None), ("DE", None), ("NL", None), ("US", "CA"), ("US", "TX")))
members = st.tuples(reports, places)


def member(report: dict[str, Any], country: str | None = None, region: str | None = None) -> Member:
    """Return what is taken of a report, and its place."""
    return _taken(check_report, report), country, region


@st.composite
def fleets(draw: st.DrawFn, most: int = 40) -> list[Member]:
    """Return a fleet of a few different kinds of installations, each some times."""
    kinds = draw(st.lists(st.tuples(members, st.integers(1, 12)), max_size=8))
    return [
        one
        for (report, (country, region)), times in kinds
        for one in [member(report, country, region)] * times
    ][:most]


def life(*events: dict[str, Any]) -> Life:
    """Return what is taken of the events of an installation, oldest first."""
    return [(time, _taken(check_event, event)) for time, event in enumerate(events)]


def _taken(check: Callable[[Any, set[str]], Any], told: dict[str, Any]) -> bytes:
    """Return in JSON what a report or an event has that is valid, without its id."""
    taken = check({"uuid": new_id()} | told, set())
    return orjson.dumps({key: value for key, value in taken.items() if key != "uuid"})


@st.composite
def lives(draw: st.DrawFn, most: int = 30) -> list[Life]:
    """Return the events of a few different kinds of installations, each some times."""
    events = st.lists(starts | stops | faults, min_size=1, max_size=6)
    kinds = draw(st.lists(st.tuples(events, st.integers(1, 12)), max_size=5))
    return [one for events, times in kinds for one in [life(*events)] * times][:most]
