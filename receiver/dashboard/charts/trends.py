"""Charts over time, made of the history's days."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from . import wording
from .lines import Chart, Series
from .releases import OTHER, by_release, newest

type Day = Mapping[str, Any]
type History = Sequence[Day]

# Of lines that have no tone of their own.
TONES: Final = ("os", "container", "core", "supervised", "unsupported_container")
TREND_FLOOR: Final = 1.0  # percent: a release that never had more goes into "Other"


def types(history: History) -> Chart:
    """Return installations by type."""
    days = _days(history)
    every = Series(
        name="All",
        tone="ink",
        values=tuple(entry.get("active_installations") for entry in history),
    )
    series = [
        Series(name=label, tone=kind, values=_values(history, "installation_types", kind))
        for kind, label in wording.TYPES.items()
        if any(entry.get("installation_types", {}).get(kind) for entry in history)
    ]
    return Chart(key="types", title="Installations by type", days=days, series=(every, *series))


def releases(history: History) -> Chart:
    """Return what part of all installations runs which release."""
    wholes = [entry.get("active_installations", 0) for entry in history]
    shares = [_release_shares(entry) for entry in history]
    charted = charted_releases(history)
    series = [
        Series(
            name=name,
            tone=f"release-{index}",
            values=tuple(round(day.get(name, 0), 2) for day in shares),
        )
        for index, name in enumerate(charted, 1)
    ]
    rest = tuple(
        round(max(100 - sum(day.get(name, 0) for name in charted), 0), 2) if whole else 0
        for day, whole in zip(shares, wholes, strict=True)
    )
    series.append(Series(name=f"Older and {OTHER.lower()}", tone="other", values=rest))
    return Chart(
        key="releases",
        title="Releases in use",
        days=_days(history),
        series=tuple(series) if charted else (),
        unit="%",
        stacked=True,
    )


def charted_releases(history: History) -> list[str]:
    """Return the releases that have a tone of their own, newest first."""
    shares = [_release_shares(entry) for entry in history]
    return newest(name for day in shares for name, value in day.items() if value >= TREND_FLOOR)


def usage(history: History, table: str, whole: str, name: str) -> Chart:
    """Return what part of the installations that tell uses this, from the first such day."""
    told = [entry for entry in history if name in entry.get(table, {}) and entry.get(whole)]
    first = told[0]["day"] if told else ""
    since = [entry for entry in history if told and entry["day"] >= first]
    series = Series(
        name="Share of installations",
        tone="accent",
        values=tuple(_share(entry, table, whole, name) for entry in since),
    )
    return Chart(
        key="usage",
        title="Share over time",
        days=_days(since),
        series=(series,) if told else (),
        unit="%",
    )


def medians(history: History, statistic: str) -> Chart:
    """Return how the median of a statistic moved."""
    told = [entry for entry in history if statistic in entry.get("medians", {})]
    series = Series(name="Median", tone="accent", values=_values(told, "medians", statistic))
    return Chart(
        key=f"median-{statistic}",
        title=f"{wording.STATISTICS.get(statistic, statistic)}: median over time",
        days=_days(told),
        series=(series,) if told else (),
    )


def systems(history: History, label: Callable[[str], str]) -> Chart:
    """Return which share of those that tell runs on the most frequent systems of today."""
    told = _telling(history, "reports_environment")
    today = told[-1].get("systems", {}) if told else {}
    frequent = sorted(today, key=lambda one: (-today[one], one))[: len(TONES)]
    series = [
        Series(
            name=label(system),
            tone=tone,
            values=tuple(_share(one, "systems", "reports_environment", system) for one in told),
        )
        for tone, system in zip(TONES, frequent, strict=False)
    ]
    return Chart(
        key="systems-over-time",
        title="Share of systems over time",
        days=_days(told),
        series=tuple(series),
        unit="%",
    )


def unclean(history: History) -> Chart:
    """Return which share of those that tell had an unclean end."""
    told = _telling(history, "reports_lifecycle")
    shares = (wording.share(one.get("unclean", 0), one["reports_lifecycle"]) for one in told)
    series = Series(
        name="Share with an unclean end",
        tone="accent",
        values=tuple(round(value, 2) for value in shares),
    )
    return Chart(
        key="unclean",
        title="Installations with an unclean end, over time",
        days=_days(told),
        series=(series,) if told else (),
        unit="%",
    )


def devices(history: History, count: Callable[[Day], int | None]) -> Chart:
    """Return what part of those that share their devices has something, from the first month on."""
    told = _sharing(history)
    counts = [count(one["devices"]) for one in told]
    first = next((at for at, number in enumerate(counts) if number), len(told))
    series = Series(
        name="Share of installations",
        tone="accent",
        values=tuple(
            _part(number, one["devices"]["installations"])
            for one, number in zip(told[first:], counts[first:], strict=True)
        ),
    )
    return Chart(
        key="usage",
        title="Share over time",
        days=_days(told[first:]),
        series=(series,) if told[first:] else (),
        unit="%",
    )


def device_reaches(history: History, labels: Mapping[str, str]) -> Chart:
    """Return what part of those that share their devices has local ones, or others."""
    told = _sharing(history)
    known = [key for key in labels if any(one["devices"]["reaches"].get(key) for one in told)]
    series = [
        Series(
            name=labels[key],
            tone=tone,
            values=tuple(
                _share(one["devices"], "reaches", "installations", key) or 0.0 for one in told
            ),
        )
        for tone, key in zip(TONES, known, strict=False)
    ]
    return Chart(
        key="device-reaches-over-time",
        title="Local or cloud, over time",
        days=_days(told),
        series=tuple(series),
        unit="%",
    )


def _sharing(history: History) -> list[Day]:
    """Return the last day of each month, of which devices are kept."""
    return [entry for entry in history if (entry.get("devices") or {}).get("installations")]


def _telling(history: History, whole: str) -> list[Day]:
    return [entry for entry in history if entry.get(whole)]


def _release_shares(entry: Day) -> dict[str, float]:
    whole = entry.get("active_installations", 0)
    counts = by_release(entry.get("versions", {}))
    return {name: wording.share(count, whole) for name, count in counts.items()}


def _days(history: Iterable[Day]) -> tuple[date, ...]:
    return tuple(date.fromisoformat(entry["day"]) for entry in history)


def _values(history: Iterable[Day], table: str, name: str) -> tuple[float | None, ...]:
    return tuple(entry.get(table, {}).get(name) for entry in history)


def _share(entry: Day, table: str, whole: str, name: str) -> float | None:
    return _part(entry.get(table, {}).get(name), entry.get(whole))


def _part(count: int | None, whole: int | None) -> float | None:
    return round(wording.share(count, whole), 2) if count and whole else None
