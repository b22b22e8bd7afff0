"""A package seen as rooms: folders whose `__init__` is a door, and modules beside them."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

# What modules say is asked for once a room.


@cache
def text(path: Path) -> str:
    """Return a module as it was written."""
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    """Return what a module says."""
    return ast.parse(text(path))


@cache
def imports(path: Path, above: tuple[str, ...]) -> tuple[str, ...]:
    """Return each thing that a module in these folders imports, by its whole name."""
    found: list[str] = []
    for node in ast.walk(tree(path)):
        named = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            folders = above[: len(above) + 1 - node.level] if node.level else ()
            base = ".".join((*folders, *filter(None, [node.module])))
            named = [f"{base}.{one.name}" for one in node.names]
        found += named
    return tuple(found)


def within(name: str, places: Iterable[str]) -> str:
    """Return the innermost of some places that has what is called so, "" for none."""
    return max((one for one in places if f"{name}.".startswith(f"{one}.")), key=len, default="")


class House:
    """The modules of a package, by their dotted names in it; a folder is called by its own."""

    def __init__(self, root: Path, package: str, *, nested: bool = True) -> None:
        """Find them below a folder of the repository; `nested` ones are rooms as well."""
        self._root = root
        self._package = package
        folder = root.joinpath(*package.split("."))
        paths = sorted(folder.rglob("*.py"))
        self.modules = {self._name(path.relative_to(folder)): path for path in paths}
        self.first = self.modules.pop("")
        self.rooms = {
            name
            for name, path in self.modules.items()
            if path.stem == "__init__" and (nested or "." not in name)
        }
        self.places = self.rooms | {name for name in self.modules if "." not in name}
        self._placed: dict[str, str] = {}

    @staticmethod
    def _name(path: Path) -> str:
        return ".".join(path.parts).removesuffix(".py").removesuffix("__init__").strip(".")

    def place(self, name: str) -> str:
        """Return the room that something is in, or the module beside the rooms."""
        if name not in self._placed:
            self._placed[name] = within(name, self.places)
        return self._placed[name]

    def inside(self, place: str) -> list[Path]:
        """Return the modules of a room, without those of a room in it."""
        return [path for name, path in self.modules.items() if self.place(name) == place]

    def imports(self, path: Path) -> Iterator[str]:
        """Yield each thing that a module imports of the package, by its whole name in it."""
        ours = f"{self._package}."
        named = imports(path, path.relative_to(self._root).parts[:-1])
        yield from (name.removeprefix(ours) for name in named if name.startswith(ours))

    def uses(self, place: str) -> set[str]:
        """Return the other places that a room imports from."""
        found = {self.place(name) for path in self.inside(place) for name in self.imports(path)}
        return found - {place}

    def enters(self, path: Path, room: str) -> bool:
        """Tell whether a module is outside of a room, and of those in it."""
        return not path.is_relative_to(self.modules[room].parent)

    def circle(self) -> dict[str, set[str]]:
        """Return what each module imports, as a graph that must have no circle."""
        return {
            name: {within(one, self.modules) for one in self.imports(path)} - {name, ""}
            for name, path in self.modules.items()
        }

    def taken(self, room: str, outside: Iterable[Path] = ()) -> dict[str, set[str]]:
        """Return what each module that is not in a room takes from it, those outside as well."""
        others = (self.first, *self.modules.values(), *outside)
        return {
            str(path.relative_to(self._root)): names
            for path in others
            if self.enters(path, room) and (names := self.takes(path, room))
        }

    def offers(self, room: str) -> set[str]:
        """Return what a room's door hands out: names, and modules with all that they have."""
        for node in tree(self.modules[room]).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                return set(ast.literal_eval(node.value))
        return set()

    def takes(self, path: Path, room: str) -> set[str]:
        """Return what a module takes from a room: what it imports of it, or uses of the whole."""
        names = {name.removeprefix(room) for name in self.imports(path) if self.place(name) == room}
        whole = room.rpartition(".")[2]
        used = re.findall(rf"\b{whole}\.(\w+)", text(path))
        return {name.split(".")[1] for name in names if name} | set(used if "" in names else ())


def sentence(path: Path) -> str:
    """Return what a module opens with, up to the first empty line."""
    return (ast.get_docstring(tree(path)) or "").split("\n\n")[0]
