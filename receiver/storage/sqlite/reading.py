"""What is read of the database: the rows that are counted, a part after the other, and figures."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ...schema import TABLES, Name
from ..errors import StorageUnavailable
from ..kept import ALL, Share
from ..names import read_name
from .old import has_old, seen_in_old
from .opening import open_database

# Bytes of rows that are in the memory at once, however large each of them is.
PART: Final = 4 << 20
# Between two looks at how many these are: 64 of the largest have 8 MiB.
FETCHED: Final = 64
_ROWS: Final = "SELECT row, key FROM installation WHERE key > ? ORDER BY key"
_TABLES: Final = frozenset(TABLES)
_NAMES: Final = "SELECT code, kind, name FROM name WHERE name IS NOT NULL"
_PUBLISHED: Final = "SELECT time, CAST(figures AS BLOB) FROM published WHERE time > ?"
_DAY: Final = "SELECT day, CAST(figures AS BLOB) FROM history WHERE day = ?"
_SEEN: Final = """
SELECT max(time) FROM (
    SELECT max(latest) AS time FROM installation
    UNION ALL SELECT max(time) FROM published
)
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database holds."""

    _connection: sqlite3.Connection

    def shares(self, _most: int) -> tuple[Share, ...]:
        """Return that there is one share: who reads the file waits for its drive."""
        return (ALL,)

    def rows(self, _share: Share = ALL) -> Iterator[list[bytes]]:
        """Yield all rows, a part of the keys after the other, each as it is then.

        Each part is read at once and counted afterwards: while somebody reads, what the receiver
        writes stays in the log, and afterwards reports wait until all of it is moved into the
        database.
        """
        if has_old(self._connection):
            raise StorageUnavailable(
                "the database is being brought up to date, and nothing is counted before: "
                "leave the receiver on, the log says when it is done"
            )
        after = b""
        while (part := self._part(after))[0]:
            rows, after = part
            yield rows

    def names(self) -> Iterator[tuple[int, str, Name]]:
        """Yield each code with its table and its name; those of rows that were read are there."""
        for code, table, text in self._connection.execute(_NAMES):
            name = read_name(text)
            # A table that an earlier version had is no table any more.
            if table in _TABLES and name is not None:
                yield code, table, name

    def swept(self) -> int:
        """Return how many times codes were freed: what was read before it is not of them."""
        times: int
        (times,) = self._connection.execute("SELECT times FROM swept").fetchone()
        return times

    def seen(self) -> int | None:
        """Return the latest time that was stored, in seconds since 1970, None before the first."""
        seen: int | None
        (seen,) = self._connection.execute(_SEEN).fetchone()
        old = seen_in_old(self._connection) if has_old(self._connection) else None
        return max((time for time in (seen, old) if time is not None), default=None)

    def published(self, after: int) -> tuple[int, bytes] | None:
        """Return when figures were published last, and these, None if not after a time."""
        found: tuple[int, bytes] | None
        found = self._connection.execute(_PUBLISHED, (after,)).fetchone()
        return found

    def days(self) -> Iterator[str]:
        """Yield the days whose figures are kept, oldest first."""
        for (day,) in self._connection.execute("SELECT day FROM history ORDER BY day"):
            yield day

    def history(self, days: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield days and their figures, those that are kept."""
        for day in days:
            yield from self._connection.execute(_DAY, (day,))

    def _part(self, after: bytes) -> tuple[list[bytes], bytes]:
        """Read what follows a key, up to the size of a part and a few more; return the last key."""
        rows: list[bytes] = []
        size = 0
        # Closed at once: that ends the reading.
        with closing(self._connection.execute(_ROWS, (after,))) as found:
            while size < PART and (more := found.fetchmany(FETCHED)):
                part = [row for row, _ in more]
                rows += part
                size += sum(map(len, part))
                after = more[-1][1]
        return rows, after


@contextmanager
def reading(path: Path) -> Iterator[Kept]:
    """Open the database to read it; what fails is StorageError or StorageUnavailable."""
    with closing(open_database(path, read_only=True)) as connection:
        try:
            yield Kept(connection)
        except sqlite3.Error as error:
            raise StorageUnavailable(f"{path} can't be read: {error}") from error
