"""Count rows of codes, and give the counts their names, which are read after the last row."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import batched

from ...schema import LATEST, MAX_NAME_BYTES, MAX_NAMES, Name
from ...storage import FOREVER
from ..counts import Counts
from ..names import MEASURED_EVERY, Crowd

# It would begin threads, and memory for each of them, for what nobody does here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from .parts import Array
from .tally import Tally

# A code, the table that its name is of, and the name.
type Known = tuple[int, str, Name]


class ChangedError(Exception):
    """While rows were read there came a name of those that have to be known before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """What rows hold, and how often each code is in one, also in those that don't count."""

    counts: Counts
    uses: Array


def count(
    parts: Iterable[Sequence[bytes]],
    names: Callable[[], Iterable[Known]],
    over: int = 0,
    until: int = FOREVER,
    *,
    max_names: int = MAX_NAMES,
    max_bytes: int = MAX_NAME_BYTES,
) -> Counted:
    """Count installations that have reported for so many seconds, and what is not after a time.

    Rows come first and names after them, so that each code has its name by then. Of which codes
    only the latest counts has to be known before: those are words of short lists, so that there
    is a new one hardly ever. Then this raises ChangedError, and whoever asks may begin anew.
    """
    latest = _latest(names())
    tally = Tally([*latest.values()], over, until)
    for rows in parts:
        tally.add(rows)
    tally.finish()
    counts = Counts(installations=tally.installations, statistics=tally.statistics)
    crowd = Crowd(counts.tables.values(), max_names, max_bytes)
    counted = memoryview(tally.counted)
    for some in batched(names(), MEASURED_EVERY, strict=False):
        for code, table, name in some:
            if code < len(counted) and (number := counted[code]):
                if table in LATEST and code not in latest[table]:
                    raise ChangedError
                counts[table][name] += number
        counts.crowded |= crowd.thin()
    counts.crowded |= crowd.thin(at_once=True)
    return Counted(counts=counts, uses=tally.uses)


def _latest(names: Iterable[Known]) -> dict[str, list[int]]:
    """Return the codes of which only the latest counts, by table."""
    latest = defaultdict[str, list[int]](list)
    for code, table, _ in names:
        if table in LATEST:
            latest[table].append(code)
    return latest
