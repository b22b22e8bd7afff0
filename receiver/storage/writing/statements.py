"""What the writer does to the database, as plain functions of a connection."""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import batched, chain
from secrets import token_bytes
from typing import Any, Final

from ...clock import CORRECTED
from ..rows import Event, Row

MAX_NAMES: Final = 1000
# Of one installation; the oldest make room. A start and a stop that differ each day fill a month.
MAX_EVENTS: Final = 50
# Reports wait as long as this takes: some milliseconds.
EXPIRE_AT_ONCE: Final = 50
# So many rows are put by one statement; SQLite keeps one prepared for each number of rows.
AT_ONCE: Final = 64


# Many rows in one statement: Python's module gives the interpreter lock away and takes it back at
# every step, and with a busy event loop beside it each of these can take milliseconds.
_PUT: Final = """
INSERT INTO installation
    (key, first_seen, last_seen, country, region, report, first_doubted, last_doubted)
VALUES {rows}
ON CONFLICT (key) DO UPDATE SET
    first_seen = CASE
        WHEN first_doubted > excluded.first_doubted THEN excluded.first_seen
        -- a clock that was a bit ahead when it came must not keep it from being counted until then
        ELSE min(first_seen, excluded.first_seen)
    END,
    first_doubted = min(first_doubted, excluded.first_doubted),
    last_seen = excluded.last_seen, last_doubted = excluded.last_doubted,
    country = excluded.country, region = excluded.region, report = excluded.report
"""
# A client that got no answer sends the same once more.
_PUT_EVENTS: Final = """
INSERT INTO event (key, digest, time, event, doubted)
VALUES {rows}
ON CONFLICT (key, digest) DO UPDATE SET
    time = max(time, excluded.time), doubted = excluded.doubted
"""
_MAKE_ROOM: Final = """
DELETE FROM event WHERE (key, digest) IN (
    SELECT key, digest FROM (
        SELECT key, digest, row_number() OVER (
            PARTITION BY key ORDER BY time DESC, digest
        ) AS place
        FROM event WHERE key IN {keys}
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
_REDATE: Final = """
UPDATE installation SET
    first_seen = CASE WHEN first_doubted THEN :now ELSE min(first_seen, :now) END,
    last_seen = :now, first_doubted = 0, last_doubted = 0
WHERE key IN (
    SELECT key FROM installation WHERE last_doubted
    UNION ALL SELECT key FROM installation WHERE last_seen > :to_come
    LIMIT :most
)
"""
# A second apart: the order in which they came is that of their times.
_REDATE_EVENTS: Final = """
UPDATE event SET time = ? - place, doubted = 0
FROM (
    SELECT key AS whose, digest AS which,
        row_number() OVER (PARTITION BY key ORDER BY time DESC, digest) - 1 AS place
    FROM event WHERE key IN {keys} AND (doubted OR time > ?)
)
WHERE key = whose AND digest = which
"""
_KEYS_TO_REDATE: Final = """(
    SELECT key FROM event WHERE doubted UNION ALL SELECT key FROM event WHERE time > ? LIMIT ?
)"""
_REDATE_PUBLISHED: Final = "UPDATE published SET time = ? WHERE time > ?"
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


def _put_reports(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Keep reports; the last of the same installation counts."""
    for part in batched(rows, AT_ONCE, strict=False):
        values = [
            (
                *(row.key, row.time, row.time, row.country, row.region, row.report.decode()),
                *(row.doubted, row.doubted),
            )
            for row in part
        ]
        _execute(connection, _PUT, values)


def _put_events(connection: sqlite3.Connection, events: Iterable[Event]) -> None:
    """Keep events, the same of one installation once; where there are many, drop the oldest."""
    for part in batched(events, AT_ONCE, strict=False):
        values = [
            (one.key, _digest(one.event), one.time, one.event.decode(), one.doubted) for one in part
        ]
        _execute(connection, _PUT_EVENTS, values)
        _settle_events(connection, [one for one in part if not one.doubted])
        keys = sorted({one.key for one in part})
        connection.execute(_MAKE_ROOM.format(keys=_marks(keys)), (*keys, MAX_EVENTS))


def _settle_events(connection: sqlite3.Connection, sure: Sequence[Event]) -> None:
    """Date anew what came before these, so that these are later."""
    if sure:
        keys = sorted({one.key for one in sure})
        statement = _REDATE_EVENTS.format(keys=_marks(keys))
        now = min(one.time for one in sure)
        connection.execute(statement, (now - 1, *keys, now + CORRECTED))


def _execute(connection: sqlite3.Connection, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Do it for all rows at once."""
    marks = ", ".join(map(_marks, rows))
    connection.execute(statement.format(rows=marks), [*chain.from_iterable(rows)])


def _marks(values: Sequence[Any]) -> str:
    """Return the place of some values in a statement, which never has them itself."""
    return f"({', '.join('?' * len(values))})"


def _digest(event: bytes) -> bytes:
    return hashlib.sha256(event).digest()[:16]


def delete(connection: sqlite3.Connection, key: bytes) -> int:
    """Delete an installation and its events; return how many rows.

    At least one is written and deleted, so that no wait tells whether there were any.
    """
    connection.execute(_MAKE_SURE, (key,))
    events = connection.execute("DELETE FROM event WHERE key = ?", (key,)).rowcount
    return events + connection.execute("DELETE FROM installation WHERE key = ?", (key,)).rowcount


def rehearse(connection: sqlite3.Connection) -> None:
    """Keep a report and an event in a transaction, and take both back; raise sqlite3.Error."""
    # No installation's, and never the same: two receivers may try at once.
    key = token_bytes(16)
    connection.execute("BEGIN IMMEDIATE")
    put(
        connection,
        [
            Row(key=key, time=0, country=None, region=None, report=b"{}"),
            Event(key=key, time=0, event=b"{}"),
        ],
    )
    delete(connection, key)
    connection.execute("COMMIT")


def expire(connection: sqlite3.Connection, before: int) -> int:
    """Delete installations last seen before then, EXPIRE_AT_ONCE at most; return how many."""
    return connection.execute(_EXPIRE, (before, EXPIRE_AT_ONCE)).rowcount


def expire_events(connection: sqlite3.Connection, before: int) -> int:
    """Delete events of before then, EXPIRE_AT_ONCE at most; return how many."""
    return connection.execute(_EXPIRE_EVENTS, (before, EXPIRE_AT_ONCE)).rowcount


def redate(connection: sqlite3.Connection, now: int, to_come: int) -> int:
    """Let installations be seen now that were in doubt or are to come, a part of them."""
    values = {"now": now, "to_come": to_come, "most": EXPIRE_AT_ONCE}
    return connection.execute(_REDATE, values).rowcount


def redate_events(connection: sqlite3.Connection, now: int, to_come: int) -> int:
    """Let events have come now that came in doubt or are to come, all of some installations."""
    statement = _REDATE_EVENTS.format(keys=_KEYS_TO_REDATE)
    return connection.execute(statement, (now, to_come, EXPIRE_AT_ONCE, to_come)).rowcount


def redate_published(connection: sqlite3.Connection, now: int, to_come: int) -> int:
    """Let figures be of now that are to come."""
    return connection.execute(_REDATE_PUBLISHED, (now, to_come)).rowcount


def save_published(
    connection: sqlite3.Connection, time: int, day: str, figures: bytes, obsolete: Iterable[str]
) -> int:
    """Keep what was published, also as a day's history, and drop days of it."""
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
