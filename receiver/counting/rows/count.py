"""Count rows of codes, and give the counts their names.

Rows come first and names after them, so that each code has its name by then. Of which codes only
the latest counts has to be known before: those are words of short lists, so that there is a new one
hardly ever.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched

from ...schema import LATEST, MAX_NAME_BYTES, MAX_NAMES, REPORTED, Name, devices
from ..counts import Counts
from ..names import MEASURED_EVERY, Crowd

# It would begin threads, and memory for each of them, for what nobody does here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from .parts import Array
from .sums import Sums
from .tally import Tally

# A code, the table that its name is of, and the name.
type Known = tuple[int, str, Name]
# By table: the codes of which only the latest of an installation counts.
type Latest = Mapping[str, Sequence[int]]


class ChangedError(Exception):
    """While rows were read there came a name of those that have to be known before: begin anew."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """What rows hold, and how often each code is in one, also in those that don't count."""

    counts: Counts
    uses: Array
    damaged: int
    """How many rows are not sound, and left out."""


def latest_of(names: Iterable[Known]) -> Latest:
    """Return the codes of which only the latest counts, which are to be known before the rows."""
    latest = defaultdict[str, list[int]](list)
    for code, table, _ in names:
        if table in LATEST:
            latest[table].append(code)
    return latest


def tally(parts: Iterable[Sequence[bytes]], latest: Latest, over: int, until: int) -> Sums:
    """Count installations that have reported for so many seconds, and what is not after a time."""
    made = Tally([*latest.values()], over, until)
    for rows in parts:
        made.add(rows)
    return made.sums()


def named(
    sums: Sums,
    names: Iterable[Known],
    latest: Latest,
    *,
    max_names: int = MAX_NAMES,
    max_bytes: int = MAX_NAME_BYTES,
) -> Counted:
    """Give the sums of all rows their names, read after the last of them; raises ChangedError."""
    counts = Counts(installations=sums.installations, statistics=dict(sums.statistics))
    crowd = Crowd(counts.tables.values(), max_names, max_bytes)
    counted = memoryview(sums.counted)
    for some in batched(names, MEASURED_EVERY, strict=False):
        for code, table, name in some:
            if code < len(counted) and (number := counted[code]):
                if table in LATEST and code not in latest.get(table, ()):
                    raise ChangedError
                counts[table][name] += number
        counts.crowded |= crowd.thin()
    counts.crowded |= crowd.thin(at_once=True)
    # Their rows are no reports, and of no installation that has another one.
    counts.installations -= counts[REPORTED][devices.SHARED]
    return Counted(counts=counts, uses=sums.uses, damaged=sums.damaged)
