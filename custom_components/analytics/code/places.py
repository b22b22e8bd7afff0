"""Tell to whom a file belongs, and what it is called there; all else has no name.

Reads the disk: not for the event loop.
"""

import re
import sys
import sysconfig
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Final

from . import published, sources

CUSTOM: Final = "custom_components"
BUILT_IN: Final = "homeassistant/components/"
SITES: Final = {"site-packages", "dist-packages"}
MAX_KNOWN: Final = 10_000
# Of Python's own modules and packages some are compiled, and bring libraries.
_NAMED: Final = re.compile(r".+\.(?:py|pyd|so(?:\.\d+)*)", re.DOTALL)
# What the interpreter and compiled modules are linked to, in glibc's and musl's names.
_LIBRARY: Final = re.compile(
    r"ld-(?:linux|musl)[\w-]*\.so(?:\.\d+)*|python[\d.]*|lib(?:c|crypt|crypto|dl|expat|ffi|gcc_s"
    r"|jemalloc|lzma|m|mpdec|ncursesw|pthread|python[\d.]*|readline|resolv|rt|sqlite3|ssl|stdc\+\+"
    r"|tinfo|util|uuid|z)(?:\.musl-\w+)?\.so(?:\.\d+)*"
)
_SYSTEM: Final = ("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")


class Owner(StrEnum):
    """Whose file it is."""

    HOST = "host"
    CUSTOM = "custom integration"
    PACKAGE = "package"
    PYTHON = "python"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A file by its name below the root of what it belongs to, as `homeassistant/core.py`.

    It `is_published` where a list of its distribution has it with the hash that it has. `content`
    is what was looked at: read again, it may be another's.
    """

    owner: Owner
    file: str
    is_published: bool = False
    content: sources.File = field(compare=False, repr=False)

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


@dataclass(frozen=True, slots=True)
class _Location:
    """A file below the root that it is under."""

    owner: Owner
    root: Path
    below: str


class Places:
    """The roots of this installation: the host, custom integrations, packages and Python."""

    def __init__(self, config_dir: Path) -> None:
        """Name the folder in which custom integrations and their packages lie."""
        self._config_dir = config_dir
        self._known: dict[str, _Location] = {}

    def find(self, path: str) -> Place | None:
        """Return the place of a file; None for a user's own and for what is no file.

        Where a file lies is remembered, what it is is looked at each time.
        """
        location = self._known.get(path) or self._locate(path)
        if location is None:
            return None
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[path] = location
        return _place(path, location)

    def _locate(self, path: str) -> _Location | None:
        try:
            path.encode()  # a name that is no text has none that can be told
            file = Path(path)
            if not _NAMED.fullmatch(file.name) or not file.is_absolute() or not file.is_file():
                return None
        except (OSError, ValueError):
            return None
        for owner, root in self._roots:
            below = _below(file, root)
            if below is not None:
                return _Location(owner, root, below)
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
            (Owner.HOST, published.HOST),
            *((Owner.CUSTOM, root) for root in custom),
            *((Owner.PACKAGE, root) for root in sites),
            *((Owner.PYTHON, root) for root in python),
        )


def is_of_the_system(path: str) -> bool:
    """Tell whether a compiled file is the interpreter, or a library of the system it is linked to.

    These are in no list that could be read here: they are known by their names and folders.
    """
    executable, base = Path(sys.executable), Path(sys.base_prefix)
    folders = (*_SYSTEM, executable.parent, executable.resolve().parent, base / "lib")
    in_system = path.startswith(tuple(f"{folder}/" for folder in folders))
    return in_system and _LIBRARY.fullmatch(Path(path).name) is not None


def has_symbol(path: str, symbol: str) -> bool:
    """Tell whether a symbol is in a compiled file, and was not made up."""
    try:
        # Names end with a zero in the tables of such a file, and may be the end of a longer one.
        return symbol.partition("@")[0].encode() + b"\0" in Path(path).read_bytes()
    except (OSError, ValueError):
        return False


def _place(path: str, location: _Location) -> Place | None:
    """Return the place of a file where it lies; None for what nobody has published."""
    content = sources.read(path)
    if content is None:
        return None
    owner, below = location.owner, location.below
    match owner:
        case Owner.CUSTOM:
            return _named(owner, f"{CUSTOM}/{below}", content) if "/" in below else None
        case Owner.PYTHON:
            name = below.removeprefix("lib-dynload/").partition("/")[0].partition(".")[0]
            return _named(owner, below, content) if name in sys.stdlib_module_names else None
        case Owner.PACKAGE:
            return _listed(owner, location.root, below, content)
        case Owner.HOST:
            return _of_the_host(f"{published.HOST.name}/{below}", content)


def _named(owner: Owner, file: str, content: sources.File) -> Place:
    return Place(owner=owner, file=file, content=content)


def _of_the_host(file: str, content: sources.File) -> Place | None:
    """Return the place of a file of the host; what was installed from a folder has no hashes."""
    if published.host_is_sealed():
        return _listed(Owner.HOST, published.SITE, file, content)
    return _named(Owner.HOST, file, content) if published.host_lists(file) else None


def _listed(owner: Owner, site: Path, file: str, content: sources.File) -> Place | None:
    """Return the place of a file that a distribution lists, if it is as it is listed."""
    if content.sha256 not in published.hashes(site, file):
        return None
    return Place(owner=owner, file=file, is_published=True, content=content)


def _below(file: Path, root: Path) -> str | None:
    """Return a file's name below a folder, also where one of them is a link."""
    for path, base in ((file, root), (file.resolve(), root.resolve())):
        if path.is_relative_to(base):
            below = path.relative_to(base)
            return None if ".." in below.parts else below.as_posix()
    return None
