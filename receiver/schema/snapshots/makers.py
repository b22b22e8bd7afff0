"""Makers by what their spellings have in common, whatever case, spaces and company suffixes are.

Nothing is guessed beyond that: "Signify Netherlands B.V." and "Philips" stay two.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

# Of companies, as they stand behind names, without dots; what they are called otherwise stays.
SUFFIXES: Final = frozenset(
    """
    ab ag aps as asa bv bvba co company corp corporation eood gmbh inc incorporated kft kg kgaa kk
    limited llc llp ltd ltda nv ood oy oyj plc pte pty pvt sa sarl sas se sl spa srl sro ug zoo
    """.split()  # noqa: SIM905
)
_DOTS: Final = re.compile(r"(?<=\b\w)\.\s?(?=\w\b)|(?<=\w)/(?=[sS]\b)")
_BETWEEN: Final = re.compile(r"[^\w&+]+")
_KNOWN: Final = 1 << 14


@lru_cache(_KNOWN)
def key_of(spelling: str) -> str:
    """Return the key of a maker, empty where its name has nothing to go by."""
    plain = unicodedata.normalize("NFKC", spelling).casefold()
    # Letters with dots between are one word: b.v. is bv, and a/s is as.
    words = [word for word in _BETWEEN.split(_DOTS.sub("", plain).replace("_", " ")) if word]
    while len(words) > 1 and words[-1] in SUFFIXES | {"&"}:
        words.pop()
    return " ".join(words)
