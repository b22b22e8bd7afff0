"""The database as the writer has it: opened and tried, and its files watched.

SQLite goes on writing to files that were removed, moved or replaced, and trusts what another
program wrote over its own. A report is on the disk only if it is in the files at the path.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from . import statements
from .sqlite import StorageUnavailable, check, open_database, unavailable

_BESIDE: Final = ("-wal", "-shm")


class FilesChangedError(StorageUnavailable):
    """What is at the path is not what is open any more; the message says which file."""


@dataclass(frozen=True, slots=True)
class _Look:
    """Which files are at the path, and how the database itself is: it grows, and never shrinks."""

    files: tuple[tuple[int, int], ...]
    size: int
    written: int


class Database:
    """An open database, of one thread; `in_place` may be asked by any."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Take a connection that has written, so that all files are there."""
        self._connection = connection
        # SQLite follows a link once, and puts what is beside it there.
        target = path.resolve()
        beside = (target.with_name(f"{target.name}{end}") for end in _BESIDE)
        self._paths = (path.absolute(), *beside)
        self._known = self._look()

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
        # Lest it writes into a backup that was put there.
        if self._in_place() != self._known:
            raise FilesChangedError(f"{self._paths[0]} was written to by another program")
        yield self._connection
        self._known = self._in_place()

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

    def _overwritten(self) -> bool:
        """Tell whether another program wrote to the file that is open."""
        try:
            now = self._look(self._paths[:1])
        except FilesChangedError:
            return False
        known = _Look(self._known.files[:1], self._known.size, self._known.written)
        return now.files == known.files and now != known

    def _in_place(self) -> _Look:
        """Look at the files; raise FilesChangedError if they are not those that are open."""
        now = self._look()
        for path, found, known in zip(self._paths, now.files, self._known.files, strict=True):
            if found != known:
                raise FilesChangedError(f"{path} was replaced while the receiver had it open")
        if now.size < self._known.size:
            raise FilesChangedError(f"{self._paths[0]} was cut by another program")
        return now

    def _look(self, paths: tuple[Path, ...] = ()) -> _Look:
        """Look at what is at the paths now; raise FilesChangedError if one is gone."""
        try:
            database, *beside = (path.stat() for path in paths or self._paths)
        except OSError as error:
            raise FilesChangedError(
                f"{error.filename} is gone ({error.strerror}): put it back, or restart the receiver"
            ) from error
        files = tuple((file.st_dev, file.st_ino) for file in (database, *beside))
        return _Look(files, database.st_size, database.st_mtime_ns)


def _rehearse(connection: sqlite3.Connection, path: Path) -> None:
    """Write something and take it back, all the way to the disk; raise StorageUnavailable."""
    try:
        statements.rehearse(connection)
    except sqlite3.Error as error:
        raise unavailable(path, "written", error) from error
