"""Tell whether a text is one of this home's own secrets, or has one in it, however it is spelt."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final
from unicodedata import normalize

from ..models import Knowledge
from .spelling import readings, slug, spellings, words

SHORTEST_SECRET: Final = 4
SHORTEST_WITHIN: Final = 8
_DIGITS: Final = "0123456789"
# Add-ons are named after where they come from: the Supervisor's own, this machine, a repository.
_ORIGIN: Final = re.compile(r"(?:core|local|[0-9a-f]{8})_")
# Where a word begins in `ninaLamp`, in `Nina2Lamp` and in `TVNina`, by kinds of letters.
_HUMP: Final = re.compile(r"(?<=[a0])(?=A)|(?<=A)(?=Aa)")

type Rule = Callable[[str], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Own:
    """What is this home's own, without what all know; slugs, and all but `names` without `_`.

    `raw` are the secrets as they are written, `names` those of people, first names too.
    """

    raw: frozenset[str]
    whole: frozenset[str]
    names: frozenset[str]
    within: frozenset[str]


def _own(knowledge: Knowledge) -> _Own:
    # Not kept by the knowledge as a whole: to compare two looks at each of the host's domains.
    return _own_of(knowledge.secrets, knowledge.people, knowledge.built_in, knowledge.public)


@lru_cache(maxsize=1)  # most reports find the same home as the one before
def _own_of(
    secrets: frozenset[str],
    people: frozenset[str],
    built_in: frozenset[str],
    public: frozenset[str],
) -> _Own:
    known = built_in | public
    spelt = {made for text in secrets for made in spellings(text)} - known
    joined = {made.replace("_", "") for made in spelt} - known
    return _Own(
        raw=frozenset(
            text for text in secrets if len(text) >= SHORTEST_SECRET and slug(text) not in known
        ),
        whole=frozenset(_long(joined)),
        names=frozenset(_names(people, built_in, public)),
        within=frozenset(filter(_is_unspaced, joined)),
    )


def _names(people: frozenset[str], built_in: frozenset[str], public: frozenset[str]) -> set[str]:
    """Return first names and others of their own, as devices are called after somebody."""
    own = {
        part
        for name in people
        for text in (name, *words(name))
        for made in spellings(text)
        for part in made.split("_")
    }
    own -= public  # not those of integrations: there is one that is called Nina
    return own | ({f"{part}s" for part in own} - public - built_in)


def _long(texts: Iterable[str]) -> Iterator[str]:
    return (text for text in texts if len(text) >= SHORTEST_SECRET)


def _is_unspaced(name: str) -> bool:
    return len(name) >= SHORTEST_WITHIN or (len(name) > 1 and not name.isascii())


def is_secret(knowledge: Knowledge) -> Rule:
    """Return the rule that a text may not be one of the home's secrets, unless all know it.

    Nor may it be made of nothing but names of its people, and numbers.
    """
    own = _own(knowledge)

    def is_own(name: str) -> bool:
        parts = {part.strip(_DIGITS) for part in name.split("_")}
        is_name = len("".join(parts)) >= SHORTEST_SECRET and own.names.issuperset(parts - {""})
        return is_name or name.replace("_", "") in own.whole

    def named(name: str) -> bool:
        if name in knowledge.built_in or name in knowledge.public:
            return False
        if is_own(name):
            return True
        if not _ORIGIN.match(name):
            return False
        bare = name.partition("_")[2]
        return bare not in knowledge.built_in and bare not in knowledge.public and is_own(bare)

    def secret(value: str) -> bool:
        if value.isascii():
            return named(slug(value)) or value.lower() in own.raw
        return any(map(named, spellings(value))) or value.casefold() in own.raw

    return secret


def mentions_secret(knowledge: Knowledge) -> Rule:
    """Return the rule that no secret of the home may be in a text, unless all know it.

    As a word or some; a long one also within a word, as any that is written without spaces.
    """
    own = _own(knowledge)
    names = frozenset(_long(own.names))
    every = own.whole | names
    longest = max(map(len, every), default=0)
    lengths = sorted({len(part) for part in own.within})

    def has_words(name: str) -> bool:
        return any(run in every for run in _runs(name.split("_"), longest))

    def has_names(name: str) -> bool:
        return any(part.strip(_DIGITS) in names for part in name.split("_"))

    def has_within(name: str) -> bool:
        bare = name.replace("_", "")
        return any(
            bare[start : start + length] in own.within
            for length in lengths
            for start in range(len(bare) - length + 1)
        )

    def mentioned(value: str) -> bool:
        parted = _parted(value)
        found = readings(parted)
        if any(has_words(name) or has_names(name) or has_within(name) for name in found):
            return True
        if value.isascii():
            return False
        # Each of its own words may be written in ways of its own.
        return any(not every.isdisjoint(spellings(word)) for word in words(parted))

    return mentioned


def _runs(parts: list[str], longest: int) -> Iterator[str]:
    """Yield what follows one another, without a sign between, up to a length."""
    for start in range(len(parts)):
        run = ""
        for part in parts[start:]:
            run += part
            if len(run) > longest:
                break
            yield run


def _parted(text: str) -> str:
    """Return a text with a sign before each word within a word that has a capital."""
    composed = normalize("NFC", text)
    starts = [found.start() for found in _HUMP.finditer("".join(map(_kind, composed)))]
    return "_".join(composed[begin:end] for begin, end in pairwise((0, *starts, len(composed))))


def _kind(letter: str) -> str:
    if letter.isdigit():
        return "0"
    return "A" if letter.isupper() else "a" if letter.islower() else " "
