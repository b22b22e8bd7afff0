"""Databases of made-up installations with every field: as the receiver keeps them, and as JSON.

JSON is how it kept them before, and what other programs count.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, cycle
from pathlib import Path
from random import Random
from typing import Any

import orjson

from receiver.schema import validate, validate_event
from receiver.schema.reports import INSTALLATION_TYPES
from receiver.storage.layout import Moment, Stored
from receiver.storage.sqlite.dictionary import Dictionary
from receiver.storage.sqlite.opening import open_database

INTEGRATIONS = 40
KNOWN = 1_400
COUNTRIES = ("DE", "DE", "US")
# So many differ; reading and counting don't notice that they come again.
DIFFERENT = 20_000
EVENTS = 3
DAY = 24 * 3600
ID = "0" * 32
INSERT = "INSERT INTO installation (key, due, latest, doubted, row) VALUES (?, ?, ?, 0, ?)"
# With row ids, for reports that are longer than a quarter of a page take one more.
JSON_TABLES = """
PRAGMA page_size = 8192;
CREATE TABLE installation (
    key BLOB PRIMARY KEY, first_seen INTEGER, last_seen INTEGER, country TEXT, report TEXT
);
CREATE TABLE event (
    key BLOB, digest BLOB, time INTEGER, event TEXT, PRIMARY KEY (key, digest)
) WITHOUT ROWID;
"""
JSON_REPORT = "INSERT INTO installation VALUES (?, ?, ?, ?, ?)"
JSON_EVENT = "INSERT INTO event VALUES (?, ?, ?, ?)"

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Home:
    """What an installation tells, its latest event first."""

    country: str
    report: Json
    events: Sequence[Json]

    def stored(self, dictionary: Dictionary) -> Stored:
        """Return how it is kept, but for its times."""
        told = validate({"uuid": ID} | self.report).told.at(self.country, None)
        lives = [validate_event({"uuid": ID} | event).told for event in self.events]
        return Stored(
            report=dictionary.encode(told),
            events=[Moment(0, False, dictionary.encode(life)) for life in lives],
        )


def fill(database: Path, installations: int, *, days: int = 0, events: int = EVENTS) -> None:
    """Make a database with so many installations, which reported so many days ago."""
    random, dictionary = Random(1), Dictionary()
    latest = int(time.time()) - days * DAY
    different = [
        row(one.stored(dictionary), latest - random.randrange(DAY))
        for one in homes(installations, events)
    ]
    with closing(open_database(database)) as connection:
        connection.execute("BEGIN")
        dictionary.write(connection)
        connection.executemany(
            INSERT,
            (
                (key, *values)
                for key, values in zip(keys(installations), cycle(different), strict=False)
            ),
        )
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def row(one: Stored, last_seen: int) -> tuple[int, int, bytes]:
    """Return what is stored of a home that has reported for long enough to be counted."""
    one.first_seen, one.last_seen = last_seen - 30 * DAY, last_seen
    for number, event in enumerate(one.events):
        event.time = last_seen - number
    return one.due, one.latest, one.pack()


def fill_json(database: Path, installations: int) -> None:
    """Make a database of the same with reports and events as they were taken."""
    latest = int(time.time())
    texts = [
        (one.country, _text(one.report), [_text(event) for event in one.events])
        for one in homes(installations)
    ]
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executescript(JSON_TABLES)
        connection.executemany(
            JSON_REPORT,
            (
                (key, latest - 30 * DAY, latest, country, report)
                for key, (country, report, _) in zip(
                    keys(installations), cycle(texts), strict=False
                )
            ),
        )
        connection.executemany(
            JSON_EVENT,
            (
                (key, number.to_bytes(16), latest - number, event)
                for key, (_, _, events) in zip(keys(installations), cycle(texts), strict=False)
                for number, event in enumerate(events)
            ),
        )


def _text(told: Json) -> str:
    return orjson.dumps(told).decode()


def keys(many: int) -> Iterator[bytes]:
    """Yield keys that are as evenly spread as hashes, but sorted, which is faster to write."""
    step = (1 << 128) // many
    return ((number * step).to_bytes(16) for number in range(many))


def homes(most: int = DIFFERENT, events: int = EVENTS) -> Iterator[Home]:
    """Yield what differs."""
    random = Random(1)
    for _ in range(min(most, DIFFERENT)):
        report = full_report(random)
        lived = list(told_events(random, report["version"]))
        yield Home(random.choice(COUNTRIES), report, lived[:events])


def full_report(random: Random) -> Json:
    """Return a report with every field."""
    many = set(chosen(random, range(KNOWN), INTEGRATIONS * 2))
    return {
        "version": f"2026.{random.randint(1, 11)}.{random.randint(0, 5)}",
        "installation_type": random.choice(INSTALLATION_TYPES),
        "supervisor": {"healthy": True, "supported": True, "arch": "aarch64"},
        "operating_system": {"board": "rpi5-64", "version": f"{random.randint(9, 17)}.1"},
        "certificate": random.random() < 0.2,
        "integrations": sorted(f"integration_{number:04}" for number in many)[:INTEGRATIONS],
        "custom_integrations": [
            {"domain": f"custom_{number}", "version": f"1.{random.randint(0, 20)}"}
            for number in set(chosen(random, range(2_000), 6))
        ],
        "addons": [
            {
                "slug": f"addon_{number}",
                "protected": True,
                "version": f"2.{random.randint(0, 20)}",
                "auto_update": False,
            }
            for number in set(chosen(random, range(300), 6))
        ],
        "energy": {"configured": True},
        "recorder": {"engine": "sqlite", "version": "3.50.4"},
        "state_count": int(random.lognormvariate(6, 1)),
        "automation_count": int(random.lognormvariate(3, 1)),
        "integration_count": INTEGRATIONS,
        "addon_count": 5,
        "user_count": random.randint(1, 5),
        **environment(random),
    }


def environment(random: Random) -> Json:
    """Return what it runs on, and which parts of the interface are opened."""
    alpine = {"name": "Alpine Linux", "id": "alpine", "version": "3.22.1", "id_like": None}
    haos = {"name": "Home Assistant OS", "id": "haos", "version": "16.2", "id_like": None}
    return {
        "system": alpine | {"detection": "os-release"},
        "host_system": haos | {"detection": "supervisor"},
        "kernel": {"name": "Linux", "version": "6.12.51", "detection": "uname"},
        "architecture": {"name": random.choice(("aarch64", "x86_64")), "detection": "uname"},
        "virtualization": {"name": "none", "detection": "none"},
        "container": {"name": "docker", "detection": "dockerenv"},
        "python": {"version": "3.13.7"},
        "hardware": {"cores": 4, "memory": random.choice((2, 4, 8))},
        "panels": [
            {"panel": name, "opened": random.choice((1, 5, 20))}
            for name in ("lovelace", "energy", "history")
        ],
    }


def told_events(random: Random, version: str) -> Iterator[Json]:
    """Yield a start, the stop before it, and a start before that."""
    for kind in ("start", "stop", "start"):
        event: Json = {"event": kind, "version": version}
        if kind == "stop":
            event |= {"run_duration": random.choice((60, 3_600, 86_400)), "unclean_ends": "first"}
            event |= {"memory_nearly_full": False, "disk_nearly_full": random.random() < 0.1}
        else:
            domains = set(chosen(random, range(KNOWN), 2))
            failures = [{"domain": f"integration_{one:04}", "reason": "error"} for one in domains]
            event |= {"start_duration": random.choice((5, 10, 20, 30)), "stop_duration": 10}
            event |= {"previous_end": random.choice(("clean", "killed")), "cloud": "connected"}
            event |= {"version_changed": False, "setup_failures": failures}
        yield event


def chosen[T](random: Random, names: Sequence[T], many: int) -> list[T]:
    """Choose some, of which a few are frequent and most are rare, as it is everywhere."""
    return random.choices(names, cum_weights=_shares(len(names)), k=many)


@cache
def _shares(many: int) -> list[float]:
    return list(accumulate(1 / (rank + 3) for rank in range(many)))
