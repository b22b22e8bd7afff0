"""The child process that counts: reads the database, prints figures that may be published.

It is a process of its own, so that counting a million reports never holds up the taking of one.
"""

import gc
import os
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Final

import orjson

from .counting.rows import ChangedError, Counted, Latest, Sums, latest_of, named, tally
from .disclosure import publish
from .options import parse_aggregate
from .processes import ProcessError, each
from .storage import Share, StorageError, StorageUnavailable
from .stores import Place, reading

NICENESS: Final = 10
# Far more than counting takes: what goes wrong ends this process, not the machine.
MOST_MEMORY: Final = 1 << 30
DAY: Final = 24 * 3600
# So often at most are rows read while names change: each time that happens they are few.
TRIES: Final = 3


def main(argv: Sequence[str]) -> int:
    """Print the figures as JSON; where that fails, print why in one line and return 1."""
    options, asked = parse_aggregate(argv, os.environ)
    _be_modest()
    try:
        counted = count(
            options.place,
            options.count_after * DAY,
            asked.until,
            processes=options.counting_processes,
        )
    except (StorageError, StorageUnavailable, ProcessError, LookupError, ValueError) as error:
        return _fail(str(error) or type(error).__name__)
    except MemoryError:
        return _fail(f"counting needs more than {MOST_MEMORY >> 20} MiB")
    counts = counted.counts
    left_out = []
    if counts.crowded:
        left_out.append("too many different names are reported: the rarest are left out")
    if counted.damaged:
        left_out.append(f"{counted.damaged} rows can't be read and are left out: run check")
    if left_out:
        # One line, which the receiver logs.
        print("; ".join(left_out), file=sys.stderr)
    sys.stdout.buffer.write(orjson.dumps(publish(counts, options.smallest_group, asked.time)))
    if asked.uses:
        # JSON has no line of its own in it.
        sys.stdout.buffer.write(b"\n" + counted.uses.astype("<u4").tobytes())
    return 0


def _be_modest() -> None:
    """Leave processor and memory to those who take reports."""
    os.nice(NICENESS)
    with suppress(ValueError, OSError):  # macOS takes no such limit
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    # Nothing here refers to itself, and looking for what does costs a third of the time.
    gc.disable()


def count(place: Place, over: int, until: int, *, processes: int = 1) -> Counted:
    """Count who has reported for so many seconds, and what is not after a time.

    Anew where codes were freed meanwhile, for they may be others', or where a name came that has to
    be known before.
    """
    for _ in range(TRIES):
        with reading(place) as kept, suppress(ChangedError):
            swept = kept.swept()
            latest = latest_of(kept.names())
            shares = kept.shares(processes)
            works = [partial(_tallied, place, share, latest, over, until) for share in shares]
            first, *others = each(works) if len(works) > 1 else [work() for work in works]
            counted = named(sum(others, first), kept.names(), latest)
            if kept.swept() == swept:
                return counted
    raise StorageUnavailable(f"names in {place} change while rows are read")


def _tallied(place: Place, share: Share, latest: Latest, over: int, until: int) -> Sums:
    """Count the rows of a share, by a connection of its own."""
    with reading(place) as kept:
        return tally(kept.rows(share), latest, over, until)


def _fail(reason: str) -> int:
    # One line, which the receiver logs.
    print(" ".join(reason.split()), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
