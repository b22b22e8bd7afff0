"""A file as one that takes a copy: no receiver writes to it meanwhile."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import batched
from pathlib import Path
from typing import Final

from ....schema import Name, Told
from ...errors import StorageError, StorageUnavailable
from ...layout import Stored
from ...writing import values_of
from ..new_file import is_ours
from . import statements
from .database import Database

# Of one transaction.
ROWS: Final = 2_000
_DROPPED: Final = "INSERT OR REPLACE INTO dropped_key (name, count) VALUES (?, ?)"
_PUBLISHED: Final = "INSERT OR REPLACE INTO published (id, time, figures) VALUES (1, ?, ?)"
_DAY: Final = "INSERT OR REPLACE INTO history (day, figures) VALUES (?, ?)"


class Filling:
    """Takes a copy."""

    def __init__(self, database: Database) -> None:
        """Take an open file."""
        self._database = database

    def codes_of(self, names: Sequence[tuple[str, Name]]) -> list[int]:
        """Return the codes of names of tables, which are made where there are none, 0 for none."""
        with self._database.transaction() as (connection, dictionary, _):
            told = [Told({table: (name,)}, {}) for table, name in names]
            found = [[*dictionary.encode(one, few=False)] for one in told]
            dictionary.write(connection)
        return [codes[0] if codes else 0 for codes in found]

    def put(self, rows: Mapping[bytes, bytes]) -> int:
        """Keep rows, each instead of the one before; a receiver will delete those too old."""
        for some in batched(rows.items(), ROWS, strict=False):
            with self._database.transaction() as (connection, *_):
                values = {key: values_of(Stored.unpack(row)) for key, row in some}
                statements.write(connection, values)
        return 0

    def keep(self, _rows: Mapping[bytes, bytes]) -> int:
        """Leave rows as they are: how long they are kept is the receiver's to know."""
        return 0

    def delete(self, keys: Sequence[bytes]) -> None:
        """Delete rows."""
        for some in batched(keys, ROWS, strict=False):
            with self._database.transaction() as (connection, *_):
                statements.write(connection, dict.fromkeys(some))

    def put_published(self, time: int, figures: bytes) -> None:
        """Keep what was published last."""
        with self._database.transaction() as (connection, *_):
            connection.execute(_PUBLISHED, (time, figures.decode()))

    def delete_published(self) -> None:
        """Keep nothing that was published."""
        with self._database.transaction() as (connection, *_):
            connection.execute("DELETE FROM published")

    def put_days(self, days: Mapping[str, bytes], obsolete: Sequence[str]) -> None:
        """Keep figures of days, and no longer those of others."""
        with self._database.transaction() as (connection, *_):
            for day, figures in days.items():
                connection.execute(_DAY, (day, figures.decode()))
            for day in obsolete:
                connection.execute("DELETE FROM history WHERE day = ?", (day,))

    def put_dropped(self, dropped: Mapping[str, int]) -> None:
        """Keep how often keys were left out of reports."""
        with self._database.transaction() as (connection, *_):
            connection.execute("DELETE FROM dropped_key")
            for one in dropped.items():
                connection.execute(_DROPPED, one)


@contextmanager
def filling(path: Path, *, private: bool = False) -> Iterator[Filling]:
    """Open a file to copy into, made if missing; what fails is StorageError or -Unavailable."""
    if path.exists():
        _let_go(path)
    with closing(Database.open(path, create=True, thoroughly=True)) as database:
        if database.upgrading:
            raise StorageError(f"{path} is of an earlier version: run the receiver on it once")
        if private and not is_ours(path):
            raise StorageError(f"Somebody else made {path}: name a file in a folder of your own")
        try:
            yield Filling(database)
        except sqlite3.Error as error:
            raise StorageUnavailable(f"{path} can't be written: {error}") from error


def _let_go(path: Path) -> None:
    """Raise StorageError where another process has the file open: a receiver, perhaps."""
    address = f"{path.absolute().as_uri()}?mode=rw"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=0, isolation_level=None)) as one:
            one.execute("PRAGMA locking_mode = EXCLUSIVE")
            one.execute("BEGIN IMMEDIATE")
            one.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise StorageError(f"{path} is in use: stop the receiver that has it first") from error
    except sqlite3.DatabaseError:
        # What is wrong with it is said by who opens it.
        return
