"""Round counts down to multiples of k, and leave out what is under it: one by one, and in tables.

Each count is rounded by itself, never made of other rounded ones, which would add their errors up.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..counting import Names

# Of a table: made-up names must not fill the pages, nor the memory with those of each day.
MOST_SHOWN: Final = 10_000


@dataclass(frozen=True, slots=True)
class Rounding:
    """How counts may be seen where the smallest group is k."""

    k: int

    def count(self, number: int) -> int:
        """Return a count as it may be seen."""
        return number - number % self.k

    def table[Name: (str, tuple[str, ...])](
        self, names: Mapping[Name, int], most: int = MOST_SHOWN
    ) -> dict[Name, int]:
        """Return the names that enough have, sorted, so that their order tells nothing."""
        enough = [name for name, number in names.items() if number >= self.k]
        if len(enough) > most:
            # By what is shown of them: who is left out must not tell of exact counts.
            enough.sort(key=lambda name: (-self.count(names[name]), name))
        return {name: self.count(names[name]) for name in sorted(enough[:most])}

    def steps(self, numbers: Mapping[int, int]) -> dict[str, int]:
        """Return the steps that enough have, in their order."""
        found = {step: numbers[step] for step in sorted(numbers) if numbers[step] >= self.k}
        return {str(step): self.count(number) for step, number in found.items()}

    def nested(self, pairs: Names) -> dict[str, dict[str, int]]:
        """Return tables of the second names by the first ones, without empty ones."""
        return full({name: self.table(one) for name, one in sorted(grouped(pairs).items())})

    def with_versions(self, pairs: Names) -> dict[str, dict[str, Any]]:
        """Return totals and versions of (name, version), of which an installation has one."""
        return self.with_parts(by(pairs, 0), pairs, "versions", self.table)

    def with_parts(
        self, totals: Names, pairs: Names, parts: str, table: Callable[[Any], dict[str, int]]
    ) -> dict[str, dict[str, Any]]:
        """Return totals of names, and tables of the parts that are known of each."""
        groups = grouped(pairs)
        return {
            name: {"total": total, parts: table(groups.get(name, {}))}
            for name, total in self.table(totals).items()
        }

    def again(self, value: Any) -> Any:
        """Round a count, or a table of them, once more."""
        return self.count(value) if isinstance(value, int) else self._table_again(value)

    def _table_again(self, table: Mapping[str, int]) -> dict[str, int]:
        """Keep the order, which is that of steps in some."""
        return {name: self.count(one) for name, one in table.items() if one >= self.k}

    def rows(self, table: Mapping[str, Any]) -> dict[str, Any]:
        """Round rows, which have a total, and counts and tables beside it, once more."""
        return {
            name: {key: self.again(one) for key, one in row.items()}
            for name, row in table.items()
            if row["total"] >= self.k
        }

    def record(self, record: Mapping[str, Any], kept: Iterable[str] = ()) -> dict[str, Any]:
        """Round the counts of names that have to be there once more; keep some of the rest."""
        return {
            name: self.count(one) if isinstance(one, int) else one
            for name, one in record.items()
            if isinstance(one, int) or name in kept
        }


def by(names: Names, part: int, only: Callable[[Any], bool] = lambda _: True) -> Names:
    """Count by one part of names that are tuples, where that part is known."""
    totals: Names = Counter()
    for name, number in names.items():
        if name[part] is not None and only(name):
            totals[name[part]] += number
    return totals


def grouped(pairs: Names) -> dict[str, dict[Any, int]]:
    """Return the counts of the second names, where they are known, by the first ones."""
    groups: dict[str, dict[Any, int]] = {}
    for (name, inner), number in pairs.items():
        if inner is not None:
            groups.setdefault(name, {})[inner] = number
    return groups


def full(tables: Mapping[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Return the tables that are not empty."""
    return {name: table for name, table in tables.items() if table}
