"""What the writer does to the database, as plain functions of a connection."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

MAX_NAMES: Final = 1000
EXPIRE_AT_ONCE: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A report to keep: `time` in seconds since 1970, `dropped` the unknown names that it had."""

    key: bytes
    time: int
    country: str | None
    region: str | None
    report: bytes
    dropped: tuple[str, ...] = ()


# All rows in one statement, as JSON: Python's module gives the interpreter lock away and takes it
# back at every step, and with a busy event loop beside it each of these can take milliseconds.
_PUT: Final = """
INSERT INTO installation (key, first_seen, last_seen, country, region, report)
SELECT unhex(value ->> 0), value ->> 1, value ->> 1, value ->> 2, value ->> 3, value ->> 4
FROM json_each(?) WHERE true
ON CONFLICT (key) DO UPDATE SET
    last_seen = excluded.last_seen,
    country = excluded.country, region = excluded.region, report = excluded.report
"""
_COUNT_NAME: Final = "UPDATE dropped_key SET count = count + ? WHERE name = ?"
_ADD_NAME: Final = """
INSERT INTO dropped_key (count, name)
SELECT ?, ? WHERE (SELECT count(*) FROM dropped_key) < ?
"""
_EXPIRE: Final = """
DELETE FROM installation WHERE key IN (
    SELECT key FROM installation WHERE last_seen < ? ORDER BY last_seen LIMIT ?
)
"""
_PUBLISH: Final = "INSERT OR REPLACE INTO published (id, time, figures) VALUES (1, ?, ?)"
_HISTORY: Final = "INSERT OR REPLACE INTO history (day, figures) VALUES (?, ?)"


def put(connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
    """Keep reports, each instead of the one before; the last of the same installation counts."""
    values = [
        (row.key.hex(), row.time, row.country, row.region, row.report.decode()) for row in rows
    ]
    connection.execute(_PUT, (orjson.dumps(values).decode(),))
    dropped = Counter(name for row in rows for name in row.dropped)
    for name, count in dropped.items():
        if not connection.execute(_COUNT_NAME, (count, name)).rowcount:
            connection.execute(_ADD_NAME, (count, name, MAX_NAMES))


def delete(connection: sqlite3.Connection, key: bytes) -> int:
    """Delete an installation."""
    return connection.execute("DELETE FROM installation WHERE key = ?", (key,)).rowcount


def expire(connection: sqlite3.Connection, before: int) -> int:
    """Delete some of the installations last seen before then; return how many, 0 at the end."""
    return connection.execute(_EXPIRE, (before, EXPIRE_AT_ONCE)).rowcount


def save_published(
    connection: sqlite3.Connection, time: int, day: str, figures: bytes, obsolete: Iterable[str]
) -> int:
    """Keep what was published, also as this day's history, and drop days of it."""
    connection.execute(_PUBLISH, (time, figures.decode()))
    connection.execute(_HISTORY, (day, figures.decode()))
    days = [(day,) for day in obsolete]
    return connection.executemany("DELETE FROM history WHERE day = ?", days).rowcount


def truncate_log(connection: sqlite3.Connection) -> bool:
    """Empty the write-ahead log, where deleted rows still are, unless it is being read."""
    (timeout,) = connection.execute("PRAGMA busy_timeout").fetchone()
    # Not waiting for the reader: reports wait behind this.
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        (busy, _pages, _done) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {timeout:d}")
    return not busy
