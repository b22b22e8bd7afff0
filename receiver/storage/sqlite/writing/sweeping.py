"""Free the codes of names that are in no row any more, a part at a time: reports wait meanwhile."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import batched
from typing import Final

from ..dictionary import Dictionary
from .jobs import Work
from .ledger import Ledger
from .statements import leave_out, rows_after

type _What = Callable[[Dictionary, sqlite3.Connection, Sequence[int]], int]

# So many codes at once take some milliseconds.
AT_ONCE: Final = 500


@dataclass(slots=True)
class Sweep:
    """What is to go, by how often each code was in a row."""

    uses: Mapping[int, int]
    crowded: bool = False
    """Whether there was no room for a name, or names have to make some."""
    _free: list[int] = field(default_factory=list)
    _given_up: list[int] = field(default_factory=list)
    _dictionary: Dictionary | None = None
    """Of which these are: another one may have given the codes to other names."""

    def look(self, ledger: Ledger) -> int:
        """Find what is to go."""
        self._dictionary = ledger.dictionary
        self._free, self._given_up = ledger.dictionary.unused(self.uses)
        self.crowded = ledger.dictionary.crowded or bool(self._given_up)
        return 0

    def parts(self) -> Iterator[Work]:
        """Yield the work to do, a part after the other."""
        for codes in batched(self._free, AT_ONCE, strict=False):
            yield partial(self._do, Dictionary.free, codes)
        for codes in batched(self._given_up, AT_ONCE, strict=False):
            yield partial(self._do, Dictionary.give_up, codes)

    def _do(self, what: _What, codes: Sequence[int], ledger: Ledger) -> int:
        """Do it where the dictionary is still the one that was looked at."""
        if ledger.dictionary is not self._dictionary:
            return 0
        return what(ledger.dictionary, ledger.connection, codes)


@dataclass(slots=True)
class Nameless:
    """Takes codes that stand for nothing out of rows, so that they are freed the next time.

    Else floods of made-up names would leave more and more codes, as long as their rows are kept.
    """

    _after: bytes = b""
    """The last key whose row was looked at."""

    def part(self, ledger: Ledger) -> int:
        """Do it in some rows; return how many were looked at."""
        codes = ledger.dictionary.nameless
        if not codes:
            return 0
        rows = rows_after(ledger.connection, self._after)
        leave_out(ledger.connection, rows, codes)
        self._after = rows[-1][0] if rows else b""
        return len(rows)


def begin(ledger: Ledger) -> int:
    """Note from now on which names are told."""
    ledger.dictionary.begin_sweep()
    return 0


def end(ledger: Ledger) -> int:
    """Note it no longer."""
    ledger.dictionary.end_sweep()
    return 0
