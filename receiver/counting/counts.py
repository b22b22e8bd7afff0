"""What was counted, which nobody may see yet, and how two halves of it become one."""

from collections import Counter
from dataclasses import dataclass, field

from ..schema import MAX_NAME_BYTES, MAX_NAMES, STATISTICS, TABLES
from .names import Crowd, Names
from .values import Values


@dataclass(kw_only=True, slots=True)
class Counts:
    """Raw counts: by the tables of the schema, how many installations have each name.

    A name is what the schema makes of a field: a text or a number, or a tuple where several facts
    are of one thing.
    """

    installations: int = 0
    tables: dict[str, Names] = field(default_factory=lambda: {name: Counter() for name in TABLES})
    statistics: dict[str, Values] = field(
        default_factory=lambda: {name: Values() for name in STATISTICS}
    )
    """The value of each installation that tells one."""
    crowded: bool = False
    """Whether rare names were left out, since there were too many different ones."""

    def __getitem__(self, table: str) -> Names:
        """Return the names of a table."""
        return self.tables[table]


def merge(
    one: Counts, other: Counts, *, max_names: int = MAX_NAMES, max_bytes: int = MAX_NAME_BYTES
) -> Counts:
    """Return the counts of two fleets that have no installation in common as those of one."""
    merged = Counts(
        installations=one.installations + other.installations,
        tables={name: one[name] + other[name] for name in TABLES},
        statistics={name: one.statistics[name] + other.statistics[name] for name in STATISTICS},
        crowded=one.crowded or other.crowded,
    )
    merged.crowded |= Crowd(merged.tables.values(), max_names, max_bytes).thin(at_once=True)
    return merged
