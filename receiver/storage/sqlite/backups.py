"""A copy of the database, or a look through it, while the receiver writes to it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ..errors import StorageError
from .new_file import new_file
from .opening import check, open_database
from .tables import MIGRATIONS


def back_up(path: Path, target: Path) -> None:
    """Copy what the database holds into a new file, also while the receiver writes to it."""
    # Also of an earlier version: that is how an update begins.
    with (
        closing(open_database(path, read_only=True, oldest=min(MIGRATIONS))) as source,
        new_backup(target) as copy,
    ):
        # Not page by page: unused parts of pages can still have what was deleted.
        source.execute("VACUUM INTO ?", (str(copy),))


@contextmanager
def new_backup(target: Path) -> Iterator[Path]:
    """Give an empty file that only this user may read; once it is filled it takes the path."""
    if target.exists():
        raise StorageError(f"{target} exists: name a new file for the backup")
    try:
        with new_file(target) as copy:
            yield copy
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"The backup to {target} failed: {error}") from error


def look_through(path: Path) -> list[str]:
    """Look through all pages of the database, and return what is wrong in words."""
    try:
        with closing(open_database(path, read_only=True)) as connection:
            check(connection, path)
    except StorageError as error:
        return [str(error)]
    return []
