"""Read what a receiver's database keeps of installations, with names in the place of codes."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from receiver.schema import STATISTICS, validate
from receiver.schema.snapshots import taken
from receiver.storage import Stored, layout, read_name

_ROWS = "SELECT key, row FROM installation WHERE key = :key OR :key IS NULL ORDER BY key"

# Names by table, and numbers by statistic.
type Tells = dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeptRow:
    """An installation: the row, and what its report and its events tell, the latest first."""

    key: bytes
    stored: Stored
    report: Tells
    events: list[Tells]


def kept_rows(database: Path, key: bytes | None = None) -> Iterator[KeptRow]:
    """Yield all installations, or the one of a key if it is there; the receiver may be writing."""
    with closing(
        sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)
    ) as connection:
        rows = connection.execute(_ROWS, {"key": key}).fetchall()
        found = connection.execute("SELECT code, kind, name FROM name WHERE name NOTNULL")
        names = {code: (kind, read_name(text)) for code, kind, text in found}
    yield from decoded(rows, names)


def decoded(
    rows: Iterable[tuple[bytes, bytes]], names: Mapping[int, tuple[str, Any]]
) -> Iterator[KeptRow]:
    """Yield installations, with names in the place of codes."""
    for key, row in rows:
        stored = Stored.unpack(row)
        events = [_tells(event.codes, names) for event in stored.events]
        yield KeptRow(key, stored, _tells(stored.report, names), events)


def told_by(report: Mapping[str, Any]) -> Tells:
    """Return what is kept of a report or its like in the log, whose id may be shortened."""
    told = validate({**report, "uuid": "0" * 32}).told
    names = {table: sorted(names, key=repr) for table, names in told.names.items()}
    return {**names, **told.numbers}


def told_by_snapshot(payload: Mapping[str, Any]) -> Tells:
    """Return what is kept of a snapshot of devices."""
    told = taken(payload).told
    return {table: sorted(names, key=repr) for table, names in told.names.items()}


def _tells(words: Any, names: Mapping[int, tuple[str, Any]]) -> Tells:
    tells: Tells = {}
    for word in words:
        if word & layout.NUMBER:
            place, value = layout.number_of(word)
            tells[STATISTICS[place]] = value
        elif word in names:
            table, name = names[word]
            tells.setdefault(table, []).append(name)
    return {
        key: sorted(told, key=repr) if isinstance(told, list) else told
        for key, told in tells.items()
    }
