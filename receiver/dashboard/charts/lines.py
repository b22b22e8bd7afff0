"""Lines over time: the values beside each chart as its table, and the same drawn as SVG.

The script in static/charts.js draws what it reads in the table, so that there is one source.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from . import wording

type Values = tuple[float | None, ...]

SIDE: Final = 1000  # of the square that curves are drawn in, which the page stretches
HEIGHT: Final = 220  # pixels of the plot, in which the scale's labels stand
COLUMNS: Final = 3  # steps of the scale of days: its labels fit on a phone
NOTHING: Final = 0.001  # a value under it is drawn as 0
STEPS: Final = (1, 2, 2.5, 5, 10)
MANY_DAYS: Final = 300  # from which a scale names months and years, not days


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """A curve: its name, its tone in the style sheet, and a value for each day."""

    name: str
    tone: str
    values: Values


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """A label on a scale: `at` is in pixels from the top, or in percent from the left."""

    at: str
    label: str
    anchor: str = "end"


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """A series as SVG path data, in a square of SIDE."""

    tone: str
    line: str
    area: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """Series over the same days, oldest first; stacked ones add up, the last at the bottom."""

    key: str
    title: str
    days: tuple[date, ...]
    series: tuple[Series, ...]
    unit: str = ""
    stacked: bool = False

    def written(self, value: float | None) -> str:
        """Return a value as the table and the legend have it."""
        if value is None:
            return "-"
        return wording.percent(value) if self.unit == "%" else wording.number(value)

    def latest(self, series: Series) -> str:
        """Return the newest value as the legend has it."""
        return self.written(series.values[-1] if series.values else None)

    def rows(self) -> Iterable[tuple[date, Values]]:
        """Return the table's rows, newest first."""
        for index in reversed(range(len(self.days))):
            yield self.days[index], tuple(series.values[index] for series in self.series)

    @property
    def drawable(self) -> bool:
        """Tell whether there are the two days that a line needs."""
        return len(self.days) > 1 and bool(self.series)

    @property
    def scale(self) -> list[float]:
        """Return the values that the vertical scale names, from 0 to its end."""
        if self.stacked and self.unit == "%":
            return [0, 25, 50, 75, 100]
        highest = max((value or 0 for layer in self._heights() for value in layer), default=0)
        return scale_to(highest, whole=self.unit != "%")

    def ticks(self) -> list[Tick]:
        """Return the vertical scale's labels."""
        top = self.scale[-1]
        unit = self.unit
        return [
            Tick(at=f"{HEIGHT * (1 - value / top):g}", label=f"{wording.number(value)}{unit}")
            for value in self.scale
        ]

    def columns(self) -> list[Tick]:
        """Return the labels of the scale of days."""
        first, last = self.days[0], self.days[-1]
        anchors = ["start", *["middle"] * (COLUMNS - 1), "end"]
        months = (last - first).days > MANY_DAYS
        return [
            Tick(
                at=f"{100 * step / COLUMNS:.3g}%",
                label=_column(first + timedelta((last - first).days * step / COLUMNS), months),
                anchor=anchor,
            )
            for step, anchor in enumerate(anchors)
        ]

    def curves(self) -> list[Curve]:
        """Return what is drawn, in the order of drawing: lower layers of a stack cover higher."""
        top = self.scale[-1]
        span = (self.days[-1] - self.days[0]).days or 1
        across = [SIDE * (day - self.days[0]).days / span for day in self.days]
        drawn = []
        for series, heights in zip(self.series, self._heights(), strict=True):
            parts = _parts(across, [None if v is None else SIDE * (1 - v / top) for v in heights])
            line = "".join(map(_line, parts))
            area = "".join(map(_area, parts)) if self.stacked else ""
            drawn.append(Curve(tone=series.tone, line=line, area=area))
        return drawn

    def _heights(self) -> list[Values]:
        """Return how high each series is drawn."""
        if not self.stacked:
            return [series.values for series in self.series]
        below: list[float] = [0] * len(self.days)
        layers: list[Values] = []
        for series in reversed(self.series):
            below = [low + (value or 0) for low, value in zip(below, series.values, strict=True)]
            layers.append(tuple(below))
        return layers[::-1]


def scale_to(highest: float, *, whole: bool) -> list[float]:
    """Return round values from 0 to the first that is not under the highest."""
    if highest < NOTHING:
        return [0, 1]
    power = 10 ** math.floor(math.log10(highest / 4))
    steps = (factor * power for factor in STEPS if not whole or (factor * power) % 1 == 0)
    step = next((step for step in steps if step * 4 >= highest), 1)
    count = math.ceil(highest / step - 1e-9)
    return [round(step * index, 10) for index in range(count + 1)]


def _column(value: date, months: bool) -> str:
    return f"{value:%b %Y}" if months else f"{value.day} {value:%b}"


def _parts(
    across: Sequence[float], down: Sequence[float | None]
) -> list[list[tuple[float, float]]]:
    """Split a curve where values are missing."""
    parts: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(across, down, strict=True):
        if y is not None:
            parts[-1].append((x, y))
        elif parts[-1]:
            parts.append([])
    return [part for part in parts if part]


def _line(part: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.4g} {y:.4g}" for x, y in part)


def _area(part: list[tuple[float, float]]) -> str:
    return f"{_line(part)}L{part[-1][0]:.4g} {SIDE}L{part[0][0]:.4g} {SIDE}Z"
