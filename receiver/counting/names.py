"""Keep made-up names from filling the memory of the process that counts."""

from collections import Counter
from collections.abc import Iterable
from itertools import chain
from sys import getsizeof
from typing import Any, Final

from ..schema import MAX_NAME_BYTES, MAX_NAMES

# A table is measured again when it has so many more names.
MEASURED_EVERY: Final = 5_000

type Names = Counter[Any]


class Crowd:
    """Looks at tables while they grow."""

    def __init__(
        self, tables: Iterable[Names], most: int = MAX_NAMES, most_bytes: int = MAX_NAME_BYTES
    ) -> None:
        """Remember how large each of them was last."""
        self._tables = tuple(tables)
        self._most = most
        self._most_bytes = most_bytes
        self._measured = [0] * len(self._tables)

    def thin(self, *, at_once: bool = False) -> bool:
        """Leave out the rarest names where there are too many; tell whether there were.

        Tables that grew by a few names only are looked at where that has to be now.
        """
        crowded = False
        for number, table in enumerate(self._tables):
            grown = min(self._most, self._measured[number] + MEASURED_EVERY)
            if at_once or len(table) > grown:
                crowded |= self._thin(table)
                self._measured[number] = len(table)
        return crowded

    def _thin(self, table: Names) -> bool:
        before = len(table)
        while len(table) > self._most or _size(table) > self._most_bytes:
            _keep_common(table, min(self._most, len(table)) // 2)
        return len(table) < before


def _size(table: Names) -> int:
    """Return the bytes of what names are made of; the loop is in C."""
    several = isinstance(next(iter(table), None), tuple)
    return sum(map(getsizeof, chain.from_iterable(table) if several else table))


def _keep_common(table: Names, most: int) -> None:
    """Keep the most frequent names; those left out count anew, so a count is never too high."""
    common = table.most_common(most)
    table.clear()
    table.update(dict(common))
