"""Decide what of the counts may be seen: from raw counts to published figures, nothing else.

Every count is rounded down to a multiple of k. So nothing under k appears, and whatever is added or
subtracted within one publication is a multiple of k again: no total gives a small group away. Each
count is rounded by itself, never made of other rounded ones, which would add their errors up.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from typing import Any, Final

from ..counting import Counts, Names, Ordered, Values
from ..schema import FILLED, REPORTED, STATISTICS
from .devices import coarsen_devices, publish_devices, still_public
from .extended import ROWS, publish_extended
from .rounding import Rounding, by, full

# Of the schema's names; whatever else there may be is unknown.
TYPES: Final[Mapping[str, str]] = {
    "Home Assistant OS": "os",
    "Home Assistant Container": "container",
    "Home Assistant Core": "core",
    "Home Assistant Supervised": "supervised",
    "Unsupported Third Party Container": "unsupported_container",
    "Unknown": "unknown",
}
# What is no count of installations, and stays as it is when counts are rounded once more.
NO_COUNTS: Final = frozenset({"last_updated", "smallest_group"})
# What people made for themselves is called so, and is nobody else's business.
OWN_ADDON: Final = "local_"
# Medians and quartiles of a statistic: of all that tell it, and of those that have any.
QUARTILES: Final = frozenset({"quartiles", "quartiles_of_any"})
MIN_GROUPS: Final = 2
DIGITS: Final = 2

type Figures = dict[str, Any]


def publish(counts: Counts, k: int, time: int) -> Figures:
    """Return the figures; `time` in milliseconds since 1970."""
    show = Rounding(k)
    custom, addons, recorders = counts["custom_integrations"], counts["addons"], counts["recorders"]
    systems = counts["operating_systems"]
    return {
        "last_updated": time,
        "smallest_group": k,
        "active_installations": show.count(counts.installations),
        "reports_integrations": show.count(counts[REPORTED]["integrations"]),
        "reports_statistics": show.count(len(counts.statistics["state_count"])),
        "reports_addons": show.count(counts[REPORTED]["addons"]),
        "filled": _filled(counts, show),
        "installation_types": _types(counts["types"], show),
        "versions": show.table(counts["versions"]),
        "countries": show.table(by(counts["places"], 0)),
        "regions": show.nested(counts["places"]),
        "integrations": show.table(counts["integrations"]),
        "custom_integrations": show.with_versions(custom),
        "addons": _addons(addons, show),
        "boards": show.table(by(systems, 0)),
        "operating_system_versions": show.table(by(systems, 1)),
        "archs": show.table(by(counts["supervisors"], 2)),
        "recorders": show.with_versions(recorders),
        "energy": show.count(counts[REPORTED]["energy"]),
        "certificate": show.count(counts[REPORTED]["certificate"]),
        "supervisor": _supervisor(counts["supervisors"], show),
        "statistics": {name: _statistic(counts.statistics[name], show) for name in STATISTICS},
        **publish_extended(counts, show),
        "devices": publish_devices(counts, show),
    }


def nothing(k: int) -> Figures:
    """Return the figures before the first publication."""
    return publish(Counts(), k, 0)


def coarsen(figures: Figures, k: int) -> Figures:
    """Return figures that another k made, or an earlier version, as they would be shown today."""
    # What was not counted then, nobody had.
    none = publish_extended(Counts(), Rounding(k)) | {
        "devices": publish_devices(Counts(), Rounding(k))
    }
    figures = none | {"filled": _as_told(figures)} | figures
    figures |= {
        "addons": _public(figures["addons"]),
        "devices": still_public(figures["devices"]),
    }
    if figures["smallest_group"] == k:
        return figures
    show = Rounding(k)
    # Of figures for smaller groups it isn't known whether enough installations had such a value.
    kept = QUARTILES if figures["smallest_group"] > k else frozenset[str]()
    coarser: Mapping[str, Callable[[Any], Any]] = {
        "filled": show.record,
        "installation_types": show.record,
        "supervisor": show.record,
        "regions": lambda table: full({name: show.table(one) for name, one in table.items()}),
        **dict.fromkeys(("custom_integrations", "addons", "recorders", *ROWS), show.rows),
        "statistics": lambda table: {name: show.record(one, kept) for name, one in table.items()},
        "devices": lambda devices: coarsen_devices(devices, show),
    }
    rounded = {
        name: coarser.get(name, show.again)(value)
        for name, value in figures.items()
        if name not in NO_COUNTS
    }
    return figures | rounded | {"smallest_group": k}


def _filled(counts: Counts, show: Rounding) -> dict[str, int]:
    """Count those that have at least one: the lists that are not empty, and entities."""
    return {
        "integrations": show.count(counts[FILLED]["integrations"]),
        "addons": show.count(counts[FILLED]["addons"]),
        "statistics": show.count(len(counts.statistics["state_count"].ordered(least=1))),
    }


def _as_told(figures: Figures) -> dict[str, int]:
    """Return what earlier figures have in place of those that have at least one."""
    return {name: figures[f"reports_{name}"] for name in ("integrations", "addons", "statistics")}


def _public(addons: Mapping[str, Any]) -> dict[str, Any]:
    return {slug: one for slug, one in addons.items() if not slug.startswith(OWN_ADDON)}


def _types(types: Names, show: Rounding) -> dict[str, int]:
    """Return all types, since readers of the files expect each; those that nobody has with 0."""
    named: Counter[str] = Counter()
    for name, number in types.items():
        named[TYPES.get(name, "unknown")] += number
    return {name: show.count(named[name]) for name in TYPES.values()}


def _addons(addons: Names, show: Rounding) -> dict[str, dict[str, Any]]:
    versions: Counter[tuple[str, str | None]] = Counter()
    for (slug, version, _, _), number in addons.items():
        if not slug.startswith(OWN_ADDON):
            versions[slug, version] += number
    protected = by(addons, 0, lambda one: one[2])
    auto_update = by(addons, 0, lambda one: one[3])
    return {
        slug: row
        | {
            "protected": show.count(protected[slug]),
            "auto_update": show.count(auto_update[slug]),
        }
        for slug, row in show.with_versions(versions).items()
    }


def _supervisor(supervisors: Names, show: Rounding) -> dict[str, int]:
    """Count the unhealthy by themselves: total minus healthy would add two roundings up."""
    healthy, supported = by(supervisors, 0), by(supervisors, 1)
    return {
        "total": show.count(supervisors.total()),
        "healthy": show.count(healthy[True]),
        "supported": show.count(supported[True]),
        "unhealthy": show.count(healthy[False]),
        "unsupported": show.count(supported[False]),
    }


def _statistic(values: Values, show: Rounding) -> dict[str, Any]:
    statistic: dict[str, Any] = {"installations": show.count(len(values))}
    for name, some in (
        ("quartiles", values.ordered()),
        ("quartiles_of_any", values.ordered(least=1)),
    ):
        if some and len(some) >= MIN_GROUPS * show.k:
            statistic[name] = _quartiles(some, show.k)
    return statistic


def _quartiles(values: Ordered, k: int) -> list[int]:
    """Return rounded quartiles, each standing for the values of at least k installations."""
    ranks = (-(-quarter * len(values) // 4) - 1 for quarter in (1, 2, 3))
    # Coarser steps may round a later one down below an earlier one.
    return list(accumulate((_shared(values, values[rank], k) for rank in ranks), max))


def _shared(values: Ordered, value: int, k: int) -> int:
    """Round a value, by steps that get coarser until at least k values are rounded to the same."""
    for step in _steps(value):
        rounded = _rounded(value, step)
        lowest = rounded - step // 2
        if values.below(lowest + step) - values.below(lowest) >= k:
            return rounded
    raise AssertionError("steps grow until all values are rounded to 0")


def _rounded(value: int, step: int) -> int:
    return (value + step // 2) // step * step


def _steps(value: int) -> Iterator[int]:
    """Yield 1, 2, 5, 10, 20, 50, …, from the first that leaves two digits, without an end."""
    power = 10 ** max(len(str(value)) - DIGITS, 0)
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10
