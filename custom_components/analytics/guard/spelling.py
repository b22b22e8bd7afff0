"""The ways in which people write a name where plain letters only may be: one rule for all.

The host makes ids of names by python-slugify, which it brings: that is the first way, and the only
one for scripts that are not below. `Müller` is `muller` to it, and `mueller` to many of that name.
"""
# ruff: noqa: RUF001, RUF003 - letters that look like others are what it is about

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from math import prod
from typing import Final

from slugify import slugify

from .shapes import normalise

# More spellings of one text than this are not mixed: each way is taken for the whole text then.
MOST: Final = 1_000
_SLUG: Final = re.compile(r"[a-z0-9]++(?:_[a-z0-9]++)*")
_NOT_IN_SLUG: Final = re.compile(r"[\W_]+")
# What stands for a letter that is not written at all.
_SILENT: Final = "'"

# ICAO Doc 9303-3 (passports), DIN 5007-2; with signs left out as ISO 9 and most people do.
_LATIN: Final = """
    ä a ae|å a aa|æ ae a|ö o oe|ø o oe|œ oe o|ő o oe|ü u ue|ű u ue|ð d th dh|þ th t|đ d dj|ə a e
    ç c ch|č c ch|ć c ch|ş s sh|ș s sh|š s sh|ś s sh|ž z zh|ż z zh|ğ g gh|ñ n ny|ţ t ts|ț t ts
    ae ae a|oe oe o|ue ue u|aa aa a|ss ss s
"""
# In this order: BGN/PCGN, ICAO Doc 9303-3, ISO 9 without its signs or the scholars' way, German,
# and then others. `є` is also the Russian `е` that does not follow a consonant, and
# `ß`, which is `ss` where it is a letter of its own, the `с` and `σ` between two vowels.
_CYRILLIC: Final = """
    в v v v w|г g g g g h|є ye ie e je|ё yo e e jo io o|ж zh zh z sch j sh|и i i i i y|й y i j j
    ї yi i ji ji|к k k k k c|у u u u u ou|х kh kh h ch x|ц ts ts c z tz|ч ch ch c tsch tch
    ш sh sh s sch ch|щ shch shch sc schtsch chtch sht sch shh s sh|ъ ' ie ' ' a u|ь '|ы y y y y i
    з z z z s|э e|ю yu iu ju ju u|я ya ia ja ja a|ў w u|ђ dj d|ј j y|љ lj l|њ nj n|ћ c ch
    џ dz dj dzh|ѓ gj g|ќ kj k|ѕ dz|ґ g|ә a e|ө o|ү u|ұ u|қ q k|ғ gh g|ң ng n|һ h|ҳ h|ҷ j
    ий iy ii ij ij y i yi yy yj|ый yy yi y yj|кс ks ks ks ks x|ндр ndr ndr ndr ndr nder|лл ll l
    ß s s s ss
"""
# ISO 843 (ELOT 743), and as it is typed.
_GREEK: Final = """
    β v b|γ g gh y|κ k c|η i h e|θ th|ξ x ks|υ y u i|φ f ph|χ ch h x kh|ψ ps|ω o w
    αι ai e|ει ei i|οι oi i|ου ou u|αυ av af au|ευ ev ef eu|μπ b mp mb|ντ d nt nd|γκ g gk|γγ ng gg
    γι gi yi y|τζ tz j
"""
_ROWS: Final = (
    row.split()
    for table in (_LATIN, _CYRILLIC, _GREEK)
    for line in table.strip().splitlines()
    for row in line.split("|")
)
LETTERS: Final = {row[0]: tuple(row[1:]) for row in _ROWS}
_UNITS: Final = re.compile("|".join((*sorted(LETTERS, key=len, reverse=True), ".")), re.DOTALL)
_NOT_AFTER_CONSONANT: Final = re.compile("(?<![бвгджзклмнпрстфхцчшщ])е")
_BETWEEN_VOWELS: Final = re.compile("(?<=[аеёиоуыэюяіїєαειουωη])[сσ](?=[аеёиоуыэюяіїєαειουωη])")
_PAIRS: Final = re.compile("|".join(pair for pair in LETTERS if pair.isascii()))
_WORD: Final = re.compile(r"[^\W_]+")


def slug(text: str) -> str:
    """Return a text as an identifier made of it: no capitals, no accents, `_` for all else."""
    if _SLUG.fullmatch(text):
        return text
    if text.isascii():
        return _NOT_IN_SLUG.sub("_", text.lower()).strip("_")
    return _NOT_IN_SLUG.sub("_", _without_accents(normalise(text).casefold())).strip("_")


@lru_cache(maxsize=4_096)
def spellings(text: str) -> frozenset[str]:
    """Return the slugs in which a text may be written, its own letters among them."""
    if text.isascii() and not _PAIRS.search(text.lower()):
        return frozenset({slug(text)})
    letters = [*_letters(text)]
    mixed = [dict.fromkeys(ways) for ways in letters]
    if prod(map(len, mixed)) > MOST:
        return readings(text) | {*_as_a_whole(letters)}
    return readings(text) | {_tidy("".join(chosen)) for chosen in product(*mixed)}


def readings(text: str) -> frozenset[str]:
    """Return the slugs of a text in its own letters, and in each way that is taken for all of it.

    These are few, however long the text is.
    """
    if text.isascii():
        return frozenset({slug(text)})
    ways = _as_a_whole([*_letters(text)])
    return frozenset({slug(text), slugify(text, separator="_"), *ways})


def words(text: str) -> list[str]:
    """Return the words of a text as they are written."""
    return _WORD.findall(unicodedata.normalize("NFC", text))


def _as_a_whole(letters: list[tuple[str, ...]]) -> Iterator[str]:
    for way in range(max(map(len, letters), default=0)):
        yield _tidy("".join(ways[min(way, len(ways) - 1)] for ways in letters))


def _letters(text: str) -> Iterator[tuple[str, ...]]:
    """Yield in which ways each letter, or some that belong together, may be written."""
    folded = normalise(unicodedata.normalize("NFC", text)).casefold()
    known = (each if each in LETTERS else _without_accents(each) for each in folded)
    text = _NOT_AFTER_CONSONANT.sub("є", _BETWEEN_VOWELS.sub("ß", "".join(known)))
    for unit in _UNITS.findall(text):
        yield LETTERS.get(unit) or (_plain(unit),)


@lru_cache(maxsize=4_096)
def _plain(letter: str) -> str:
    """Return a letter as the host writes it, `_` for a sign."""
    return slugify(letter, separator="_") or (_SILENT if letter.isalpha() else "_")


def _tidy(spelt: str) -> str:
    return _NOT_IN_SLUG.sub("_", spelt.replace(_SILENT, "")).strip("_")


def _without_accents(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
