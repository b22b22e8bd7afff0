"""The rooms of the receiver, found by themselves: what each may use, and by which door."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECEIVER = ROOT / "receiver"
SCRIPTS = sorted((ROOT / "scripts").rglob("*.py"))

# A room, or a module beside the rooms, and all that it imports: only what stands above it.
USES: Mapping[str, tuple[str, ...]] = {
    "options": (),
    "wire": (),
    "schema": (),
    "storage": (),
    "storage.writing": ("storage",),
    "intake": ("options", "schema", "storage", "storage.writing"),
    "counting": ("schema",),
    "disclosure": ("counting",),
    "aggregate": ("storage", "counting", "disclosure"),
    "publishing": ("options", "storage", "storage.writing", "disclosure"),
    "keys": ("options", "storage.writing", "publishing"),
    "files": ("options", "wire", "intake", "disclosure", "publishing", "keys"),
    "dashboard.charts": (),
    "dashboard": ("options", "wire", "schema", "dashboard.charts"),
    "app": (
        *("options", "storage.writing", "intake", "publishing"),
        *("keys", "files", "dashboard"),
    ),
    "__main__": ("options", "storage", "intake", "aggregate", "app"),
}
# What the process that counts has no use for: the first two cost as much memory as all else.
NOT_TO_COUNT = ("asyncio", "hashlib", "logging", "aiohttp", "jinja2", "maxminddb")


def name_of(path: Path) -> str:
    """Return how the package calls a module, and a folder by its `__init__`."""
    return ".".join(path.relative_to(RECEIVER).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): path for path in sorted(RECEIVER.rglob("*.py"))}
# The package's own says only what the receiver is.
FIRST = MODULES.pop("__init__")
ROOMS = {name for name, path in MODULES.items() if path.name == "__init__.py"}
PLACES = ROOMS | {name for name in MODULES if "." not in name}


def within(name: str, places: Iterable[str]) -> str:
    """Return the innermost of some places that has what is called so."""
    return max((one for one in places if f"{name}.".startswith(f"{one}.")), key=len)


def imports(path: Path) -> Iterator[str]:
    """Yield each thing that a module imports of the receiver, by its whole name in the package."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        named = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            above = path.parents[node.level - 1].relative_to(ROOT).parts if node.level else ()
            base = ".".join((*above, *filter(None, [node.module])))
            named = [f"{base}.{one.name}" for one in node.names]
        yield from (name.partition(".")[2] for name in named if name.startswith("receiver."))


def handed_out(room: str) -> set[str]:
    """Return what a room's door offers: names, and modules with all that they have."""
    [offers] = [
        ast.literal_eval(node.value)
        for node in ast.parse(MODULES[room].read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return set(offers)


def around_the_door(name: str) -> bool:
    """Tell whether this is in a room that does not hand it out."""
    place = within(name, PLACES)
    inside = name.removeprefix(place).strip(".").partition(".")[0]
    return place in ROOMS and inside not in {*handed_out(place), ""}


def test_the_table_has_every_room_below_all_that_it_uses() -> None:
    assert set(USES) == PLACES
    order = list(USES)
    assert [room for room in order if not {*USES[room]} <= {*order[: order.index(room)]}] == []


@pytest.mark.parametrize("place", USES)
def test_a_room_uses_what_the_table_says(place: str) -> None:
    inside = [path for name, path in MODULES.items() if within(name, PLACES) == place]
    used = {within(name, PLACES) for path in inside for name in imports(path)}
    assert used - {place} == set(USES[place])


@pytest.mark.parametrize("name", MODULES)
def test_nothing_in_the_receiver_goes_around_a_door(name: str) -> None:
    # A room within a room is a part of it.
    others = [
        one
        for one in imports(MODULES[name])
        if not f"{within(name, PLACES)}.".startswith(f"{within(one, PLACES)}.")
    ]
    assert list(filter(around_the_door, others)) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_script_goes_around_a_door(path: Path) -> None:
    assert list(filter(around_the_door, imports(path))) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    uses = {name: {within(one, MODULES) for one in imports(path)} for name, path in MODULES.items()}
    assert list(TopologicalSorter(uses).static_order())


@pytest.mark.parametrize("path", [FIRST, *MODULES.values()], ids=name_of)
def test_a_module_opens_with_a_sentence(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    first, _, rest = said.partition("\n")
    assert re.fullmatch(r"[A-Z].*\.", first), first
    assert not rest or rest.startswith("\n")


def test_the_architecture_names_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    _, heading, receiver = text.partition("\n## The receiver\n")
    assert heading
    assert [one for one in ROOMS if f"`{one.replace('.', '/')}/`" not in receiver] == []
    assert [one for one in PLACES - ROOMS if f"`{one}.py`" not in receiver] == []


def test_only_the_storage_knows_its_engine() -> None:
    engine = re.compile(r"^\s*(import|from) sqlite3\b", re.MULTILINE)
    texts = {name: path.read_text(encoding="utf-8") for name, path in MODULES.items()}
    assert {within(name, PLACES) for name, text in texts.items() if engine.search(text)} == {
        "storage",
        "storage.writing",
    }


def test_the_process_that_counts_loads_nothing_that_it_has_no_use_for() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import receiver.aggregate, sys; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split()
    assert "receiver.counting" in loaded
    assert [name for name in NOT_TO_COUNT if name in loaded] == []
