"""The database as the writer has it: opened and tried, and its files watched.

SQLite goes on writing to files that were removed, moved or replaced, and trusts what another
program wrote over its own. A report is on the disk only if it is in the files at the path.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple, Self

from ...errors import StorageUnavailable
from ..dictionary import Dictionary
from ..old import has_old
from ..opening import check, open_database, unavailable
from . import statements
from .ledger import Ledger, Old

_LOG: Final = "-wal"
_INDEX: Final = "-shm"


class FilesChangedError(StorageUnavailable):
    """What is at the path is not what is open any more; the message says which file."""


class _File(NamedTuple):
    """Which file is at a path, how long it is, and when it was written to last."""

    number: tuple[int, int]
    size: int
    written: int


class Database:
    """An open database, of one thread; `in_place` may be asked by any."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Take a connection that has written, so that all files are there."""
        self._connection = connection
        # SQLite follows a link once, and puts what is beside it there.
        target = path.resolve()
        self._log, index = (target.with_name(f"{target.name}{end}") for end in (_LOG, _INDEX))
        self._paths = (path.absolute(), self._log, index)
        self._known: tuple[_File, ...] = tuple(map(_look, self._paths))
        # Read after the files were looked at: whatever changes them from now on is noticed.
        self._version, self._dictionary, self._old = _known(connection)

    @classmethod
    def open(cls, path: Path, *, create: bool = False, thoroughly: bool = False) -> Self:
        """Open it and write something, after a look for damage if thoroughly.

        Raise StorageError or StorageUnavailable.
        """
        connection = open_database(path, create=create)
        try:
            if thoroughly:
                check(connection, path)
            _rehearse(connection, path)
            return cls(path, connection)
        except sqlite3.DatabaseError as error:
            connection.close()
            raise unavailable(path, "read", error) from error
        except BaseException:
            connection.close()
            raise

    @property
    def in_place(self) -> bool:
        """Tell whether the files at the path are those that are open."""
        try:
            self._in_place()
        except FilesChangedError:
            return False
        return True

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection; raise FilesChangedError if what is written is not at the path."""
        # Lest it writes into a backup that was put there, or behind a gap in the log.
        self._untouched()
        try:
            yield self._connection
        finally:
            self._note_log()
        self._known = self._in_place()

    @contextmanager
    def transaction(self) -> Iterator[Ledger]:
        """Lend it for what is to be on the disk afterwards, all of it, or not at all.

        After a fault this is to be closed, since names may be known that are not on the disk.
        """
        with self.writing() as connection:
            connection.execute("BEGIN IMMEDIATE")
            if (version := _version(connection)) != self._version:
                # Between the look at the files and this somebody else may have written: names, or
                # a code that a sweep is about to free. The number also changes when the log was
                # emptied.
                self._untouched()
                self._version = version
            yield Ledger(connection, self._dictionary, self._old)
            connection.execute("COMMIT")

    @property
    def upgrading(self) -> bool:
        """Tell whether it has rows of an earlier version, as of the last transaction."""
        return self._old.left

    def close(self) -> None:
        """Close it; files at the path that are not its own are left as they are."""
        with suppress(sqlite3.Error):
            if not self.in_place or self._overwritten():
                self._abandon()
        self._connection.close()

    def _abandon(self) -> None:
        """Let closing neither write to the path nor delete there.

        What was moved gets all that was answered, wherever it is; nothing is left in its log, which
        SQLite would write into a file that was put in its place.
        """
        self._connection.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE)
        if not self._overwritten():
            self._connection.rollback()
            # Waiting for who reads, as nothing else does.
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def _note_log(self) -> None:
        """Know the log as it is now, also where the other files were moved meanwhile."""
        database, log, index = self._known
        with suppress(FilesChangedError):
            if (now := _look(self._log)).number == log.number:
                self._known = (database, now, index)

    def _overwritten(self) -> bool:
        """Tell whether another program wrote to a file that is open."""
        for path, known in zip(self._paths, self._known, strict=True):
            # What is gone, or another file now, is as it was, wherever it is.
            with suppress(FilesChangedError):
                if (now := _look(path)) != known and now.number == known.number:
                    return True
        return False

    def _untouched(self) -> None:
        """Raise FilesChangedError if another program wrote to the files."""
        for path, found, known in zip(self._paths, self._in_place(), self._known, strict=True):
            if found != known:
                raise FilesChangedError(f"{path} was written to by another program: end that one")

    def _in_place(self) -> tuple[_File, ...]:
        """Look at the files; raise FilesChangedError if they are not those that are open."""
        now = tuple(map(_look, self._paths))
        for path, found, known in zip(self._paths, now, self._known, strict=True):
            if found.number != known.number:
                raise FilesChangedError(
                    f"{path} was replaced: the receiver goes on with what is there if that is sound"
                )
            # Only the log gets shorter by itself.
            if found.size < known.size and path != self._log:
                raise FilesChangedError(
                    f"{path} was cut by another program: if this goes on, put a backup in its place"
                )
        return now


def _look(path: Path) -> _File:
    """Look at what is at a path now; raise FilesChangedError if nothing is."""
    try:
        file = path.stat()
    except OSError as error:
        raise FilesChangedError(
            f"{path} is gone ({error.strerror}): put it back, or restart the receiver"
        ) from error
    # The index is memory of all who have the database open: who reads writes there, too.
    written = 0 if path.name.endswith(_INDEX) else file.st_mtime_ns
    return _File((file.st_dev, file.st_ino), file.st_size, written)


def _known(connection: sqlite3.Connection) -> tuple[int, Dictionary, Old]:
    """Return the names that it has and whether any of it is old, and of which version that is."""
    # The version first: what comes between is of a later one.
    return _version(connection), Dictionary.load(connection), Old(has_old(connection))


def _version(connection: sqlite3.Connection) -> int:
    """Return a number that is another one when somebody else has written."""
    version: int
    (version,) = connection.execute("PRAGMA data_version").fetchone()
    return version


def _rehearse(connection: sqlite3.Connection, path: Path) -> None:
    """Write something and take it back, all the way to the disk; raise StorageUnavailable."""
    try:
        statements.rehearse(connection)
    except sqlite3.Error as error:
        raise unavailable(path, "written", error) from error
