"""What some rows make, by code: the sums of parts of a fleet are those of the whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ..values import Values
from .parts import Array


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """How often each code counts, and what is of all rows; nothing of a single one is left."""

    installations: int
    damaged: int
    """How many rows are not sound, and left out of all that follows."""
    counted: Array
    """By code: how many installations have it."""
    uses: Array
    """By code: how often it is in a row, whether that counts or not."""
    statistics: Mapping[str, Values]

    def __add__(self, other: Self) -> "Sums":
        """Return the sums of both, which have no installation in common."""
        return Sums(
            installations=self.installations + other.installations,
            damaged=self.damaged + other.damaged,
            counted=together(self.counted.copy(), other.counted.copy()),
            uses=together(self.uses.copy(), other.uses.copy()),
            statistics={
                name: one + other.statistics[name] for name, one in self.statistics.items()
            },
        )


def together(one: Array, other: Array) -> Array:
    """Return the sum of two arrays, one of which is changed; the shorter goes on with zeros."""
    shorter, longer = sorted((one, other), key=len)
    longer[: len(shorter)] += shorter
    return longer
