"""How often each code counts: many rows at a time, for a loop over them would take longer."""

from collections.abc import Collection, Sequence
from itertools import batched
from typing import Final

import numpy as np

from ...schema import STATISTICS
from ...storage import layout
from ..values import Values
from .parts import NO_CODE, Array, DamagedError, Part
from .sums import Sums, together

# So many numbers of reports wait until those that are the same become one.
WAITING: Final = 1 << 20
# So many rows at once stay in the processor's caches.
AT_ONCE: Final = 2_000
# Unless there are so many codes that going through all of these takes longer than the rows do.
CODES_A_ROW: Final = 50
# Of a row; a power of two. Few of its codes are in the same one.
SLOTS: Final = 128


class Tally:
    """Grows by some rows at a time."""

    def __init__(self, latest: Collection[Sequence[int]], over: int, until: int) -> None:
        """Name the codes of which only the latest of an installation counts, by their tables.

        Who has reported for less than `over` seconds does not count, nor what is later than
        `until`.
        """
        self._installations = 0
        self._damaged = 0
        # By code, see `Sums`.
        self._counted: Array = np.zeros(1, np.int64)
        self._uses: Array = np.zeros(1, np.int64)
        self._statistics = {name: Values() for name in STATISTICS}
        # By code, the one that stands for all of which an installation has one.
        self._groups: Array = np.arange(1 + max(map(max, latest), default=0))
        for codes in latest:
            self._groups[codes] = codes[0]
        self._owners: Array = np.empty(0, np.int64)
        self._over = over
        self._until = until
        self._numbers: list[Array] = []

    def add(self, rows: Sequence[bytes]) -> None:
        """Count rows, but for those that are not sound."""
        at_once = max(AT_ONCE, len(self._uses) // CODES_A_ROW)
        for some in batched(rows, at_once, strict=False):
            try:
                part = Part.of(some)
            except DamagedError:
                # To look at each takes much longer.
                sound = [row for row in some if layout.is_sound(row)]
                self._damaged += len(some) - len(sound)
                part = Part.of(sound)
            self._add(part)

    def sums(self) -> Sums:
        """Return what all rows make, without what is no code."""
        self._fold()
        self._counted[NO_CODE] = self._uses[NO_CODE] = 0
        return Sums(
            installations=self._installations,
            damaged=self._damaged,
            counted=self._counted,
            uses=self._uses,
            statistics=self._statistics,
        )

    def _add(self, part: Part) -> None:
        reports, events, words = part.reports, part.events, part.words
        stays = part.lasting >= self._over
        telling = stays & (reports.sizes > 0) & (reports.times <= self._until)
        living = stays[events.rows] & (events.times <= self._until)
        self._installations += int(np.count_nonzero(telling))
        self._keep_numbers(*part.numbers, telling)
        uses = np.bincount(words)
        # What does not count are fewer words than what does.
        gone = np.concatenate((reports.words(~telling), events.words(~living)))
        aside = np.bincount(words[gone], minlength=len(uses))
        words[gone] = NO_CODE
        aside += self._again(part.lived(), part.life, len(uses))
        self._counted = together(self._counted, uses - aside)
        self._uses = together(self._uses, uses)

    def _keep_numbers(self, numbers: Array, rows: Array, telling: Array) -> None:
        self._numbers.append(numbers[telling[rows]])
        if sum(map(len, self._numbers)) > WAITING:
            self._fold()

    def _fold(self) -> None:
        """Count the numbers that wait."""
        if not self._numbers:
            return
        different, many = np.unique(np.concatenate(self._numbers), return_counts=True)
        self._numbers.clear()
        for word, times in zip(different.tolist(), many.tolist(), strict=True):
            place, value = layout.number_of(word)
            self._statistics[STATISTICS[place]].add(value, times)

    def _again(self, codes: Array, sizes: Array, most: int) -> Array:
        """Return by code how often a row tells in its events what it has told before.

        Each goes to a slot of its row, where the first one stays. What finds another code there
        is looked at once more, together with its like.
        """
        if len(self._groups) < most:
            self._groups = np.concatenate((self._groups, np.arange(len(self._groups), most)))
        if len(self._owners) < len(sizes) * SLOTS:
            self._owners = np.empty(len(sizes) * SLOTS, np.int64)
        # Backwards, since of those that are written to a slot the last one stays.
        codes = codes[::-1].copy()
        groups = self._groups.take(codes)
        slots = np.repeat(np.arange(len(sizes) * SLOTS, 0, -SLOTS) - SLOTS, sizes[::-1])
        slots += groups & SLOTS - 1
        again: Array | None = None
        while codes.size:
            places = np.arange(len(codes))
            self._owners[slots] = places
            owners = self._owners.take(slots)
            same = groups.take(owners) == groups
            if again is None:
                # To count some for nothing takes less than to choose those that are left.
                told = np.where(same & (owners != places), codes, NO_CODE)
                again = np.bincount(told, minlength=most)
            else:
                # These are few, also where somebody chose codes that are in each other's way.
                np.add.at(again, codes[same & (owners != places)], 1)
            others = np.flatnonzero(~same)
            codes, groups, slots = codes[others], groups[others], slots[others]
        return np.zeros(most, np.int64) if again is None else again
