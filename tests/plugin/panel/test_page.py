"""The page itself: what a browser has to load of it, and that all of its texts are there."""

import json
import re
from pathlib import Path

import pytest

from custom_components.analytics.tiers import TIERS

PLUGIN = Path(__file__).parents[3] / "custom_components" / "analytics"
WWW = PLUGIN / "panel" / "www"
VENDOR = WWW / "vendor"
TEXTS = json.loads((PLUGIN / "translations" / "en.json").read_text(encoding="utf-8"))
MODULES = [path for path in sorted(WWW.rglob("*.js")) if VENDOR not in path.parents]
ROOMS = re.findall(r'name: "(\w+)"', (WWW / "rooms.js").read_text(encoding="utf-8"))
IMPORT = re.compile(r'^(?:import|export)\b[^"(]*"(\.[^"]+)";', re.MULTILINE)
SAID = re.compile(r'\bsay\(\s*"([a-z_]+)\.([a-z_0-9]+)"')

# In bytes, without Lit, as they are read: with comments, and not packed.
MOST_FOR_A_ROOM = 80_000
MOST_IN_ALL = 140_000


def loaded(module: Path) -> set[Path]:
    """Return all modules that are loaded with one, Lit left out."""
    found, left = set(), [module]
    while left:
        path = left.pop()
        if path in found or VENDOR in path.parents:
            continue
        found.add(path)
        named = IMPORT.findall(path.read_text(encoding="utf-8"))
        left += [(path.parent / name).resolve() for name in named]
    return found


def size(paths: set[Path]) -> int:
    return sum(path.stat().st_size for path in paths)


@pytest.mark.parametrize("room", ROOMS)
def test_what_a_room_loads_is_small(room: str) -> None:
    assert size(loaded(WWW / "main.js") | loaded(WWW / f"{room}.js")) < MOST_FOR_A_ROOM


def test_so_is_all_of_it() -> None:
    assert size({*MODULES}) < MOST_IN_ALL


def test_no_module_is_left_over() -> None:
    rooms = [WWW / "main.js", *(WWW / f"{room}.js" for room in ROOMS)]
    assert set().union(*map(loaded, rooms)) == {*MODULES}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(WWW).as_posix())
def test_every_text_that_is_named_is_there(module: Path) -> None:
    groups = TEXTS["config_panel"]
    for group, key in SAID.findall(module.read_text(encoding="utf-8")):
        assert {key, f"{key}_other"} & set(groups.get(group, {})), f"{group}.{key}"


@pytest.mark.parametrize("tier", TIERS)
def test_every_tier_has_a_name_a_description_and_a_reason(tier: str) -> None:
    assert {tier, f"{tier}_about", f"{tier}_why"} <= set(TEXTS["config_panel"]["tier"])


def test_every_field_is_described_as_in_the_table() -> None:
    fields = [field for tier in TIERS.values() for field in tier.fields]
    assert TEXTS["config_panel"]["field"] == {field.name: field.description for field in fields}


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_a_name(room: str) -> None:
    assert f"room_{room}" in TEXTS["config_panel"]["panel"]
