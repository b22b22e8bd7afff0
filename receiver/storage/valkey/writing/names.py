"""The names that one receiver knows, with their codes: of all that the cluster has, most."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from ....schema import TABLES, Name, Told
from ...layout import Words, numbers, words

# Of names that are asked for: a node, and an event loop, take some milliseconds for that.
_AT_ONCE: Final = 200

# A name, and the table that it is in.
type Named = tuple[str, Name]


class Names:
    """What was learned of the cluster's dictionary; what is not known is asked for."""

    def __init__(self) -> None:
        """Begin without any."""
        self._codes: dict[str, dict[Name, int]] = {table: {} for table in TABLES}
        self._names: dict[int, Named] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._names)

    def learn(self, named: Named, code: int) -> None:
        """Know the code of a name, and no other one of it."""
        self.forget([code])
        table, name = named
        if (before := self._codes[table].get(name)) is not None:
            self._names.pop(before, None)
        self._codes[table][name] = code
        self._names[code] = named

    def forget(self, codes: Iterable[int]) -> None:
        """Know some codes no longer."""
        for code in codes:
            if named := self._names.pop(code, None):
                table, name = named
                if self._codes[table].get(name) == code:
                    del self._codes[table][name]

    def name_of(self, code: int) -> Named | None:
        """Return table and name of a code, None where it is not known."""
        return self._names.get(code)

    def unknown(self, told: Told) -> Iterator[Named]:
        """Yield the names that were told whose codes have to be asked for."""
        for table, names in told.names.items():
            codes = self._codes[table]
            yield from ((table, name) for name in names if name not in codes)

    def known(self, told: Told) -> Words | None:
        """Return the words for what was told, codes and then numbers, None if any is unknown."""
        found: list[Any] = []
        for table, names in told.names.items():
            # A loop in C: most names are known.
            found += map(self._codes[table].get, names)
        return None if None in found else words(found) + numbers(told.numbers)

    def encode(self, told: Told, given: Mapping[Named, int]) -> Words:
        """Return these words with what was given just now; what has no code is left out."""
        found: list[int | None] = []
        for table, names in told.names.items():
            codes = self._codes[table]
            found += (codes.get(name) or given.get((table, name)) for name in names)
        return words(filter(None, found)) + numbers(told.numbers)


def asked_at_once(unknown: Sequence[Named]) -> Iterator[tuple[Sequence[Named], Sequence[Named]]]:
    """Yield names to ask for at once, with those of their table that were asked for before.

    A report has few, of whatever tables; many would hold up the node, and the event loop.
    """
    if len(unknown) <= _AT_ONCE:
        yield unknown, ()
        return
    for _, of_table in groupby(unknown, itemgetter(0)):
        names = [*of_table]
        for at in range(0, len(names), _AT_ONCE):
            yield names[at : at + _AT_ONCE], names[:at]
