"""What a log message says without what was filled in: as it is written in the source.

Where the source does not show it, it is cleaned word by word.
"""

import ast
import linecache
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from ..models import Knowledge
from ..own_secrets import slug
from ..shapes import normalise, reveals

# Stands for what was filled in, or left out.
GAP: Final = "…"
MAX_MESSAGE: Final = 500
MAX_SOURCE_LINES: Final = 20_000
SHORTEST_NAME: Final = 3

_METHODS: Final = {"critical", "error", "exception", "fatal", "log", "warning"}
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|<[^>]*>|\[[^\]]*\]|\{[^}]*\}|\([^)]*\)")
# A word of prose: letters, also two of them joined, and the marks around it.
_WORD: Final = re.compile(r"[(\"']?%?[A-Za-z]{1,20}(?:[-'][A-Za-z]{1,20})?[)\"']?[.,:;!?]?")
_PLACEHOLDER: Final = re.compile(r"%[-#0 +]?\d?(?:\.\d)?[sdrfgxi][.,:;!?]?")


def template(path: str, line: int) -> str | None:
    """Return the message of a log call as its source has it; blocking.

    None where there is no such call, or where its message is made elsewhere.
    """
    argument = _message(path, line)
    text = "".join(_parts(argument)) if argument is not None else ""
    return text[:MAX_MESSAGE] if re.search(r"\w", text.replace(GAP, "")) else None


@lru_cache(maxsize=64)
def _message(path: str, line: int) -> ast.expr | None:
    """Return the argument of a log call that is the message."""
    lines = linecache.getlines(path)
    if not lines or len(lines) > MAX_SOURCE_LINES:
        return None
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _METHODS
        and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    if not calls:
        return None
    call = max(calls, key=lambda node: (node.lineno, node.col_offset))
    position = 1 if isinstance(call.func, ast.Attribute) and call.func.attr == "log" else 0
    return call.args[position] if len(call.args) > position else None


def _parts(node: ast.expr) -> Iterator[str]:
    """Yield what is literal in an expression, and a gap for all else."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            for value in values:
                yield from _parts(value)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _parts(left)
            yield from _parts(right)
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()):
            yield text
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
            yield text
        case _:
            yield GAP


def cleaned(message: str, knowledge: Knowledge) -> str:
    """Return what is left of a message when only plain words are kept that name nobody here.

    Gone are all lines but the first, for they are dumps, what is quoted or bracketed, what has a
    digit, a dot, a slash or another sign in it, what the guard's shapes match, and this home's own
    names and secrets.
    """
    first, *_ = message[: 2 * MAX_MESSAGE].strip().splitlines() or [""]
    text = normalise(first)
    folded = text.casefold()
    for name in sorted(knowledge.secrets, key=len, reverse=True):
        if len(name) >= SHORTEST_NAME and name in folded:
            text = re.sub(rf"(?i)(?<!\w){re.escape(name)}(?!\w)", GAP, text)
    slugs = _slugs(knowledge)
    words = [_kept(word, slugs) for word in _QUOTED.sub(GAP, text).split()]
    joined = re.sub(rf"{GAP}(?:\s*{GAP})+", GAP, " ".join(words))
    return joined[:MAX_MESSAGE]


def _slugs(knowledge: Knowledge) -> set[str]:
    """Return the names as identifiers: of `Jane Doe` also `jane`, `doe` and `janedoe`.

    A word in a name that everybody knows is none by itself.
    """
    whole = {slug(name) for name in knowledge.secrets if len(name) >= SHORTEST_NAME}
    words = {word for name in whole for word in name.split("_") if len(word) >= SHORTEST_NAME}
    joined = {name.replace("_", "") for name in whole}
    return whole | joined | (words - knowledge.built_in - knowledge.public)


def _kept(word: str, slugs: set[str]) -> str:
    if _PLACEHOLDER.fullmatch(word):
        return word
    parts = (word, *re.split("[-']", word))
    plain = _WORD.fullmatch(word) and not reveals(word) and slugs.isdisjoint(map(slug, parts))
    return word if plain else GAP
