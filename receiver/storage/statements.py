"""What the writer does to the database, as plain functions of a connection."""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

MAX_NAMES: Final = 1000
# Of one installation; the oldest make room. A start and a stop that differ each day fill a month.
MAX_EVENTS: Final = 50
# Reports wait as long as this takes: some milliseconds.
EXPIRE_AT_ONCE: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A report to keep: `time` in seconds since 1970, `dropped` the unknown names that it had."""

    key: bytes
    time: int
    country: str | None
    region: str | None
    report: bytes
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """An event to keep: `time` in seconds since 1970, `dropped` the unknown names that it had."""

    key: bytes
    time: int
    event: bytes
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
# A client that got no answer sends the same once more.
_PUT_EVENTS: Final = """
INSERT INTO event (key, digest, time, event)
SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3
FROM json_each(?) WHERE true
ON CONFLICT (key, digest) DO UPDATE SET time = max(time, excluded.time)
"""
_MAKE_ROOM: Final = """
DELETE FROM event WHERE (key, digest) IN (
    SELECT key, digest FROM (
        SELECT key, digest, row_number() OVER (
            PARTITION BY key ORDER BY time DESC, digest
        ) AS place
        FROM event WHERE key IN (SELECT unhex(value) FROM json_each(?))
    ) WHERE place > ?
)
"""
_MAKE_SURE: Final = """
INSERT INTO installation (key, first_seen, last_seen, report) VALUES (?, 0, 0, '')
ON CONFLICT DO NOTHING
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
_EXPIRE_EVENTS: Final = """
DELETE FROM event WHERE (key, digest) IN (
    SELECT key, digest FROM event WHERE time < ? ORDER BY time LIMIT ?
)
"""
_PUBLISH: Final = "INSERT OR REPLACE INTO published (id, time, figures) VALUES (1, ?, ?)"
_HISTORY: Final = "INSERT OR REPLACE INTO history (day, figures) VALUES (?, ?)"


def put(connection: sqlite3.Connection, rows: Sequence[Row | Event]) -> None:
    """Keep reports, each instead of the one before, and events, each beside the ones before."""
    _put_reports(connection, [row for row in rows if isinstance(row, Row)])
    _put_events(connection, [row for row in rows if isinstance(row, Event)])
    dropped = Counter(name for row in rows for name in row.dropped)
    for name, count in dropped.items():
        if not connection.execute(_COUNT_NAME, (count, name)).rowcount:
            connection.execute(_ADD_NAME, (count, name, MAX_NAMES))


def _put_reports(connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
    """Keep reports; the last of the same installation counts."""
    if rows:
        values = [
            (row.key.hex(), row.time, row.country, row.region, row.report.decode()) for row in rows
        ]
        connection.execute(_PUT, (_json(values),))


def _put_events(connection: sqlite3.Connection, events: Sequence[Event]) -> None:
    """Keep events, the same of one installation once; where there are many, drop the oldest."""
    if events:
        values = [
            (one.key.hex(), _digest(one.event), one.time, one.event.decode()) for one in events
        ]
        connection.execute(_PUT_EVENTS, (_json(values),))
        keys = sorted({one.key.hex() for one in events})
        connection.execute(_MAKE_ROOM, (_json(keys), MAX_EVENTS))


def _digest(event: bytes) -> str:
    return hashlib.sha256(event).hexdigest()[:32]


def _json(values: object) -> str:
    return orjson.dumps(values).decode()


def delete(connection: sqlite3.Connection, key: bytes) -> int:
    """Delete an installation and its events; return how many rows.

    At least one is written and deleted, so that no wait tells whether there were any.
    """
    connection.execute(_MAKE_SURE, (key,))
    events = connection.execute("DELETE FROM event WHERE key = ?", (key,)).rowcount
    return events + connection.execute("DELETE FROM installation WHERE key = ?", (key,)).rowcount


def expire(connection: sqlite3.Connection, before: int) -> int:
    """Delete installations last seen before then, EXPIRE_AT_ONCE at most; return how many."""
    return connection.execute(_EXPIRE, (before, EXPIRE_AT_ONCE)).rowcount


def expire_events(connection: sqlite3.Connection, before: int) -> int:
    """Delete events of before then, EXPIRE_AT_ONCE at most; return how many."""
    return connection.execute(_EXPIRE_EVENTS, (before, EXPIRE_AT_ONCE)).rowcount


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
