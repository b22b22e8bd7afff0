"""The database file: its tables, opening it without harm to what is none of ours, backups."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

MAGIC: Final = b"SQLite format 3\0"
HEADER_SIZE: Final = 100
# Where SQLite's header has what `PRAGMA user_version` and `PRAGMA application_id` say.
_VERSION: Final = slice(60, 64)
_APPLICATION: Final = slice(68, 72)
APPLICATION_ID: Final = 0x4F41_4E31  # "OAN1"
SCHEMA_VERSION: Final = 1

BUSY_TIMEOUT: Final = 2.0

_SCHEMA: Final = f"""
PRAGMA page_size = 8192;
PRAGMA secure_delete = ON;
BEGIN;
-- `key` is a hash of the installation's id, `report` JSON without the id; times are in seconds
CREATE TABLE installation (
    key BLOB PRIMARY KEY,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    country TEXT,
    region TEXT,
    report TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX installation_last_seen ON installation (last_seen);
CREATE TABLE history (day TEXT PRIMARY KEY, figures TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE published (
    id INTEGER PRIMARY KEY CHECK (id = 1), time INTEGER NOT NULL, figures TEXT NOT NULL
);
CREATE TABLE dropped_key (name TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
PRAGMA user_version = {SCHEMA_VERSION};
PRAGMA application_id = {APPLICATION_ID};
COMMIT;
"""

_SETTINGS: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -65536;
"""


class StorageError(Exception):
    """The database can't be used as it is; the message says why, and what to do."""


class StorageUnavailable(Exception):  # noqa: N818 - an answer of its own, 503
    """The database can't be written right now: locked, disk full, failing."""


def open_database(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open the database, and make it where there is none, unless it is only to be read.

    Raise StorageError for a file that is none of ours, which is left as it is, and
    StorageUnavailable where it can't be opened now. Transactions begin and end by statements.
    """
    try:
        if not read_only and (not path.exists() or not path.stat().st_size):
            _create(path)
        _recognise(path)
        return _connect(path, read_only=read_only)
    except FileNotFoundError as error:
        raise StorageError(f"There is no database {path}: check --database") from error
    except (OSError, sqlite3.OperationalError) as error:
        raise StorageUnavailable(f"{path} can't be opened: {error}") from error
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error


def damaged(path: Path, reason: object) -> StorageError:
    """Return the error that tells what can be done about a damaged file."""
    return StorageError(
        f"The database {path} is damaged ({reason}) and was left as it is: "
        "move it away, or put a backup in its place"
    )


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Look through all pages of the database, and raise StorageError if one is damaged."""
    try:
        # Not integrity_check, which looks at what each index has, too: that takes far longer.
        (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        raise StorageUnavailable(f"{path} can't be read: {error}") from error
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error
    if result != "ok":
        raise damaged(path, result)


def reports(connection: sqlite3.Connection) -> Iterator[tuple[bytes, str | None, str | None]]:
    """Yield report, country and region of every installation, as they are at one moment."""
    yield from connection.execute("SELECT CAST(report AS BLOB), country, region FROM installation")


def back_up(path: Path, target: Path) -> None:
    """Copy the database into a new file, also while the receiver writes to it."""
    if target.exists():
        raise StorageError(f"{target} exists: name a new file for the backup")
    unfinished = target.with_name(f"{target.name}.unfinished")
    with closing(open_database(path, read_only=True)) as source:
        try:
            _make_private(unfinished)
            with closing(sqlite3.connect(unfinished, isolation_level=None)) as copy:
                # In one step: the receiver goes on writing beside it, and never starts it anew.
                source.backup(copy, pages=-1)
                # One file, without a log beside it.
                copy.execute("PRAGMA journal_mode = DELETE")
            unfinished.rename(target)
            _sync_folder(target.parent)
        except (OSError, sqlite3.Error) as error:
            raise StorageError(f"The backup to {target} failed: {error}") from error
        finally:
            unfinished.unlink(missing_ok=True)


def _create(path: Path) -> None:
    """Make an empty database under another name first, so that a crash leaves none half made."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        # SQLite would write the pages of the lost database into the new one.
        raise StorageError(f"{log} is there without its database: move it away, or bring that back")
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        _make_private(unfinished)
        with closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
            connection.executescript(_SCHEMA)
        unfinished.replace(path)
        _sync_folder(path.parent)
    except FileNotFoundError as error:
        raise StorageError(f"There is no folder {path.parent}: make it first") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _recognise(path: Path) -> None:
    """Raise StorageError unless the file is ours: by its first bytes, which changes nothing."""
    with path.open("rb") as file:
        header = file.read(HEADER_SIZE)
    ours = APPLICATION_ID.to_bytes(4, "big")
    if not header.startswith(MAGIC) or header[_APPLICATION] != ours:
        raise StorageError(
            f"{path} is no database of this receiver, or damaged, and was left as it is: "
            "name another file with --database, or put a backup in its place"
        )
    if int.from_bytes(header[_VERSION], "big") != SCHEMA_VERSION:
        raise StorageError(f"{path} was made by another version: use that version of the receiver")


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    mode = "ro" if read_only else "rw"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_TIMEOUT,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        if not read_only:
            connection.executescript(_SETTINGS)
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _make_private(path: Path) -> None:
    """Make an empty file that only this user may read; the files beside it get the same mode."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _sync_folder(folder: Path) -> None:
    """Make sure that a file's new name is on the disk, too, where the drive can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
