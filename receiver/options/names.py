"""What the name of a receiver may be: the rule of the plugin, which is given it to show."""

import re
import unicodedata
from typing import Final

# Letters, marks, digits and these make a name. None of them is markup, nor part of an address.
PUNCTUATION: Final = frozenset(" .,'\u2019\u2013-&()+!%")
# Letters and marks that nobody can see.
INVISIBLE: Final = frozenset(
    {"\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u3164", "\uffa0"}
    | {chr(point) for point in (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10))}
    | {chr(point) for point in range(0xE0100, 0xE01F0)}
)
LIKE_AN_ADDRESS: Final = re.compile(r"\w\.[^\W\d_]{2}")
LONGEST_NAME: Final = 80


def is_name(text: str) -> bool:
    """Tell whether a text can only be read as a name, wherever it is shown."""
    kinds = "".join("." if char in PUNCTUATION else _kind(char) for char in text)
    return (
        0 < len(text) <= LONGEST_NAME
        and set(kinds) <= set(".LMN")
        and not {"L", "N"}.isdisjoint(kinds)
        and "MMMM" not in kinds  # they would lie over what is above
        and not LIKE_AN_ADDRESS.search(text)
        and all(map(_is_of_one_script, text.split()))
    )


def _is_of_one_script(word: str) -> bool:
    """Tell whether no letters that may look like Latin ones stand among these."""
    latin = any(char.isascii() and char.isalpha() for char in word)
    return not latin or all(char.isascii() or _is_no_double(char) for char in word)


def _is_no_double(char: str) -> bool:
    called = unicodedata.name(char, "").startswith(("LATIN", "COMBINING"))
    return called or char in PUNCTUATION or unicodedata.east_asian_width(char) == "W"


def _kind(char: str) -> str:
    return "-" if char in INVISIBLE else unicodedata.category(char)[0]
