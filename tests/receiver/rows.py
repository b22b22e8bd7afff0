"""Rows that nobody reported, put into a database directly."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from receiver.schema import Told, validate, validate_event
from receiver.storage import Event, Row
from receiver.storage.sqlite.writing.database import Database
from receiver.storage.sqlite.writing.statements import put
from tests.receiver.reports import base_report, new_id, stop_event


def told(**changes: Any) -> Told:
    """Return what a small report tells, with the changes."""
    return validate(base_report(**changes)).told


def told_of_event(event: dict[str, Any] | None = None) -> Told:
    """Return what an event tells."""
    return validate_event({"uuid": new_id()} | (event or stop_event())).told


def row(key: bytes, time: int = 0, **more: Any) -> Row:
    """Return a small report to keep."""
    return Row(key=key, time=time, **{"told": told(), **more})


def event(key: bytes, time: int = 0, **more: Any) -> Event:
    """Return an event to keep."""
    return Event(key=key, time=time, **{"told": told_of_event(), **more})


def keep_all(database: Path, records: Iterable[Row | Event]) -> None:
    """Put records into a database, all at once."""
    with closing(Database.open(database, create=True)) as opened, opened.transaction() as ledger:
        put(ledger, [*records])


def keep(database: Path, keys: list[bytes]) -> None:
    """Put an installation and an event there for each key."""
    keep_all(database, (make(key) for key in keys for make in (row, event)))
