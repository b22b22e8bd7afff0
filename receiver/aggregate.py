"""The child process that counts: reads the database, prints figures that may be published.

It is a process of its own, so that counting a million reports never holds up the taking of one.
"""

import argparse
import gc
import os
import resource
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

import orjson

from .counting import Counts, Report, count, count_lives
from .disclosure import publish
from .extended_counting import Life
from .storage.sqlite import StorageError, StorageUnavailable, open_database

NICENESS: Final = 10
# Far more than counting takes: what goes wrong ends this process, not the machine.
MOST_MEMORY: Final = 1 << 30
# Keys are hashes, so each first byte begins as many of them.
FIRST_BYTES: Final = tuple(bytes([byte]) for byte in range(256))
_REST: Final = b"\xff" * 16
_REPORTS: Final = """
SELECT CAST(report AS BLOB), country, region FROM installation WHERE key BETWEEN ? AND ?
"""
_EVENTS: Final = """
SELECT key, time, CAST(event AS BLOB) FROM event WHERE key BETWEEN ? AND ? ORDER BY key
"""


def main(argv: Sequence[str]) -> int:
    """Print the figures as JSON; where that fails, print why in one line and return 1."""
    options = _parse(argv)
    _be_modest()
    now = time.time_ns() // 1_000_000
    try:
        counts = _count(options.database)
    except sqlite3.Error as error:
        return _fail(f"{options.database} can't be read: {error}")
    except (StorageError, StorageUnavailable, ValueError, KeyError) as error:
        return _fail(str(error) or type(error).__name__)
    except MemoryError:
        return _fail(f"counting needs more than {MOST_MEMORY >> 20} MiB")
    if counts.crowded:
        print("too many different names are reported: the rarest are left out", file=sys.stderr)
    sys.stdout.buffer.write(orjson.dumps(publish(counts, options.smallest_group, now)))
    return 0


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="open-analytics-receiver aggregate",
        description="Print the figures that the database makes, as they would be published.",
    )
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--smallest-group", type=int, default=5)
    options = parser.parse_args(argv)
    if options.smallest_group < 1:
        parser.error("--smallest-group: expected a whole number of at least 1")
    return options


def _be_modest() -> None:
    """Leave processor and memory to those who take reports."""
    os.nice(NICENESS)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    # Nothing here refers to itself, and looking for what does costs a third of the time.
    gc.disable()


def reports(connection: sqlite3.Connection) -> Iterator[Report]:
    """Yield the reports, a part of the keys after the other, each as it is then.

    Each part is read at once and counted afterwards: while somebody reads, what the receiver
    writes stays in the log, and afterwards reports wait until all of it is moved into the database.
    """
    for first in FIRST_BYTES:
        yield from connection.execute(_REPORTS, (first, first + _REST)).fetchall()


def lives(connection: sqlite3.Connection) -> Iterator[Life]:
    """Yield the events of each installation, in the same parts."""
    for first in FIRST_BYTES:
        found = connection.execute(_EVENTS, (first, first + _REST)).fetchall()
        for _, rows in groupby(found, key=itemgetter(0)):
            yield [(time, event) for _, time, event in rows]


def _count(database: Path) -> Counts:
    with closing(open_database(database, read_only=True)) as connection:
        counts = count(reports(connection))
        count_lives(counts, lives(connection))
        return counts


def _fail(reason: str) -> int:
    # One line, which the receiver logs.
    print(" ".join(reason.split()), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
