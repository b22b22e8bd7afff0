"""The numbers that installations tell, each with how many tell it: few differ where many tell."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, chain, repeat
from typing import Self


class Values:
    """As a list of all numbers would be, in the memory of those that differ."""

    def __init__(self, counted: Mapping[int, int] | None = None) -> None:
        """Begin with how many tell each number, or with none."""
        self._counted: Counter[int] = Counter(counted or {})

    def extend(self, values: Iterable[int]) -> None:
        """Add the numbers of more installations, one of each."""
        self._counted.update(values)

    def add(self, value: int, many: int) -> None:
        """Add a number that so many tell."""
        self._counted[value] += many

    def __add__(self, other: Self) -> "Values":
        """Return the numbers of both."""
        return Values(self._counted + other._counted)

    def __len__(self) -> int:
        """Return how many tell a number."""
        return self._counted.total()

    def __iter__(self) -> Iterator[int]:
        """Yield all numbers in their order, each as often as it is told."""
        ordered = sorted(self._counted.items())
        return chain.from_iterable(repeat(value, many) for value, many in ordered)

    def __eq__(self, other: object) -> bool:
        """Tell whether the same is told as often."""
        return isinstance(other, Values) and self._counted == other._counted

    __hash__ = None  # type: ignore[assignment] # as of everything that changes

    def __repr__(self) -> str:
        """Show what differs."""
        return f"Values({dict(sorted(self._counted.items()))})"

    def ordered(self, *, least: int = 0) -> "Ordered":
        """Return the numbers that are not below the least, in their order."""
        return Ordered({one: many for one, many in self._counted.items() if one >= least})


class Ordered:
    """All numbers from the smallest on, by their place among them, and how many are below one."""

    def __init__(self, counted: Mapping[int, int]) -> None:
        """Name how many tell each number."""
        self._values = sorted(counted)
        # Before each of them, and in the end all.
        self._before = [0, *accumulate(counted[value] for value in self._values)]

    def __len__(self) -> int:
        """Return how many there are."""
        return self._before[-1]

    def __getitem__(self, place: int) -> int:
        """Return the number at a place, from 0 on."""
        return self._values[bisect_left(self._before, place + 1) - 1]

    def below(self, value: int) -> int:
        """Return how many are below a number."""
        return self._before[bisect_left(self._values, value)]
