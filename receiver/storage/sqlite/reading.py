"""What is read of the database: the rows that are counted, a part after the other, and figures."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import Final

from ...schema import TABLES, Name
from ..errors import StorageUnavailable
from ..kept import ALL, Share
from ..names import read_name
from .binding import AT_ONCE, marks
from .old import has_old, seen_in_old
from .opening import open_database

# Bytes of rows that are in the memory at once, however large each of them is.
PART: Final = 4 << 20
# Between two looks at how many these are: 64 of the largest have 8 MiB.
FETCHED: Final = 64
_ROWS: Final = "SELECT key, row FROM installation WHERE key > ? ORDER BY key"
_GET: Final = "SELECT key, row FROM installation WHERE key IN {keys}"
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
        for part in self.entries():
            yield [*part.values()]

    def entries(self) -> Iterator[dict[bytes, bytes]]:
        """Yield all rows by their keys, in the same way."""
        if has_old(self._connection):
            raise StorageUnavailable(
                "the database is being brought up to date, and nothing is counted before: "
                "leave the receiver on, the log says when it is done"
            )
        after = b""
        while rows := self._part(after):
            yield rows
            after = next(reversed(rows))

    def get(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return those of some rows that are there."""
        found: dict[bytes, bytes] = {}
        for some in batched(keys, AT_ONCE, strict=False):
            found.update(self._connection.execute(_GET.format(keys=marks(some)), some))
        return found

    def names(self) -> Iterator[tuple[int, str, Name]]:
        """Yield each code with its table and its name; those of rows that were read are there."""
        for code, table, text in self._connection.execute(_NAMES):
            name = read_name(text)
            # A table that an earlier version had is no table any more.
            if table in _TABLES and name is not None:
                yield code, table, name

    def codes(self) -> Iterator[int]:
        """Yield the codes that rows may have, also those whose names were given up."""
        for (code,) in self._connection.execute("SELECT code FROM name"):
            yield code

    def dropped(self) -> dict[str, int]:
        """Return how often keys were left out of reports, by their names."""
        return dict(self._connection.execute("SELECT name, count FROM dropped_key"))

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

    def _part(self, after: bytes) -> dict[bytes, bytes]:
        """Read what follows a key, up to the size of a part and a few more."""
        rows: dict[bytes, bytes] = {}
        size = 0
        # Closed at once: that ends the reading.
        with closing(self._connection.execute(_ROWS, (after,))) as found:
            while size < PART and (more := found.fetchmany(FETCHED)):
                rows.update(more)
                size += sum(len(row) for _, row in more)
        return rows


@contextmanager
def reading(path: Path) -> Iterator[Kept]:
    """Open the database to read it; what fails is StorageError or StorageUnavailable."""
    with closing(open_database(path, read_only=True)) as connection:
        try:
            yield Kept(connection)
        except sqlite3.Error as error:
            raise StorageUnavailable(f"{path} can't be read: {error}") from error
