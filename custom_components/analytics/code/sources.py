"""Read a file that a fault names: its hash, its lines, and what its source defines.

Reads the disk: not for the event loop.
"""

import ast
import hashlib
import importlib.util
import stat
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from .published import Signature, signature

# What is larger is read by nobody: it has no hash, and so no name.
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_SOURCE: Final = 2 * 1024 * 1024
# Of the source around a place: characters of a line, and lines before and after it.
MAX_LINE: Final = 256
MAX_LINES: Final = 5
# What the interpreter calls what has no name of its own.
_NAMELESS: Final = {"<module>", "<lambda>", "<locals>", "<genexpr>", "__annotate__"} | {
    f"<{kind}comp>" for kind in ("list", "set", "dict")
}


@dataclass(frozen=True, eq=False)
class File:
    """A file as it was read: its SHA-256 as lists of files have it, and its source if it is one."""

    sha256: str
    text: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Return the lines, as the interpreter counts them."""
        return tuple(self.text.split("\n")) if self.text else ()

    @cached_property
    def functions(self) -> frozenset[str]:
        """Return the names of functions and classes, alone and with what they are in."""
        return self._classes_and_functions[0]

    @cached_property
    def classes(self) -> frozenset[str]:
        """Return the names of classes, with what they are in."""
        return self._classes_and_functions[1]

    @cached_property
    def _classes_and_functions(self) -> tuple[frozenset[str], frozenset[str]]:
        found = [*_definitions(parse(self), "")]
        both = {name for name, _ in found} | {name.rpartition(".")[2] for name, _ in found}
        return frozenset(both), frozenset(name for name, is_class in found if is_class)

    def writes(self, function: str) -> bool:
        """Tell whether the source names a function: no name that was made while running."""
        name = ".".join(part for part in function.split(".") if part not in _NAMELESS)
        return not name or name in self.functions

    def around(self, line: int) -> tuple[list[str], str, list[str]] | None:
        """Return the lines before, at and after a line; None where it is not there."""
        lines = [text[:MAX_LINE] for text in self.lines]
        if not 1 <= line <= len(lines):
            return None
        before = lines[max(0, line - 1 - MAX_LINES) : line - 1]
        return before, lines[line - 1], lines[line : line + MAX_LINES]


def read(path: str) -> File | None:
    """Return a file, None where there is none; read anew once it was changed."""
    found = signature(path)
    return _read(path, found) if found else None


@lru_cache(maxsize=128)
def _read(path: str, found: Signature) -> File | None:
    _, _, mode, size, *_ = found
    if not stat.S_ISREG(mode) or size > MAX_BYTES:
        return None
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError):
        return None
    digest = urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return File(sha256=digest, text=_decoded(path, content))


def _decoded(path: str, content: bytes) -> str:
    """Return a source as text, nothing of what is none."""
    if not path.endswith(".py") or len(content) > MAX_SOURCE:
        return ""
    try:
        return importlib.util.decode_source(content)
    except (SyntaxError, UnicodeError, LookupError):
        return ""


@lru_cache(maxsize=2)
def parse(file: File) -> ast.Module:
    """Return the tree of a source, an empty one of what is none; large, so few are kept."""
    try:
        return ast.parse(file.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])


def _definitions(tree: ast.AST, within: str) -> Iterator[tuple[str, bool]]:
    """Yield the qualified names of functions and classes, and which are classes."""
    waiting: list[tuple[ast.AST, str]] = [(tree, within)]
    while waiting:
        node, outer = waiting.pop()
        name = outer
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{outer}.{node.name}" if outer else node.name
            yield name, isinstance(node, ast.ClassDef)
        waiting.extend((child, name) for child in ast.iter_child_nodes(node))
