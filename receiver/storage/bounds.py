"""How many names a table may have: whoever makes names up must keep no other's out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ..schema import MAX_NAME_BYTES, MAX_NAMES

# New names of a report in a table that is more than half full. No home is the first to tell more
# of one in a day, and whoever makes names up needs very many reports to keep others' out.
FEW: Final = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """So many names at most has a table, with so many bytes."""

    most: int = MAX_NAMES
    most_bytes: int = MAX_NAME_BYTES

    def half_full(self, many: int, size: int) -> bool:
        """Tell whether a table with so many names, of such a size, has to lose some."""
        return many > self.most // 2 or size > self.most_bytes // 2

    def room(self, many: int, size: int) -> bool:
        """Tell whether a table of so many names has room for one, with which it has that size."""
        return many < self.most and size <= self.most_bytes

    def rare(self, sizes: Iterable[tuple[int, int]], uses: Mapping[int, int]) -> Iterator[int]:
        """Yield the rarest names of a table that are in a row, until it is half full.

        Of each name it is told its code and its size.
        """
        table = sorted(sizes, key=lambda one: uses.get(one[0], 0))
        many, size = len(table), sum(of for _, of in table)
        for code, of in table:
            if not self.half_full(many, size):
                break
            many, size = many - 1, size - of
            # What is in no row goes anyway, or is so new that nobody knows yet how rare it is.
            if uses.get(code):
                yield code
