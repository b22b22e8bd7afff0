"""Quartiles of the statistics: where the middle half of the installations is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from . import wording
from .lines import scale_to

SENTENCES: Final = {
    "state_count": "Things that have a state: lights, sensors, switches.",
    "automation_count": "What runs by itself.",
    "integration_count": "Built-in ones in use.",
    "addon_count": "Installed apps, also known as add-ons, where there is a Supervisor.",
    "user_count": "People with an account.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """A round value of the scale, and its place in percent."""

    at: float
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """The quartiles of a statistic, and their places in percent of its scale."""

    key: str
    label: str
    meaning: str
    installations: int
    quartiles: tuple[float, float, float]
    places: tuple[float, float, float]
    ticks: tuple[Tick, ...]


def read(statistics: Mapping[str, Any]) -> list[Range]:
    """Return the statistics that have quartiles, in the pages' order."""
    known = [name for name in wording.STATISTICS if statistics.get(name, {}).get("quartiles")]
    return [_range(name, statistics[name]) for name in known]


def _range(name: str, statistic: Mapping[str, Any]) -> Range:
    low, middle, high = statistic["quartiles"]
    scale = scale_to(high * 1.1, whole=True)
    end = scale[-1]
    places = tuple(round(100 * value / end, 2) for value in (low, middle, high))
    return Range(
        key=name,
        label=wording.STATISTICS[name],
        meaning=SENTENCES[name],
        installations=statistic.get("installations", 0),
        quartiles=(low, middle, high),
        places=(places[0], places[1], places[2]),
        ticks=tuple(
            Tick(at=round(100 * value / end, 2), label=wording.number(value)) for value in scale
        ),
    )
