"""The world map: each country shaded by its part of all installations."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import orjson

from . import wording

FILE: Final = Path(__file__).parents[1] / "static" / "vendor" / "world" / "countries.json"
# Where a stronger shade begins, in percent of all installations: fixed, so that maps of different
# days and fleets can be compared.
SHADES: Final = (0.1, 0.5, 2, 5, 10)
LEFT: Final = 40  # where the map begins: before it is the open Pacific


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """A country's name, and its outline as SVG path data; empty where the map has none."""

    name: str
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """A country as drawn: shade 0 is for fewer installations than are shown."""

    path: str
    shade: int
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WorldMap:
    """Shapes, the view that shows them, and what the shades mean."""

    view: str
    shapes: tuple[Shape, ...]
    legend: tuple[str, ...]

    @property
    def shaded(self) -> bool:
        """Tell whether any country has a figure."""
        return any(shape.shade for shape in self.shapes)


@cache
def _world() -> tuple[int, int, Mapping[str, Outline]]:
    document = orjson.loads(FILE.read_bytes())
    outlines = {code: Outline(**country) for code, country in document["countries"].items()}
    return document["width"], document["height"], outlines


def country(code: str) -> str:
    """Return a country's name, or its code where that is not known."""
    outline = _world()[2].get(code)
    return outline.name if outline else wording.name(code)


def draw(countries: Mapping[str, int], whole: int) -> WorldMap:
    """Shade the countries, those with figures last, so that their borders are on top."""
    width, height, outlines = _world()
    shapes = [
        _shape(outline, countries.get(code, 0), whole)
        for code, outline in outlines.items()
        if outline.path
    ]
    ordered = tuple(sorted(shapes, key=lambda shape: shape.shade > 0))
    return WorldMap(view=f"{LEFT} 0 {width - LEFT} {height}", shapes=ordered, legend=_legend())


def _shape(outline: Outline, count: int, whole: int) -> Shape:
    if not count:
        return Shape(path=outline.path, shade=0, label=f"{outline.name}: no figure")
    share = wording.share(count, whole)
    label = f"{outline.name}: {wording.number(count)} ({wording.percent(share)})"
    return Shape(path=outline.path, shade=1 + bisect_right(SHADES, share), label=label)


def _legend() -> tuple[str, ...]:
    """Return what each shade stands for, from 0 on."""
    between = [f"{low:g} to {high:g}%" for low, high in pairwise(SHADES)]
    return ("no figure", f"under {SHADES[0]:g}%", *between, f"{SHADES[-1]:g}% and more")
