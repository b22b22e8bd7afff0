"""Make the dashboard's world map out of two npm packages.

    npm pack world-atlas@2.0.2 i18n-iso-countries@7.14.0
    for archive in *.tgz; do tar xzf "$archive" && mv package "${archive%-*}"; done
    python -m scripts.world_map world-atlas i18n-iso-countries FOLDER

Write countries.json into the folder, which is receiver/dashboard/static/vendor/world.
"""

import argparse
import json
import math
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

type Point = tuple[float, float]
type Ring = list[Point]

WIDTH = 1000
NORTH = 83  # degrees of latitude to which the map shows
SOUTH = -56
CENTRE = (
    11  # degrees of longitude: the map's edges are then in the Bering Strait, where it cuts nothing
)
SMALLEST_RING = 1.2  # square units; a country keeps its largest ring whatever its size
TOLERANCE = 0.32  # units that a simplified line may leave its original by
DIGITS = 1
ANTARCTICA = "AQ"
# Outlines that Natural Earth has without an ISO number: shown as the code that a look-up answers.
WITHOUT_NUMBER = {"Kosovo": "XK", "Somaliland": "SO", "N. Cyprus": "CY", "Siachen Glacier": "IN"}
# Everyday names, where the list has the official one.
NAMES = {
    "BN": "Brunei",
    "CD": "DR Congo",
    "CG": "Congo",
    "CI": "Côte d'Ivoire",
    "CN": "China",
    "CZ": "Czechia",
    "FK": "Falkland Islands",
    "FM": "Micronesia",
    "GM": "Gambia",
    "IR": "Iran",
    "LA": "Laos",
    "MD": "Moldova",
    "MK": "North Macedonia",
    "PS": "Palestine",
    "RE": "Réunion",
    "RU": "Russia",
    "ST": "São Tomé and Príncipe",
    "SY": "Syria",
    "TW": "Taiwan",
    "TZ": "Tanzania",
    "US": "United States",
    "VA": "Vatican City",
    "VG": "British Virgin Islands",
    "VI": "U.S. Virgin Islands",
    "VN": "Vietnam",
    "XK": "Kosovo",
}


def main() -> None:
    """Read the command line, and write countries.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("atlas", "codes", "folder"):
        parser.add_argument(name, type=Path)
    arguments = parser.parse_args()
    atlas = json.loads((arguments.atlas / "countries-50m.json").read_text("utf-8"))
    alpha = {number: two for two, _, number, *_ in _read(arguments.codes / "codes.json")}
    names = _names(_read(arguments.codes / "langs" / "en.json")["countries"])
    outlines = _outlines(atlas, alpha)
    countries = {
        code: {"name": names[code], "path": _path(outlines.get(code, []))} for code in sorted(names)
    }
    document = {"width": WIDTH, "height": round(_project(CENTRE, SOUTH)[1]), "countries": countries}
    text = json.dumps(document, ensure_ascii=False, indent=0)
    (arguments.folder / "countries.json").write_text(text + "\n", "utf-8")


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _names(listed: dict[str, str | list[str]]) -> dict[str, str]:
    """Return one name for each code, the first where several are listed."""
    first = {code: name if isinstance(name, str) else name[0] for code, name in listed.items()}
    return first | NAMES


def _outlines(atlas: dict[str, Any], alpha: dict[str, str]) -> dict[str, list[Ring]]:
    arcs = _arcs(atlas)
    outlines: dict[str, list[Ring]] = defaultdict(list)
    for geometry in atlas["objects"]["countries"]["geometries"]:
        number = str(geometry.get("id", "")).zfill(3)
        code = alpha.get(number) or WITHOUT_NUMBER.get(geometry["properties"]["name"])
        if code is None or code == ANTARCTICA:
            continue
        single = geometry["type"] == "Polygon"
        for polygon in [geometry["arcs"]] if single else geometry["arcs"]:
            rings = [_ring(arcs, ring) for ring in polygon]
            outlines[code] += [ring for ring in rings if not _crosses_edge(ring)]
    return outlines


def _arcs(atlas: dict[str, Any]) -> list[Ring]:
    """Decode, project and simplify each arc once, so that neighbours keep a common border."""
    scale_x, scale_y = atlas["transform"]["scale"]
    move_x, move_y = atlas["transform"]["translate"]
    arcs = []
    for arc in atlas["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append(_project(x * scale_x + move_x, y * scale_y + move_y))
        arcs.append(_simplified(points))
    return arcs


def _ring(arcs: list[Ring], numbers: list[int]) -> Ring:
    ring: Ring = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring += arc[1:] if ring else arc
    return ring


def _crosses_edge(ring: Ring) -> bool:
    """Tell of two small islands in the Bering Strait, which would be lines across the map."""
    return any(abs(x1 - x2) > WIDTH / 2 for (x1, _), (x2, _) in pairwise(ring))


def _equal_earth(longitude: float, latitude: float) -> Point:
    """Project with equal areas (Šavrič, Patterson and Jenny, 2018)."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    root = math.sqrt(3) / 2
    theta = math.asin(root * math.sin(math.radians(latitude)))
    slope = 9 * a4 * theta**8 + 7 * a3 * theta**6 + 3 * a2 * theta**2 + a1
    x = math.radians(longitude) * math.cos(theta) / (root * slope)
    return x, theta * (a4 * theta**8 + a3 * theta**6 + a2 * theta**2 + a1)


def _project(longitude: float, latitude: float) -> Point:
    """Return the place on the map, in its units."""
    east, _ = _equal_earth(180, 0)
    _, top = _equal_earth(0, NORTH)
    x, y = _equal_earth((longitude - CENTRE + 180) % 360 - 180, latitude)
    scale = WIDTH / (2 * east)
    return (x + east) * scale, (top - y) * scale


def _simplified(points: Ring) -> Ring:
    """Leave out points that are nearly on the line of the others (Douglas, Peucker 1973)."""
    if len(points) < 3:
        return points
    first, last = points[0], points[-1]
    distances = [_distance(point, first, last) for point in points[1:-1]]
    farthest = max(distances)
    if farthest <= TOLERANCE:
        return [first, last]
    middle = distances.index(farthest) + 1
    return _simplified(points[: middle + 1])[:-1] + _simplified(points[middle:])


def _distance(point: Point, first: Point, last: Point) -> float:
    (x, y), (x1, y1), (x2, y2) = point, first, last
    length = math.hypot(x2 - x1, y2 - y1)
    if not length:
        return math.hypot(x - x1, y - y1)
    return abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length


def _path(rings: list[Ring]) -> str:
    """Return the rings as SVG path data, without those too small to see."""
    if not rings:
        return ""
    largest = max(rings, key=_area)
    kept = [ring for ring in rings if ring is largest or _area(ring) >= SMALLEST_RING]
    if _area(largest) < SMALLEST_RING:
        return _dot(largest)
    return "".join(map(_ring_path, kept))


def _dot(ring: Ring) -> str:
    """Return a square to see and point at in the place of a very small country."""
    x, y = (sum(axis) / len(ring) for axis in zip(*ring, strict=True))
    return f"M{x - 0.9:.1f} {y - 0.9:.1f}h1.8v1.8h-1.8z"


def _ring_path(ring: Ring) -> str:
    scale = 10**DIGITS
    grid = [(round(x * scale), round(y * scale)) for x, y in ring]
    text = f"M{_number(grid[0][0])} {_number(grid[0][1])}l"
    steps = pairwise(grid)
    moves = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in steps]
    return (
        text
        + " ".join(f"{_number(x)} {_number(y)}" for x, y in moves if x or y).replace(" -", "-")
        + "z"
    )


def _number(value: int) -> str:
    return f"{value / 10**DIGITS:g}"


def _area(ring: Ring) -> float:
    """Return the ring's area (shoelace formula)."""
    following = ring[1:] + ring[:1]
    pairs = zip(ring, following, strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


if __name__ == "__main__":
    main()
