"""Free the codes of names that are in no row any more, a part at a time: reports wait meanwhile."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import batched
from typing import Final

from .jobs import Work
from .ledger import Ledger

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
