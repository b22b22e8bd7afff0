"""Rows that nobody reported, put into a database directly."""

from contextlib import closing
from pathlib import Path

from receiver.storage.sqlite import open_database
from tests.receiver.fleets import life, member
from tests.receiver.reports import base_report


def keep(database: Path, keys: list[bytes]) -> None:
    """Put an installation and an event there for each key."""
    report, _, _ = member(base_report())
    ((_, event), *_) = life({"event": "start", "version": "2026.10.4"})
    with closing(open_database(database)) as connection:
        connection.executemany(
            "INSERT INTO installation (key, first_seen, last_seen, report) VALUES (?, 0, 0, ?)",
            [(key, report.decode()) for key in keys],
        )
        connection.executemany(
            "INSERT INTO event (key, digest, time, event) VALUES (?, ?, 0, ?)",
            [(key, key, event.decode()) for key in keys],
        )
