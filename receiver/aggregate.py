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
from contextlib import closing, suppress
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import orjson

from .counting.counts import Counts, Report, count, count_lives
from .counting.extended import Life
from .disclosure.figures import publish
from .storage.sqlite import StorageError, StorageUnavailable, open_database

NICENESS: Final = 10
# Far more than counting takes: what goes wrong ends this process, not the machine.
MOST_MEMORY: Final = 1 << 30
# Bytes of reports that are in the memory at once, however large each of them is.
PART: Final = 1 << 20
# Between two looks at how many these are: 64 of the largest have 16 MiB.
FETCHED: Final = 64
DAY: Final = 24 * 3600
# Made-up installations are cheap, but the days over which they report pass for nobody faster.
_REPORTS: Final = """
SELECT CAST(report AS BLOB), country, region, key FROM installation
WHERE key > ? AND last_seen - first_seen >= ? ORDER BY key
"""
_EVENTS: Final = """
SELECT CAST(event AS BLOB), time, key, digest FROM event
WHERE (key, digest) > (?, ?) AND coalesce(
    (SELECT last_seen - first_seen FROM installation WHERE installation.key = event.key), 0
) >= ? ORDER BY key, digest
"""
_REPORT: Final = itemgetter(0, 1, 2)
_KEY: Final = itemgetter(2)

type Place = tuple[bytes, ...]


def main(argv: Sequence[str]) -> int:
    """Print the figures as JSON; where that fails, print why in one line and return 1."""
    options = _parse(argv)
    _be_modest()
    try:
        counts = _count(options.database, options.count_after * DAY)
    except sqlite3.Error as error:
        return _fail(f"{options.database} can't be read: {error}")
    except (StorageError, StorageUnavailable, ValueError, KeyError) as error:
        return _fail(str(error) or type(error).__name__)
    except MemoryError:
        return _fail(f"counting needs more than {MOST_MEMORY >> 20} MiB")
    if counts.crowded:
        print("too many different names are reported: the rarest are left out", file=sys.stderr)
    sys.stdout.buffer.write(orjson.dumps(publish(counts, options.smallest_group, options.time)))
    return 0


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="open-analytics-receiver aggregate",
        description="Print the figures that the database makes, as they would be published.",
    )
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--smallest-group", type=int, default=5)
    parser.add_argument("--count-after", type=int, default=7, help="days, 0 for all")
    now = time.time_ns() // 1_000_000
    parser.add_argument("--time", type=int, default=now, help="now, in milliseconds since 1970")
    options = parser.parse_args(argv)
    if options.smallest_group < 1:
        parser.error("--smallest-group: expected a whole number of at least 1")
    if options.count_after < 0:
        parser.error("--count-after: expected a whole number of days, 0 or more")
    return options


def _be_modest() -> None:
    """Leave processor and memory to those who take reports."""
    os.nice(NICENESS)
    with suppress(ValueError, OSError):  # macOS takes no such limit
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    # Nothing here refers to itself, and looking for what does costs a third of the time.
    gc.disable()


def reports(connection: sqlite3.Connection, over: int = 0) -> Iterator[Report]:
    """Yield the reports, a part of the keys after the other, each as it is then.

    They are of installations that have reported for so many seconds, or more.

    Each part is read at once and counted afterwards: while somebody reads, what the receiver
    writes stays in the log, and afterwards reports wait until all of it is moved into the database.
    """
    for part in _parts(connection, _REPORTS, (b"",), over):
        yield from map(_REPORT, part)


def lives(connection: sqlite3.Connection, over: int = 0) -> Iterator[Life]:
    """Yield the events of each of these installations, read in the same way."""
    events = chain.from_iterable(_parts(connection, _EVENTS, (b"", b""), over))
    for _, rows in groupby(events, key=_KEY):
        yield [(time, event) for event, time, _, _ in rows]


def _parts(
    connection: sqlite3.Connection, query: str, after: Place, over: int
) -> Iterator[list[Any]]:
    """Yield parts of what a query finds; its rows begin with what is large, and end as `after`."""
    while rows := _part(connection, query, (*after, over)):
        yield rows
        after = rows[-1][-len(after) :]


def _part(connection: sqlite3.Connection, query: str, values: tuple[bytes | int, ...]) -> list[Any]:
    """Read what follows a place, up to the size of a part and a few more."""
    rows: list[Any] = []
    size = 0
    # Closed at once: that ends the reading.
    with closing(connection.execute(query, values)) as found:
        while size < PART and (more := found.fetchmany(FETCHED)):
            rows += more
            size += sum(len(row[0]) for row in more)
    return rows


def _count(database: Path, over: int) -> Counts:
    with closing(open_database(database, read_only=True)) as connection:
        counts = count(reports(connection, over))
        count_lives(counts, lives(connection, over))
        return counts


def _fail(reason: str) -> int:
    # One line, which the receiver logs.
    print(" ".join(reason.split()), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
