"""The database file: opening it without harm to what is none of ours."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from stat import S_ISREG
from typing import Final

from ..errors import StorageError, StorageUnavailable
from .new_file import new_file
from .tables import APPLICATION_ID, MIGRATIONS, SCHEMA, SCHEMA_VERSION

BUSY_TIMEOUT: Final = 2.0
# What Enterprise Linux 9 has. All tests passed on it, and a test keeps younger SQL out.
OLDEST_SQLITE: Final = (3, 34, 0)

_SETTINGS: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -65536;
"""
_WRITABLE: Final = (
    "the receiver's user has to be able to write to this file and to its folder, and the drive "
    "needs room"
)
# Of SQLite's codes, the part that is the kind of error.
_PRIMARY: Final = 0xFF
# By that, where it is something else.
_REMEDIES: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_BUSY: "end the other program that holds it",
    sqlite3.SQLITE_ERROR: "run the receiver with a Python whose SQLite is newer than "
    f"{sqlite3.sqlite_version}",
}


def open_database(
    path: Path, *, read_only: bool = False, create: bool = True, oldest: int = SCHEMA_VERSION
) -> sqlite3.Connection:
    """Open the database, and make it where there is none, unless it is only to be read or kept.

    One of an earlier version is brought up to date; what is only read may be as old as `oldest`.
    Raise StorageError for a file that is none of ours, which is left as it is, and
    StorageUnavailable where it can't be opened now. Transactions begin and end by statements.
    """
    require(sqlite3.sqlite_version_info)
    try:
        if not _size(path) and create and not read_only:
            # Not in the place of a link.
            _create(path.resolve())
        # Raises FileNotFoundError, which SQLite does not.
        path.stat()
        _recognise(path, oldest if read_only else min(MIGRATIONS))
        return _connect(path, "ro") if read_only else _up_to_date(_connect(path, "rw", _SETTINGS))
    except FileNotFoundError as error:
        raise StorageError(f"There is no database {path}: check --store") from error
    except (OSError, sqlite3.OperationalError) as error:
        raise unavailable(path, "opened", error) from error
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error


def require(version: tuple[int, ...]) -> None:
    """Raise StorageError where this is no SQLite that the receiver works with."""
    if version < OLDEST_SQLITE:
        has, needs = (".".join(map(str, one)) for one in (version, OLDEST_SQLITE))
        raise StorageError(
            f"This Python has SQLite {has}, and the receiver needs {needs} or later: "
            "run it with a Python that was built with a newer one"
        )


def unavailable(path: Path, verb: str, error: Exception) -> StorageUnavailable:
    """Return the error that tells what can be done where a file can't be opened or written."""
    code = getattr(error, "sqlite_errorcode", None)
    remedy = _WRITABLE if code is None else _REMEDIES.get(code & _PRIMARY, _WRITABLE)
    return StorageUnavailable(f"{path} can't be {verb} ({error}): {remedy}")


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


def _size(path: Path) -> int:
    """Return how long a file is, 0 where there is none; raise StorageError for what is no file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0
    if not S_ISREG(found.st_mode):
        raise StorageError(f"{path} is no file, and was left as it is: name one with --store")
    return found.st_size


def _create(path: Path) -> None:
    """Make an empty database."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        # SQLite would write the pages of the lost database into the new one.
        raise StorageError(f"{log} is there without its database: move it away, or bring that back")
    try:
        with (
            new_file(path) as file,
            closing(sqlite3.connect(file, isolation_level=None)) as connection,
        ):
            connection.executescript(SCHEMA)
    except FileNotFoundError as error:
        raise StorageError(f"There is no folder {path.parent}: make it first") from error


def _up_to_date(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Bring the tables up to date, all of it or nothing; return the connection."""
    try:
        if _number(connection, "user_version") < SCHEMA_VERSION:
            connection.execute("BEGIN IMMEDIATE")
            # Somebody else may have done it meanwhile.
            for version in range(_number(connection, "user_version"), SCHEMA_VERSION):
                for statement in MIGRATIONS[version].split(";"):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _recognise(path: Path, oldest: int) -> None:
    """Raise StorageError unless the file is ours, and not too old, before anything writes to it.

    By SQLite, never by `open`: closing a file ends all locks that this process has on it, and
    then somebody else may take the database for closed, and delete the log under the writer.
    """
    foreign = (
        f"{path} is no database of this receiver, or damaged, and was left as it is: "
        "name another file with --store, or put a backup in its place"
    )
    try:
        with closing(_connect(path, "ro")) as connection:
            ours = _number(connection, "application_id") == APPLICATION_ID
            version = _number(connection, "user_version")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise StorageError(foreign) from error
    if not ours:
        raise StorageError(foreign)
    if version > SCHEMA_VERSION:
        raise StorageError(f"{path} was made by a later version: use that version of the receiver")
    if version < oldest:
        raise StorageError(f"{path} was made by an earlier version: run the receiver on it once")


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    (number,) = connection.execute(f"PRAGMA {pragma}").fetchone()
    return int(number)


def _connect(path: Path, mode: str, settings: str = "") -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_TIMEOUT,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.executescript(settings)
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection
