"""Tell to whom a file belongs, and what it is called there; all else has no name.

Reads the disk: not for the event loop.
"""

import linecache
import re
import sys
import sysconfig
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Final

import homeassistant

CUSTOM: Final = "custom_components"
BUILT_IN: Final = "homeassistant/components/"
SITES: Final = {"site-packages", "dist-packages"}
LINES_AROUND: Final = 5
LONGEST_LINE: Final = 256
MAX_KNOWN: Final = 10_000
# Of Python's own modules and packages some are compiled.
SUFFIXES: Final = {".py", ".so", ".pyd"}
# What the interpreter calls what has no name of its own.
_NAMELESS: Final = {"<module>", "<lambda>", "<locals>", "<genexpr>", "__annotate__"} | {
    f"<{kind}comp>" for kind in ("list", "set", "dict")
}
_DEFINITION: Final = re.compile(r"^[ \t]*(?:class|(?:async[ \t]+)?def)[ \t]+(\w+)", re.MULTILINE)


class Owner(StrEnum):
    """Whose file it is."""

    HOST = "host"
    CUSTOM = "custom integration"
    PACKAGE = "package"
    PYTHON = "python"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A file by its name below the root of what it belongs to, as `homeassistant/core.py`."""

    owner: Owner
    file: str

    @property
    def module(self) -> str:
        """Return the name under which the file is imported."""
        return self.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def integration(self) -> str | None:
        """Return the domain of the integration that the file is part of."""
        if self.owner is Owner.CUSTOM:
            return self.file.split("/")[1]
        below = self.file.removeprefix(BUILT_IN)
        return below.split("/")[0] if below != self.file and "/" in below else None

    @property
    def source_is_public(self) -> bool:
        """Tell whether anybody can read the file's source."""
        return self.owner in {Owner.HOST, Owner.PACKAGE}


class Places:
    """The roots of this installation: the host, custom integrations, packages and Python."""

    def __init__(self, config_dir: Path) -> None:
        """Name the folder in which custom integrations and their packages lie."""
        self._config_dir = config_dir
        self._known: dict[str, Place | None] = {}

    def find(self, path: str) -> Place | None:
        """Return the place of a file; None for a user's own and for what is no file."""
        try:
            return self._known[path]
        except KeyError:
            place = self._find(path)
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[path] = place
        return place

    def _find(self, path: str) -> Place | None:
        try:
            path.encode()  # a name that is no text has none that can be told
            file = Path(path)
            if file.suffix not in SUFFIXES or not file.is_absolute() or not file.is_file():
                return None
        except (OSError, ValueError):
            return None
        for owner, root in self._roots:
            below = _below(file, root)
            if below is None:
                continue
            if owner is Owner.PACKAGE and not _is_published(root, below):
                return None
            if owner is Owner.CUSTOM and below.count("/") == 0:
                return None
            prefix = {Owner.HOST: "homeassistant/", Owner.CUSTOM: f"{CUSTOM}/"}.get(owner, "")
            return Place(owner=owner, file=prefix + below)
        return None

    @cached_property
    def _roots(self) -> tuple[tuple[Owner, Path], ...]:
        """Return whose files lie below which folder; the narrower ones first."""
        module = sys.modules.get(CUSTOM)
        custom = {self._config_dir / CUSTOM, *map(Path, getattr(module, "__path__", ()))}
        sites = {Path(entry) for entry in sys.path if Path(entry).name in SITES}
        sites |= set(self._config_dir.glob("deps/lib/python*/site-packages"))
        python = {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")}
        return (
            (Owner.HOST, Path(homeassistant.__path__[0])),
            *((Owner.CUSTOM, root) for root in custom),
            *((Owner.PACKAGE, root) for root in sites),
            *((Owner.PYTHON, root) for root in python),
        )


def source(path: str, line: int) -> tuple[list[str], str, list[str]] | None:
    """Return the lines before, at and after a line of a file; None where it can't be read."""
    lines = [text.rstrip("\n")[:LONGEST_LINE] for text in linecache.getlines(path)]
    if not 1 <= line <= len(lines):
        return None
    before = lines[max(0, line - 1 - LINES_AROUND) : line - 1]
    return before, lines[line - 1], lines[line : line + LINES_AROUND]


def is_written(path: str, name: str) -> bool:
    """Tell whether a name is in the source of a file: not one that was made at run time."""
    words = {part for part in name.split(".") if part not in _NAMELESS}
    return not words or words <= _defined(path)


@lru_cache(maxsize=128)
def _defined(path: str) -> frozenset[str]:
    """Return the names of the functions and classes in a file."""
    return frozenset(_DEFINITION.findall("".join(linecache.getlines(path))))


def _below(file: Path, root: Path) -> str | None:
    """Return a file's name below a folder, also where one of them is a link."""
    for path, base in ((file, root), (file.resolve(), root.resolve())):
        if path.is_relative_to(base):
            below = path.relative_to(base)
            return None if ".." in below.parts else below.as_posix()
    return None


def _is_published(site: Path, below: str) -> bool:
    """Tell whether an installed file came from a package index.

    https://peps.python.org/pep-0610: what came from a folder, an archive or a repository is
    recorded as such. What no distribution lists was put there by somebody.
    """
    listing = [
        information
        for information in _distributions(site, below.partition("/")[0])
        if f"\n{below}," in _record(information)
    ]
    return bool(listing) and not any((each / "direct_url.json").exists() for each in listing)


@cache
def _distributions(site: Path, top: str) -> tuple[Path, ...]:
    """Return the information about those that have installed something under a name."""
    return tuple(
        information
        for information in site.glob("*.dist-info")
        if f"\n{top}/" in (record := _record(information)) or f"\n{top}," in record
    )


def _record(information: Path) -> str:
    """Return the list of what was installed, each file at the begin of a line."""
    try:
        return "\n" + (information / "RECORD").read_text(errors="replace")
    except OSError:
        return ""
