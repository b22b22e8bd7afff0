"""Bring what an earlier version kept into rows, a part at a time, while reports are taken.

Each installation is in the old tables or in the new one, never in both: who is about to change
what is kept of it moves it first, in the same transaction. So a kill at any point costs nothing.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any, Final

import orjson

from ....schema import ReportError, Taken, Told, validate, validate_event, words
from ...layout import Moment, Stored, moment
from ...writing import changes, cut_failures, values_of
from ..binding import AT_ONCE, marks
from .ledger import Ledger
from .statements import count_dropped, write

# Reports wait as long as this takes.
MOVE_AT_ONCE: Final = 20

# Bytes: a text that is damaged must not end the reading.
_REPORTS: Final = """
SELECT key, first_seen, last_seen, first_doubted, last_doubted,
    CAST(country AS BLOB), CAST(region AS BLOB), CAST(report AS BLOB)
FROM old_installation WHERE key IN {keys}
"""
# In the order in which they were counted.
_EVENTS: Final = """
SELECT key, time, doubted, CAST(event AS BLOB)
FROM old_event WHERE key IN {keys} ORDER BY key, time DESC, event DESC
"""
_DELETE: Final = "DELETE FROM old_{table} WHERE key IN {keys}"
_TABLES: Final = ("installation", "event")
_NEXT: Final = """
SELECT key FROM (SELECT key FROM old_installation ORDER BY key LIMIT :most)
UNION SELECT key FROM (SELECT DISTINCT key FROM old_event ORDER BY key LIMIT :most)
ORDER BY key LIMIT :most
"""
_COUNT: Final = """
SELECT (SELECT count(*) FROM old_installation), (SELECT count(*) FROM old_event)
"""
_NOTE: Final = "UPDATE old_moved SET moved = moved + ?, dropped = dropped + ?"
_END: Final = ("DROP TABLE old_installation", "DROP TABLE old_event", "DROP TABLE old_moved")
_FREE: Final = "SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size"
# Of a report without an id, which has to have one.
_NOBODY: Final = "0" * 32

type _Check = Callable[[Any], Taken]


@dataclass(slots=True)
class Upgrade:
    """The way from the first part to the end of it, and what it was about."""

    reports: int = 0
    events: int = 0
    """How many there were at the beginning."""
    moved: int = 0
    dropped: int = 0
    """What became of all, also before a restart."""
    free: int = 0
    """Bytes of the file that nothing is in any more."""
    begun: bool = False
    ended: bool = False

    def begin(self, ledger: Ledger) -> int:
        """Look how much is left."""
        if ledger.old.left:
            self.reports, self.events = ledger.connection.execute(_COUNT).fetchone()
        self.begun = True
        return 0

    def part(self, ledger: Ledger) -> int:
        """Move a part of it; return how many installations that were, none at the end."""
        if not ledger.old.left:
            return 0
        most = {"most": MOVE_AT_ONCE}
        keys = [key for (key,) in ledger.connection.execute(_NEXT, most).fetchall()]
        if keys:
            move(ledger, keys)
        else:
            self._end(ledger)
        return len(keys)

    def _end(self, ledger: Ledger) -> None:
        connection = ledger.connection
        (self.moved, self.dropped) = connection.execute(
            "SELECT moved, dropped FROM old_moved"
        ).fetchone()
        for statement in _END:
            connection.execute(statement)
        (self.free,) = connection.execute(_FREE).fetchone()
        ledger.old.left, self.ended = False, True


@dataclass(slots=True)
class _Moved:
    """What becomes of what is old."""

    rows: dict[bytes, Stored] = field(default_factory=dict)
    kept: int = 0
    gone: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    """Why, by the names of fields."""

    def told(self, check: _Check, text: bytes) -> Told | None:
        """Return what a report or an event tells, None where it can't be taken any more."""
        try:
            taken = check(_object(text) | {"uuid": _NOBODY})
        except ReportError as error:
            self.gone += 1
            self.dropped[error.field.partition(".")[0] or words.OTHER] += 1
            return None
        self.kept += 1
        self.dropped.update(taken.dropped)
        return taken.told


def move(ledger: Ledger, keys: Sequence[bytes]) -> None:
    """Move what is old of installations into rows, before anybody else changes these."""
    if not ledger.old.left:
        return
    moved = _Moved()
    for some in batched(keys, AT_ONCE, strict=False):
        _read(ledger, some, moved)
    if not moved.kept and not moved.gone:
        return
    connection = ledger.connection
    ledger.dictionary.write(connection)
    write(connection, {key: values_of(stored) for key, stored in moved.rows.items()})
    count_dropped(connection, moved.dropped)
    connection.execute(_NOTE, (moved.kept, moved.gone))


def delete(ledger: Ledger, key: bytes) -> int:
    """Delete what is old of an installation; return how many rows."""
    return _delete(ledger.connection, (key,)) if ledger.old.left else 0


def _read(ledger: Ledger, keys: Sequence[bytes], moved: _Moved) -> None:
    """Take what is old of some installations out of its tables."""
    connection, dictionary, _ = ledger
    which = marks(keys)
    for key, first, last, first_doubted, last_doubted, country, region, text in connection.execute(
        _REPORTS.format(keys=which), keys
    ).fetchall():
        if told := moved.told(validate, text):
            moved.rows[key] = Stored(
                report=dictionary.encode(told.at(_place(country), _place(region)), few=False),
                first_seen=moment(first),
                last_seen=moment(last),
                first_doubted=bool(first_doubted),
                last_doubted=bool(last_doubted),
            )
    lives: set[bytes] = set()
    for key, time, doubted, text in connection.execute(_EVENTS.format(keys=which), keys).fetchall():
        if told := moved.told(validate_event, text):
            stored = moved.rows.setdefault(key, Stored())
            codes = dictionary.encode(told, few=False)
            # Of those that tell the same of what is counted the latest is kept.
            if all(one.codes != codes for one in stored.events):
                stored.events.append(Moment(moment(time), bool(doubted), codes))
            lives.add(key)
    for key in lives:
        events = moved.rows[key].events
        del events[changes.MAX_EVENTS :]
        cut_failures(moved.rows[key], dictionary.name_of)
    _delete(connection, keys)


def _delete(connection: sqlite3.Connection, keys: Sequence[bytes]) -> int:
    statements = [_DELETE.format(table=table, keys=marks(keys)) for table in _TABLES]
    return sum(connection.execute(statement, keys).rowcount for statement in statements)


def _place(text: bytes | None) -> str | None:
    """Return a country or a region; one that is damaged is unknown."""
    try:
        return None if text is None else text.decode()
    except UnicodeDecodeError:
        return None


def _object(text: bytes) -> dict[str, Any]:
    """Return the object that a text is, empty where it is none."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
