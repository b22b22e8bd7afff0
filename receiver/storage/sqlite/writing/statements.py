"""What the writer does to the database, as plain functions of a transaction."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import batched
from secrets import token_bytes
from typing import Final

from ...layout import Stored, is_sound, moment, packed, words
from ...rows import Event, Row
from ...writing import Values, changes, is_refused, values_of
from ...writing import changed as changed_row
from ..binding import AT_ONCE, execute, marks
from .ledger import Ledger

MAX_NAMES: Final = 1000
# Reports wait as long as this takes: some milliseconds.
EXPIRE_AT_ONCE: Final = 50
# Most of these are only looked at.
READ_AT_ONCE: Final = 100

# One row with many columns: each row would be a step of its own, see binding.py.
_GET_EACH: Final = ", ".join(["(SELECT row FROM installation WHERE key = ?)"] * AT_ONCE)
_GET: Final = f"SELECT {_GET_EACH}"
_PUT: Final = """
INSERT INTO installation (key, due, latest, doubted, row) VALUES {rows}
ON CONFLICT (key) DO UPDATE SET
    due = excluded.due, latest = excluded.latest, doubted = excluded.doubted, row = excluded.row
"""
_DELETE: Final = "DELETE FROM installation WHERE key IN {keys}"
_MAKE_SURE: Final = """
INSERT INTO installation (key, due, latest, doubted, row) VALUES (?, 0, 0, 0, x'')
ON CONFLICT DO NOTHING
"""
_COUNT_NAME: Final = "UPDATE dropped_key SET count = count + ? WHERE name = ?"
_ADD_NAME: Final = """
INSERT INTO dropped_key (count, name)
SELECT ?, ? WHERE (SELECT count(*) FROM dropped_key) < ?
"""
_DUE: Final = "SELECT key, row FROM installation WHERE due < ? ORDER BY due LIMIT ?"
_TO_REDATE: Final = """
SELECT key, row FROM installation WHERE key IN (
    SELECT key FROM installation WHERE doubted
    UNION ALL SELECT key FROM installation WHERE latest > ?
    LIMIT ?
)
"""
_AFTER: Final = "SELECT key, row FROM installation WHERE key > ? ORDER BY key LIMIT ?"
_REDATE_PUBLISHED: Final = "UPDATE published SET time = ? WHERE time > ?"
_PUBLISH: Final = "INSERT OR REPLACE INTO published (id, time, figures) VALUES (1, ?, ?)"
_HISTORY: Final = "INSERT OR REPLACE INTO history (day, figures) VALUES (?, ?)"

# None where there is to be no row.
type Changed = dict[bytes, Values | None]


def put(ledger: Ledger, records: Sequence[Row | Event]) -> list[bool]:
    """Keep reports, each instead of the one before, and events, each beside the ones before.

    Nothing is written where a report tells what is there, nor is what was dropped of it counted.
    Tell of each whether it is kept: no name is of what has to be known and is not.
    """
    connection, dictionary, _ = ledger
    rows = _rows(ledger, list(dict.fromkeys(one.key for one in records)))
    changed: Changed = {}
    dropped: Counter[str] = Counter()
    kept: list[bool] = []
    for record in records:
        key = record.key
        kept.append(not is_refused(rows[key], record))
        if not kept[-1]:
            continue
        codes = packed(dictionary.encode(record.told))
        if values := changed_row(rows[key], record, codes, dictionary.name_of):
            changed[key], rows[key] = values, values[-1]
            dropped.update(record.dropped)
    # Before the rows: also in the database no code is ever without its name.
    dictionary.write(connection)
    write(connection, changed)
    count_dropped(connection, dropped)
    return kept


def count_dropped(connection: sqlite3.Connection, dropped: Mapping[str, int]) -> None:
    """Count names of keys that were left out."""
    for name, count in dropped.items():
        if not connection.execute(_COUNT_NAME, (count, name)).rowcount:
            connection.execute(_ADD_NAME, (count, name, MAX_NAMES))


def _rows(ledger: Ledger, keys: Sequence[bytes]) -> dict[bytes, bytes | None]:
    """Return what is kept under each key, None where that is nothing."""
    rows: dict[bytes, bytes | None] = {}
    for part in batched(keys, AT_ONCE, strict=False):
        # One statement for all numbers of keys: no row is under NULL.
        padded = (*part, *[None] * (AT_ONCE - len(part)))
        found = ledger.connection.execute(_GET, padded).fetchone()
        rows.update(zip(part, found, strict=False))
    return rows


def write(connection: sqlite3.Connection, changed: Mapping[bytes, Values | None]) -> None:
    """Write rows, and delete those that are to be none."""
    put_rows = [(key, *values) for key, values in changed.items() if values]
    for rows in batched(put_rows, AT_ONCE, strict=False):
        execute(connection, _PUT, rows)
    gone = [key for key, values in changed.items() if not values]
    for keys in batched(gone, AT_ONCE, strict=False):
        connection.execute(_DELETE.format(keys=marks(keys)), keys)


def delete(ledger: Ledger, key: bytes) -> int:
    """Delete an installation and its events; return how many rows.

    At least one is written and deleted, so that no wait tells whether there were any.
    """
    connection = ledger.connection
    connection.execute(_MAKE_SURE, (key,))
    return connection.execute(_DELETE.format(keys=marks((key,))), (key,)).rowcount


def rehearse(connection: sqlite3.Connection) -> None:
    """Keep a row in a transaction, and take it back; raise sqlite3.Error."""
    # No installation's, and never the same: two receivers may try at once.
    key = token_bytes(16)
    connection.execute("BEGIN IMMEDIATE")
    write(connection, {key: (0, 0, False, changes.new_row(b"", 0, doubted=False))})
    write(connection, {key: None})
    connection.execute("COMMIT")


def expire(ledger: Ledger, before: int) -> tuple[int, int]:
    """Delete what is of before then, in EXPIRE_AT_ONCE rows at most.

    Return in how many it was, and of how many the report went.
    """
    connection = ledger.connection
    # No row has a later time than that, whatever the clock says.
    before = moment(before)
    found = list(_unpacked(connection, _DUE, before))
    gone = sum([changes.expire(stored, before) for _, stored in found])
    write(connection, {key: None if one.empty else values_of(one) for key, one in found})
    return len(found), gone


def redate(ledger: Ledger, now: int, to_come: int) -> int:
    """Let be of now what came in doubt or is to come, in EXPIRE_AT_ONCE rows at most."""
    connection = ledger.connection
    found = list(_unpacked(connection, _TO_REDATE, to_come))
    for _, stored in found:
        changes.redate(stored, now, to_come)
    write(connection, {key: None if one.empty else values_of(one) for key, one in found})
    return len(found)


def _unpacked(
    connection: sqlite3.Connection, query: str, time: int
) -> Iterator[tuple[bytes, Stored]]:
    """Yield some of the rows that a query finds, what can't be read as if it were empty."""
    for key, row in connection.execute(query, (time, EXPIRE_AT_ONCE)).fetchall():
        yield key, Stored.unpack(row) if is_sound(row) else Stored()


def rows_after(connection: sqlite3.Connection, key: bytes) -> list[tuple[bytes, bytes]]:
    """Return the next READ_AT_ONCE keys and rows after a key."""
    return connection.execute(_AFTER, (key, READ_AT_ONCE)).fetchall()


def leave_out(
    connection: sqlite3.Connection, rows: Iterable[tuple[bytes, bytes]], codes: Set[int]
) -> None:
    """Leave codes out of those of some rows that have any."""
    # A row may also have such a number that is no code, a time for instance.
    found = {
        key: Stored.unpack(row)
        for key, row in rows
        if is_sound(row) and not codes.isdisjoint(words(row))
    }
    for stored in found.values():
        changes.leave_out(stored, codes)
    write(connection, {key: values_of(stored) for key, stored in found.items()})


def redate_published(ledger: Ledger, now: int, to_come: int) -> int:
    """Let figures be of now that are to come."""
    return ledger.connection.execute(_REDATE_PUBLISHED, (now, to_come)).rowcount


def publish(ledger: Ledger, time: int, figures: bytes) -> None:
    """Keep what was published."""
    ledger.connection.execute(_PUBLISH, (time, figures.decode()))


def save_day(ledger: Ledger, day: str, told: bytes, obsolete: Iterable[str]) -> int:
    """Keep what a day has of what was published, and drop other days; return how many."""
    connection = ledger.connection
    connection.execute(_HISTORY, (day, told.decode()))
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
