"""Decide what may be seen of what the plugin shares with this receiver only."""

from collections.abc import Mapping
from typing import Any, Final

from ..counting import Counts, Names
from ..schema import AFTER_UNCLEAN, ANY, NEARLY_FULL, REPORTED
from .rounding import Rounding, by

# Figures whose rows have a total, and counts or a table beside it.
ROWS: Final = (
    "systems",
    "host_systems",
    "kernels",
    "panels",
    "starts",
    "setup_failures",
    "faults",
    "nearly_full",
)
# Which figures belong to which level; the first is how many share it, which shares are parts of.
LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    "environment": (
        "reports_environment",
        "systems",
        "host_systems",
        "kernels",
        "cpu_architectures",
        "virtualizations",
        "containers",
        "python_versions",
        "cores",
        "memory",
    ),
    "stability": (
        "reports_lifecycle",
        "unclean",
        "starts",
        "previous_ends",
        "start_durations",
        "setup_failures",
        "custom_setup_failures",
        "cloud",
        "faults",
        "stop_durations",
        "clean_runs",
        "unclean_runs",
        "unclean_ends",
        "nearly_full",
    ),
    "interface": ("reports_interface", "panels"),
}


def publish_extended(counts: Counts, show: Rounding) -> dict[str, Any]:
    """Return the figures of all levels."""
    return {
        "reports_environment": show.count(counts[REPORTED]["environment"]),
        "reports_lifecycle": show.count(counts[REPORTED]["lifecycle"]),
        "reports_interface": show.count(counts[REPORTED]["interface"]),
        "systems": show.with_versions(counts["systems"]),
        "host_systems": show.with_versions(counts["host_systems"]),
        "kernels": show.with_versions(counts["kernels"]),
        "cpu_architectures": show.table(counts["cpu_architectures"]),
        "virtualizations": show.table(counts["virtualizations"]),
        "containers": show.table(counts["containers"]),
        "python_versions": show.table(counts["python_versions"]),
        "cores": show.steps(counts["cores"]),
        "memory": show.steps(counts["memory"]),
        "panels": show.with_parts(by(counts["panels"], 0), counts["panels"], "opened", show.steps),
        "unclean": show.count(counts[REPORTED]["unclean"]),
        "starts": _rated(counts["starts"], AFTER_UNCLEAN, show),
        "previous_ends": show.table(counts["previous_ends"]),
        "start_durations": show.steps(counts["start_durations"]),
        "setup_failures": _several(counts["setup_failures"], "reasons", show),
        "custom_setup_failures": show.table(counts["custom_setup_failures"]),
        "cloud": show.table(counts["cloud"]),
        "faults": _several(counts["faults"], "files", show),
        "stop_durations": show.steps(counts["stop_durations"]),
        "clean_runs": show.steps(counts["clean_runs"]),
        "unclean_runs": show.steps(counts["unclean_runs"]),
        "unclean_ends": show.table(counts["unclean_ends"]),
        "nearly_full": _rated(counts["nearly_full"], NEARLY_FULL, show),
    }


def _several(pairs: Names, parts: str, show: Rounding) -> dict[str, dict[str, Any]]:
    """Return rows of which an installation may have several parts."""
    return show.with_parts(_any(pairs), pairs, parts, show.table)


def _rated(pairs: Names, part: str, show: Rounding) -> dict[str, dict[str, int]]:
    """Return rows with the count of one part beside their total."""
    return {
        name: {"total": total, part: show.count(pairs[name, part])}
        for name, total in show.table(_any(pairs)).items()
    }


def _any(pairs: Names) -> Names:
    """Return how many have any part of each name: not the sum, in which some are several times."""
    return by(pairs, 0, lambda one: one[1] is ANY)
