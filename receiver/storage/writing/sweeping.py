"""Free the codes of names that are in no row any more, a part at a time: reports wait meanwhile.

Codes of names that were given up are taken out of rows, so that they are freed the next time. Else
floods of made-up names would leave more and more codes, as long as their rows are kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import batched
from typing import Final

from ..layout import words
from .jobs import Work
from .ledger import Ledger
from .statements import leave_out, rows_after

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
    _nameless: frozenset[int] | None = None
    _after: bytes = b""
    """The last key whose row was looked at."""

    def look(self, ledger: Ledger) -> int:
        """Find what is to go."""
        self._free, self._given_up = ledger.dictionary.unused(self.uses)
        self.crowded = ledger.dictionary.crowded or bool(self._given_up)
        return 0

    def parts(self) -> Iterator[Work]:
        """Yield the work to do, a part after the other."""
        for codes in batched(self._free, AT_ONCE, strict=False):
            yield partial(_free, codes=codes)
        for codes in batched(self._given_up, AT_ONCE, strict=False):
            yield partial(_give_up, codes=codes)

    def leave_out(self, ledger: Ledger) -> int:
        """Take codes without a name out of some rows; return how many were read."""
        if self._nameless is None:
            self._nameless = ledger.dictionary.nameless()
        if not self._nameless:
            return 0
        rows = rows_after(ledger.connection, self._after)
        # A row may also have such a number that is no code, a time for instance.
        some = [row for row in rows if not self._nameless.isdisjoint(words(row[1]))]
        leave_out(ledger.connection, some, self._nameless)
        self._after = rows[-1][0] if rows else b""
        return len(rows)


def _free(ledger: Ledger, codes: Sequence[int]) -> int:
    return ledger.dictionary.free(ledger.connection, codes)


def _give_up(ledger: Ledger, codes: Sequence[int]) -> int:
    return ledger.dictionary.give_up(ledger.connection, codes)


def begin(ledger: Ledger) -> int:
    """Note from now on which names are told."""
    ledger.dictionary.begin_sweep()
    return 0


def end(ledger: Ledger) -> int:
    """Note it no longer."""
    ledger.dictionary.end_sweep()
    return 0
