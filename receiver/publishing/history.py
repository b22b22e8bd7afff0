"""What of each day's figures is kept for the charts, and which days."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from sys import intern
from typing import Any, Final

from ..disclosure import Figures

TOTALS: Final = (
    "active_installations",
    "reports_integrations",
    "reports_addons",
    "reports_environment",
    "reports_lifecycle",
    "reports_interface",
    "unclean",
)
DAILY: Final = timedelta(days=60)
WEEKLY: Final = timedelta(days=365)

type Entry = dict[str, Any]


def of_day(figures: Figures) -> Figures:
    """Return what a day has of its figures: of devices only totals, for there are many."""
    return figures | {"devices": _devices(figures["devices"])}


def entry(day: str, figures: Figures, *, devices: bool = True) -> Entry:
    """Return what the charts need of one day's figures; names are shared among the days."""
    return {
        "day": day,
        **{name: figures[name] for name in TOTALS},
        "installation_types": figures["installation_types"],
        "versions": _shared(figures["versions"]),
        "integrations": _shared(figures["integrations"]),
        "custom_integrations": _totals(figures["custom_integrations"]),
        "addons": _totals(figures["addons"]),
        "systems": _totals(figures["systems"]),
        "virtualizations": _shared(figures["virtualizations"]),
        "medians": {
            name: one["quartiles"][1]
            for name, one in figures["statistics"].items()
            if "quartiles" in one
        },
        "devices": _devices(figures["devices"]) if devices else None,
    }


def tells(one: Entry) -> bool:
    """Tell whether there is anything to see of a day."""
    devices = one["devices"]
    return any(one[name] for name in TOTALS) or bool(devices and devices["installations"])


def monthly(days: Iterable[str]) -> set[str]:
    """Return the last day of each month: devices are told by month, for there are many."""
    return {*{day[:7]: day for day in sorted(days)}.values()}


def told_monthly(days: Iterable[Entry]) -> list[Entry]:
    """Return the days, without the devices of those that are not the last of a month."""
    by_day = {one["day"]: one for one in days}
    lasts = monthly(by_day)
    return [
        one if day in lasts or one["devices"] is None else one | {"devices": None}
        for day, one in by_day.items()
    ]


def kept(days: Iterable[str], today: date) -> list[str]:
    """Return the days to keep, oldest first: of each week or month, when old, its last one.

    None of them is to come: such days are of a clock that was ahead.
    """
    past = (day for day in days if date.fromisoformat(day) <= today)
    return sorted(dict(_periods(past, today)).values())


def _periods(days: Iterable[str], today: date) -> Iterator[tuple[tuple[int, ...], str]]:
    """Yield each day after the period that it stands for; a later day takes its place."""
    for day in sorted(days):
        when = date.fromisoformat(day)
        if today - when < DAILY:
            yield (when.toordinal(),), day
        elif today - when < WEEKLY:
            # By month, too: the last day of one tells of devices, and in which they were first.
            yield (*when.isocalendar()[:2], when.month), day
        else:
            yield (when.year, when.month), day


def _shared(table: dict[str, int]) -> dict[str, int]:
    return {intern(name): number for name, number in table.items()}


def _totals(table: Mapping[str, Any]) -> dict[str, int]:
    """Return the totals of rows, or of what has nothing else any more."""
    return {
        intern(name): row if isinstance(row, int) else row["total"] for name, row in table.items()
    }


_TABLES: Final = ("reaches", "classes", "integrations", "makers")


def _devices(devices: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "installations": devices["installations"],
        **{name: _totals(devices[name]) for name in _TABLES},
        "models": {intern(maker): _totals(of) for maker, of in devices["models"].items()},
    }
