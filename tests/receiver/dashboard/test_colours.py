"""The style sheet's colours, for people who see other colours than most."""

import re
from itertools import combinations, pairwise
from math import sqrt

import pytest

from tests.receiver.dashboard.serving import Publication, read, serving

SERIES = ("os", "container", "core", "supervised", "unsupported", "other")
RAMPS = ([f"shade-{step}" for step in range(7)], [f"release-{step}" for step in range(1, 7)])
DIFFERENT = 15  # CIE76 distance that thin lines need to be told apart
GRAPHICS = 3.0  # WCAG 2.2, 1.4.11
STEP = 1.15  # contrast of a ramp's neighbours
# Machado, Oliveira and Fernandes 2009, full severity, on linear RGB.
EYES = {
    "most": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.9505, 1.0, 1.0891)

type Matrix = tuple[tuple[float, ...], ...]
type Colour = tuple[float, ...]


async def schemes() -> dict[str, dict[str, Colour]]:
    """Return the linear RGB of each colour's name, in both schemes, as a browser gets them."""
    async with serving(Publication()) as client:
        links = (await read(client, "/")).all("link", rel="stylesheet")
        (address,) = [
            link.attributes["href"] for link in links if "/style.css" in link.attributes["href"]
        ]
        text = await (await client.get(address)).text()
    light, dark, *_ = re.findall(r":root \{(.*?)\}", text, re.DOTALL)
    return {"light": _colours(light), "dark": _colours(dark)}


def _colours(block: str) -> dict[str, Colour]:
    return {name: _linear(value) for name, value in re.findall(r"--([\w-]+): #(\w{6})", block)}


def _linear(value: str) -> Colour:
    parts = [int(value[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)


def _times(matrix: Matrix, colour: Colour) -> Colour:
    rows = (sum(a * b for a, b in zip(row, colour, strict=True)) for row in matrix)
    return tuple(min(max(value, 0), 1.1) for value in rows)


def contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted(_times(XYZ, colour)[1] for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def distance(one: Colour, other: Colour) -> float:
    pairs = zip(_lab(one), _lab(other), strict=True)
    return sqrt(sum((a - b) ** 2 for a, b in pairs))


def _lab(colour: Colour) -> Colour:
    parts = (c / white for c, white in zip(_times(XYZ, colour), WHITE, strict=True))
    x, y, z = (c ** (1 / 3) if c > 0.008856 else 7.787 * c + 16 / 116 for c in parts)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_lines_are_told_apart_by_everyone(scheme: str, eyes: str) -> None:
    colours = (await schemes())[scheme]
    seen = {name: _times(EYES[eyes], colours[name]) for name in ("ink", *SERIES)}
    alike = [(a, b) for a, b in combinations(seen, 2) if distance(seen[a], seen[b]) < DIFFERENT]
    assert alike == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_lines_and_fields_stand_out(scheme: str) -> None:
    colours = (await schemes())[scheme]
    paper = colours["paper"]
    names = (*SERIES, "accent", "field", "focus")
    assert [name for name in names if contrast(colours[name], paper) < GRAPHICS] == []


@pytest.mark.parametrize("ramp", RAMPS, ids=["map", "releases"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_each_step_of_a_ramp_is_seen_without_colours(scheme: str, ramp: list[str]) -> None:
    colours = (await schemes())[scheme]
    steps = [(a, b) for a, b in pairwise(ramp) if contrast(colours[a], colours[b]) < STEP]
    assert steps == []
