"""What a spreadsheet is given to read: no text becomes a formula."""

import re
from itertools import dropwhile
from typing import Final
from unicodedata import category, normalize

# A spreadsheet takes what begins so for a formula, in any width, and names come from strangers.
_FORMULA: Final = tuple("=+-@\N{MINUS SIGN}")
# Where the comma stands in numbers, another sign separates the cells.
_SEPARATORS: Final = re.compile(r"([;,|\t\r\n])")
# Quotes are taken away, and of what can't be seen some programs drop this, others that: spaces,
# marks, controls, what has no width, and letters and symbols that are blank.
_UNSEEN: Final = "CMZ"
_BLANK: Final = (
    '"\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}\N{HANGUL FILLER}'
    "\N{HALFWIDTH HANGUL FILLER}\N{BRAILLE PATTERN BLANK}"
)

type Cell = str | int


def safe(cell: Cell) -> Cell:
    """Let no text be a formula, whatever separates the cells."""
    if not isinstance(cell, str):
        return cell
    return "".join(map(_harmless, _SEPARATORS.split(cell)))


def _harmless(part: str) -> str:
    """Put a sign before what would be a formula, behind all that is dropped before it."""
    seen = "".join(dropwhile(_is_unseen, part))
    if not normalize("NFKC", seen[:1]).startswith(_FORMULA):
        return part
    return f"{part.removesuffix(seen)}'{seen}"


def _is_unseen(character: str) -> bool:
    return category(character)[0] in _UNSEEN or character in _BLANK
