"""Tell whether a text is one of this home's own secrets, or has one in it."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from .models import Knowledge
from .shapes import normalise

SHORTEST_SECRET: Final = 4
SHORTEST_WITHIN: Final = 8
# As people spell a name that has to do without.
_WITHOUT_DOTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
# Add-ons are named after where they come from: the Supervisor's own, this machine, a repository.
_ORIGIN: Final = re.compile(r"(?:core|local|[0-9a-f]{8})_")
_SLUG: Final = re.compile(r"[a-z0-9]++(?:_[a-z0-9]++)*")
_NOT_IN_SLUG: Final = re.compile(r"[\W_]+")

type Rule = Callable[[str], bool]


def slug(text: str) -> str:
    """Return a text as an identifier made of it: no capitals, no accents, `_` for all else."""
    if _SLUG.fullmatch(text):
        return text
    if text.isascii():
        return _NOT_IN_SLUG.sub("_", text.lower()).strip("_")
    letters = unicodedata.normalize("NFKD", normalise(text).casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _NOT_IN_SLUG.sub("_", plain).strip("_")


def is_secret(knowledge: Knowledge) -> Rule:
    """Return the rule that a text may not be one of the home's secrets, unless all know it."""
    words = {secret for secret in knowledge.secrets if len(secret) >= SHORTEST_SECRET}
    slugs = {made for made in map(slug, words) if len(made) >= SHORTEST_SECRET}
    # Of `Jane Doe` also `janedoe`.
    slugs |= {made.replace("_", "") for made in slugs}

    def known(name: str) -> bool:
        return name in knowledge.built_in or name in knowledge.public

    def secret(value: str) -> bool:
        name = slug(value)
        if name in slugs or value.casefold() in words:
            return not known(name)
        bare = name.partition("_")[2]
        if bare not in slugs or not _ORIGIN.match(name):
            return False
        return not known(name) and not known(bare)

    return secret


def mentions_secret(knowledge: Knowledge) -> Rule:
    """Return the rule that no secret of the home may be in a text, unless all know it.

    As a word or some; a long one also within a word, as any that is written without spaces.
    """
    known = knowledge.built_in | knowledge.public
    spelt = {each for text in knowledge.secrets for each in (text, text.translate(_WITHOUT_DOTS))}
    slugs = set(map(slug, spelt)) - known
    words = {f"_{each}_" for each in slugs | _names(knowledge) if len(each) >= SHORTEST_SECRET}
    unspaced = {each.replace("_", "") for each in slugs if _is_unspaced(each)}
    words |= {f"_{each.strip('_').replace('_', '')}_" for each in words}

    def mentioned(value: str) -> bool:
        name = slug(value)
        bare, spaced = name.replace("_", ""), f"_{name}_"
        return any(word in spaced for word in words) or any(part in bare for part in unspaced)

    return mentioned


def _names(knowledge: Knowledge) -> set[str]:
    """Return first names and others of their own, as devices are called after somebody."""
    spelt = {each for text in knowledge.people for each in (text, text.translate(_WITHOUT_DOTS))}
    parts = {part for name in map(slug, spelt) for part in name.split("_")}
    own = {part for part in parts if len(part) >= SHORTEST_SECRET}
    own -= knowledge.public  # not those of integrations: there is one that is called Nina
    return own | {f"{part}s" for part in own}


def _is_unspaced(name: str) -> bool:
    return len(name) >= SHORTEST_WITHIN or (len(name) > 1 and not name.isascii())
