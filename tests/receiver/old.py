"""Databases as earlier versions of the receiver made them: reports and events as JSON."""

import hashlib
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from receiver.intake.ids import key_of
from receiver.storage import Event, Row
from receiver.storage.sqlite.tables import APPLICATION_ID
from scripts.kept_rows import kept_rows
from tests.receiver.counted import Life, Member
from tests.receiver.fleets import life, member
from tests.receiver.reports import start_event, valid_report, without
from tests.receiver.rows import keep_all, told_of_event
from tests.receiver.rows import told as told_of_report

DAY = 24 * 3600
# What each version made besides what the one before has.
VERSIONS = (
    """
PRAGMA page_size = 8192;
PRAGMA secure_delete = ON;
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
""",
    """
CREATE TABLE event (
    key BLOB NOT NULL,
    digest BLOB NOT NULL,
    time INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (key, digest)
) WITHOUT ROWID;
CREATE INDEX event_time ON event (time);
""",
    """
ALTER TABLE installation ADD COLUMN first_doubted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE installation ADD COLUMN last_doubted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN doubted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX installation_doubted ON installation (last_doubted) WHERE last_doubted;
CREATE INDEX event_doubted ON event (doubted) WHERE doubted;
""",
)

# That has the same tables as today's, and only reports and events in them.
WITH_ROWS = 4


@dataclass(frozen=True, kw_only=True)
class OldReport:
    """A row of the table of reports."""

    key: bytes
    report: str | bytes
    first_seen: int
    last_seen: int
    country: str | None = None
    region: str | None = None
    first_doubted: int = 0
    last_doubted: int = 0


@dataclass(frozen=True, kw_only=True)
class OldEvent:
    """A row of the table of events."""

    key: bytes
    event: str | bytes
    time: int
    doubted: int = 0

    @property
    def digest(self) -> bytes:
        """Return what keeps the same event from being there twice."""
        text = self.event if isinstance(self.event, bytes) else self.event.encode()
        return hashlib.sha256(text).digest()[:16]


def make(
    path: Path,
    reports: Iterable[OldReport] = (),
    events: Iterable[OldEvent] = (),
    *,
    version: int = 3,
) -> None:
    """Make a database as a version of the receiver did, which knows no later columns."""
    with closing(sqlite3.connect(path)) as connection:
        for script in VERSIONS[:version]:
            connection.executescript(script)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {version}")
        for report in reports:
            _insert(connection, "installation", asdict(report))
        for event in events:
            _insert(connection, "event", {**asdict(event), "digest": event.digest})
        connection.commit()


def make_rows(path: Path, records: Iterable[Row | Event]) -> None:
    """Make a database as the version did that was the first to keep rows."""
    keep_all(path, records)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {WITH_ROWS}")


def _insert(connection: sqlite3.Connection, table: str, values: dict[str, Any]) -> None:
    (*known,) = (one[1] for one in connection.execute(f"PRAGMA table_info({table})"))
    columns = [name for name in values if name in known]
    connection.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
        [values[name] for name in columns],
    )


def old_report(key: bytes, one: Member, first_seen: int, last_seen: int) -> OldReport:
    """Return the row of an installation."""
    body, country, region = one
    return OldReport(
        key=key,
        report=body.decode(),
        first_seen=first_seen,
        last_seen=last_seen,
        country=country,
        region=region,
    )


def old_events(key: bytes, lived: Life, since: int) -> list[OldEvent]:
    """Return the rows of the events of an installation, each event once, with its last time."""
    latest = {event: since + time for time, event in sorted(lived)}
    return [OldEvent(key=key, event=event.decode(), time=at) for event, at in latest.items()]


def id_of(number: int) -> str:
    """Return the id of an installation of a fleet."""
    return f"{number:032x}"


@dataclass(frozen=True)
class Fleet:
    """Many installations: some that reported only, some with events only, most with both."""

    reports: list[OldReport]
    events: list[OldEvent]

    def make(self, path: Path, version: int = 3) -> None:
        """Make the database that an earlier version had of them."""
        make(path, self.reports, self.events, version=version)

    def post(self, path: Path) -> None:
        """Make a database of today's version that was told the same at the same times."""
        records: list[Row | Event] = []
        for one in self.reports:
            told = told_of_report(**orjson.loads(one.report)).at(one.country, one.region)
            records += [
                Row(key=one.key, time=at, told=told) for at in (one.first_seen, one.last_seen)
            ]
        for event in sorted(self.events, key=lambda one: one.time):
            told = told_of_event(orjson.loads(event.event))
            records.append(Event(key=event.key, time=event.time, told=told))
        keep_all(path, records)


def fleet(many: int) -> Fleet:
    """Return so many installations that differ."""
    now = int(time.time())
    places = ((None, None), ("DE", None), ("US", "CA"))
    reports, events = [], []
    for number in range(many):
        key, since = key_of(id_of(number)), now - (number % 50 + 1) * DAY
        if number % 5:
            report = valid_report(
                version=f"2026.{number % 12 + 1}.{number % 3}",
                integrations=[f"integration_{number % kind}" for kind in (3, 17, 201)],
                state_count=number,
            )
            one = member(without(report, "uuid"), *places[number % 3])
            reports.append(old_report(key, one, since, since + number % 2 * DAY))
        if number % 3 != 1:
            starts = [
                start_event(start_duration=number % 40 + step, version=f"2026.{step + 1}.0")
                for step in range(number % 4)
            ]
            events += old_events(key, life(*(without(one, "uuid") for one in starts)), since)
    return Fleet(reports, events)


def told_of(path: Path) -> dict[bytes, Any]:
    """Return what a database has of each installation, by name, with its times and doubts."""
    return {
        one.key: (
            (one.stored.first_seen, one.stored.first_doubted),
            (one.stored.last_seen, one.stored.last_doubted),
            one.report,
            [
                (at.time, at.doubted, told)
                for at, told in zip(one.stored.events, one.events, strict=True)
            ],
        )
        for one in kept_rows(path)
    }


def tables(path: Path) -> set[str]:
    """Return the names of the tables of a database."""
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}


def left(path: Path) -> int:
    """Return how many old rows are left, in a database that is being brought up to date."""
    if "old_moved" not in tables(path):
        return 0
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT (SELECT count(*) FROM old_installation) + (SELECT count(*) FROM old_event)"
        count: int
        (count,) = connection.execute(query).fetchone()
        return count
