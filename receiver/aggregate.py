"""The child process that counts: reads the database, prints figures that may be published.

It is a process of its own, so that counting a million reports never holds up the taking of one.
"""

import gc
import os
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import orjson

from .counting.rows import ChangedError, Counted, count
from .disclosure import publish
from .options import parse_aggregate
from .storage import StorageError, StorageUnavailable
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
        counted = _count(options.place, options.count_after * DAY, asked.until)
    except (StorageError, StorageUnavailable, LookupError, ValueError) as error:
        return _fail(str(error) or type(error).__name__)
    except MemoryError:
        return _fail(f"counting needs more than {MOST_MEMORY >> 20} MiB")
    counts = counted.counts
    if counts.crowded:
        print("too many different names are reported: the rarest are left out", file=sys.stderr)
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


def _count(place: Place, over: int, until: int) -> Counted:
    """Count what is kept somewhere, anew where codes were freed meanwhile: they may be others'."""
    for _ in range(TRIES):
        with reading(place) as kept, suppress(ChangedError):
            swept = kept.swept()
            counted = count(kept.rows(), kept.names, over, until)
            if kept.swept() == swept:
                return counted
    raise StorageUnavailable(f"names in {place} change while rows are read")


def _fail(reason: str) -> int:
    # One line, which the receiver logs.
    print(" ".join(reason.split()), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
