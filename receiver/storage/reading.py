"""What is read of the database: the rows that are counted, a part after the other, and figures."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from .errors import StorageUnavailable
from .sqlite import open_database

# Bytes of reports that are in the memory at once, however large each of them is.
PART: Final = 1 << 20
# Between two looks at how many these are: 64 of the largest have 16 MiB.
FETCHED: Final = 64
# The largest number that SQLite has.
FOREVER: Final = 2**63 - 1
# Made-up installations are cheap, but the days over which they report pass for nobody faster. Nor
# by a clock that was ahead: what is of a time to come is counted once it was dated anew.
_REPORTS: Final = """
SELECT CAST(report AS BLOB), country, region, key FROM installation
WHERE key > ? AND last_seen - first_seen >= ? AND last_seen <= ? ORDER BY key
"""
_EVENTS: Final = """
SELECT CAST(event AS BLOB), time, key, digest FROM event
WHERE (key, digest) > (?, ?) AND coalesce(
    (SELECT last_seen - first_seen FROM installation WHERE installation.key = event.key), 0
) >= ? AND time <= ? ORDER BY key, digest
"""
_SEEN: Final = """
SELECT max(time) FROM (
    SELECT max(last_seen) AS time FROM installation
    UNION ALL SELECT max(time) FROM event
    UNION ALL SELECT max(time) FROM published
)
"""
_REPORT: Final = itemgetter(0, 1, 2)
_KEY: Final = itemgetter(2)

# JSON, country and region.
type _Report = tuple[bytes, str | None, str | None]
# Time and JSON of each event of an installation.
type _Life = list[tuple[int, bytes]]
type _Place = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database holds."""

    _connection: sqlite3.Connection

    def reports(self, over: int = 0, until: int = FOREVER) -> Iterator[_Report]:
        """Yield the reports, a part of the keys after the other, each as it is then.

        They are of installations that have reported for so many seconds, or more, and that
        reported last until a time, in seconds since 1970.

        Each part is read at once and counted afterwards: while somebody reads, what the receiver
        writes stays in the log, and afterwards reports wait until all of it is moved into the
        database.
        """
        for part in self._parts(_REPORTS, (b"",), over, until):
            yield from map(_REPORT, part)

    def lives(self, over: int = 0, until: int = FOREVER) -> Iterator[_Life]:
        """Yield the events of each of these installations until that time, read in the same way."""
        events = chain.from_iterable(self._parts(_EVENTS, (b"", b""), over, until))
        for _, rows in groupby(events, key=_KEY):
            yield [(time, event) for event, time, _, _ in rows]

    def seen(self) -> int | None:
        """Return the latest time that was stored, in seconds since 1970, None before the first."""
        seen: int | None
        (seen,) = self._connection.execute(_SEEN).fetchone()
        return seen

    def published(self) -> str | None:
        """Return the figures that were published last, None before there were any."""
        rows = self._connection.execute("SELECT figures FROM published").fetchall()
        return rows[0][0] if rows else None

    def history(self) -> Iterator[tuple[str, str]]:
        """Yield each day and its figures, oldest first, one at a time: whole days are large."""
        yield from self._connection.execute("SELECT day, figures FROM history ORDER BY day")

    def _parts(self, query: str, after: _Place, *which: int) -> Iterator[list[Any]]:
        """Yield parts of what a query finds; its rows begin with what is large, end as `after`."""
        while rows := self._part(query, (*after, *which)):
            yield rows
            after = rows[-1][-len(after) :]

    def _part(self, query: str, values: tuple[bytes | int, ...]) -> list[Any]:
        """Read what follows a place, up to the size of a part and a few more."""
        rows: list[Any] = []
        size = 0
        # Closed at once: that ends the reading.
        with closing(self._connection.execute(query, values)) as found:
            while size < PART and (more := found.fetchmany(FETCHED)):
                rows += more
                size += sum(len(row[0]) for row in more)
        return rows


@contextmanager
def reading(path: Path) -> Iterator[Kept]:
    """Open the database to read it; what fails is StorageError or StorageUnavailable."""
    with closing(open_database(path, read_only=True)) as connection:
        try:
            yield Kept(connection)
        except sqlite3.Error as error:
            raise StorageUnavailable(f"{path} can't be read: {error}") from error
