"""The rooms of the receiver, found by themselves: what each may use, and by which door."""

import re
import subprocess
import sys
from collections.abc import Mapping
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.rooms import House, sentence

ROOT = Path(__file__).parents[2]
RECEIVER = House(ROOT, "receiver")
# Who else comes in by the doors; tests and benchmarks look into the rooms.
OUTSIDE = sorted((ROOT / "scripts").rglob("*.py"))

# A room, or a module beside the rooms, and all that it imports: only what stands above it.
USES: Mapping[str, tuple[str, ...]] = {
    "paths": (),
    "sorting": (),
    "wire": (),
    "texts": (),
    "schema": (),
    "schema.snapshots": ("texts", "schema"),
    "devices": ("paths", "sorting", "schema", "schema.snapshots"),
    "clock": (),
    "processes": (),
    "storage": ("schema",),
    "storage.valkey": ("schema", "storage"),
    "storage.valkey.reading": ("schema", "storage", "storage.valkey"),
    "storage.writing": ("schema", "clock", "storage"),
    "storage.valkey.writing": ("schema", "clock", "storage", "storage.writing", "storage.valkey"),
    "storage.sqlite": ("schema", "storage"),
    "storage.sqlite.writing": ("schema", "storage", "storage.writing", "storage.sqlite"),
    "options": ("texts", "storage"),
    "stores": (
        *("storage", "storage.writing", "storage.sqlite", "storage.sqlite.writing"),
        *("storage.valkey.writing", "storage.valkey.reading"),
    ),
    "unpacking": ("schema", "schema.snapshots"),
    "intake": ("options", "schema", "clock", "storage", "storage.writing", "unpacking"),
    "counting": ("schema",),
    "counting.rows": ("schema", "storage", "counting"),
    "disclosure": ("texts", "schema", "counting"),
    "aggregate": ("options", "processes", "storage", "stores", "counting.rows", "disclosure"),
    "publishing": ("options", "clock", "storage", "storage.writing", "disclosure"),
    "keys": ("options", "clock", "storage.writing", "publishing"),
    "files": (
        *("options", "wire", "devices", "storage.writing", "intake", "disclosure"),
        *("publishing", "keys"),
    ),
    "dashboard.charts": ("paths",),
    "dashboard": (
        *("options", "paths", "sorting", "wire", "schema", "devices", "dashboard.charts"),
    ),
    "app": (
        *("options", "paths", "clock", "storage.writing", "stores", "intake", "publishing"),
        *("keys", "devices", "files", "dashboard"),
    ),
    "copying": ("options", "schema", "storage", "stores", "counting", "aggregate"),
    "__main__": (
        *("options", "paths", "processes", "storage", "intake", "aggregate", "app", "copying"),
    ),
}
# Each room that keeps rows, and the module that only it knows.
ENGINES = {"storage.sqlite": "sqlite3"}
# What the process that counts has no use for.
NOT_TO_COUNT = ("asyncio", "hashlib", "logging", "aiohttp", "jinja2", "maxminddb")
# It takes more memory than all else that a process begins with.
ONLY_TO_COUNT = "numpy"


def named(path: Path) -> str:
    """Return what a test calls a module."""
    return str(path.relative_to(ROOT))


def test_the_table_has_every_room_below_all_that_it_uses() -> None:
    assert set(USES) == RECEIVER.places
    order = list(USES)
    assert [one for one in order if not {*USES[one]} <= {*order[: order.index(one)]}] == []


@pytest.mark.parametrize("place", USES)
def test_a_room_uses_what_the_table_says(place: str) -> None:
    assert RECEIVER.uses(place) == set(USES[place])


@pytest.mark.parametrize("room", sorted(RECEIVER.rooms))
def test_a_door_hands_out_what_others_take_and_no_more(room: str) -> None:
    taken, offered = RECEIVER.taken(room, OUTSIDE), RECEIVER.offers(room)
    assert {name: around for name, names in taken.items() if (around := names - offered)} == {}
    assert set().union(*taken.values()) == offered


def test_no_modules_import_each_other_in_a_circle() -> None:
    TopologicalSorter(RECEIVER.circle()).prepare()


@pytest.mark.parametrize("path", [RECEIVER.first, *RECEIVER.modules.values()], ids=named)
def test_a_module_opens_with_a_sentence(path: Path) -> None:
    assert re.fullmatch(r"[A-Z].*\.", sentence(path))


def test_the_architecture_names_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    _, heading, receiver = text.partition("\n## The receiver\n")
    assert heading
    names = {f"{one.replace('.', '/')}/" for one in RECEIVER.rooms}
    names |= {f"{one}.py" for one in RECEIVER.places - RECEIVER.rooms}
    assert [name for name in sorted(names) if f"`{name}`" not in receiver] == []


@pytest.mark.parametrize(("engine", "module"), ENGINES.items())
def test_only_its_room_knows_an_engine(engine: str, module: str) -> None:
    known = re.compile(rf"^\s*(import|from) {module}\b", re.MULTILINE)
    knowing = [path for path in RECEIVER.modules.values() if known.search(path.read_text())]
    assert knowing
    assert [named(one) for one in knowing if RECEIVER.enters(one, engine)] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_only_one_module_knows_the_room_of_an_engine(engine: str) -> None:
    entering = {place for place in RECEIVER.places if engine in RECEIVER.uses(place)}
    assert {one for one in entering if not one.startswith(engine)} == {"stores"}


def test_the_process_that_counts_loads_nothing_that_it_has_no_use_for() -> None:
    loaded = loaded_by("receiver.aggregate")
    assert {"receiver.counting.rows", ONLY_TO_COUNT} <= loaded
    assert [name for name in NOT_TO_COUNT if name in loaded] == []


def test_the_process_that_takes_reports_does_not_load_what_only_counting_needs() -> None:
    loaded = loaded_by("receiver.__main__")
    assert "receiver.app" in loaded
    assert ONLY_TO_COUNT not in loaded


def loaded_by(module: str) -> set[str]:
    program = f"import {module}, sys; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return set(run.stdout.split())
