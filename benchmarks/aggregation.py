"""Measure how long counting takes, and how much memory, by the number of installations.

How: `.venv/receiver/bin/python -m benchmarks.aggregation` in the repository's folder,
`--installations 10000` for a first look. The largest database takes 2.5 GB in the folder for
temporary files.
"""

import argparse
import os
import platform
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, cycle
from pathlib import Path
from random import Random
from typing import Any

import orjson

from receiver.disclosure import TYPES
from receiver.publishing.child import COMMAND
from receiver.storage.sqlite import open_database

SIZES = (10_000, 100_000, 1_000_000)
INTEGRATIONS = 40
KNOWN = 1_400
COUNTRIES = ("DE", "DE", "US")
# So many reports differ; parsing and counting don't notice that they come again.
DIFFERENT = 20_000
REPORTS: Mapping[str, Collection[str]] = {
    "integrations": ("version", "installation_type", "integrations"),
    "all fields": (),
}
DAY = 24 * 3600
# Long enough ago for all of them to be counted.
INSERT = f"""
INSERT INTO installation (key, first_seen, last_seen, country, region, report)
VALUES (?1, ?2 - {30 * DAY}, ?2, ?3, NULL, ?4)
"""
TABLE = """
| installations | reports with | database, MB | time, s | CPU, s | memory, MB | printed, kB |
|---:|---|---:|---:|---:|---:|---:|"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """What one run took."""

    seconds: float
    processor: float
    megabytes: float
    printed: int


def reports(random: Random, fields: Collection[str]) -> Iterator[str]:
    """Yield reports as the database keeps them, with these fields."""
    for report in full_reports(random):
        yield orjson.dumps({name: report[name] for name in fields or report}).decode()


def full_reports(random: Random) -> Iterator[dict[str, Any]]:
    """Yield reports with every field."""
    types = list(TYPES)
    integrations = [f"integration_{number:04}" for number in range(KNOWN)]
    for _ in range(DIFFERENT):
        many = set(chosen(random, integrations, INTEGRATIONS * 2))
        yield {
            "version": f"2026.{random.randint(1, 11)}.{random.randint(0, 5)}",
            "installation_type": random.choice(types),
            "supervisor": {"healthy": True, "supported": True, "arch": "aarch64"},
            "operating_system": {"board": "rpi5-64", "version": f"{random.randint(9, 17)}.1"},
            "certificate": random.random() < 0.2,
            "integrations": sorted(many)[:INTEGRATIONS],
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
        }


def chosen[T](random: Random, names: Sequence[T], many: int) -> list[T]:
    """Choose some, of which a few are frequent and most are rare, as it is everywhere."""
    return random.choices(names, cum_weights=_shares(len(names)), k=many)


@cache
def _shares(many: int) -> list[float]:
    return list(accumulate(1 / (rank + 3) for rank in range(many)))


def fill(
    database: Path, installations: int, fields: Collection[str] = (), *, days: int = 0
) -> None:
    """Make a database with so many installations, which reported so many days ago."""
    random = Random(1)
    told = cycle(list(reports(random, fields)))
    latest = int(time.time()) - days * DAY
    with closing(open_database(database)) as connection:
        connection.execute("BEGIN")
        connection.executemany(
            INSERT,
            (
                (key, latest - random.randrange(DAY), random.choice(COUNTRIES), report)
                for key, report in zip(keys(installations), told, strict=False)
            ),
        )
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def keys(many: int) -> Iterator[bytes]:
    """Yield keys that are as evenly spread as hashes, but sorted, which is faster to write."""
    step = (1 << 128) // many
    return ((number * step).to_bytes(16) for number in range(many))


def measure(database: Path) -> Measured:
    """Run the program that counts, as the receiver does."""
    command = (*COMMAND, "--database", str(database))
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        printed = len(process.stdout.read())
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return Measured(
        seconds=time.perf_counter() - began,
        processor=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / 1024,
        printed=printed,
    )


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--installations", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeats", type=int, default=3, help="the median counts")
    options = parser.parse_args()
    print(
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{os.cpu_count()} cores, {INTEGRATIONS} integrations each",
        TABLE,
        sep="\n",
    )
    for installations in options.installations:
        for name, fields in REPORTS.items():
            with tempfile.TemporaryDirectory() as folder:
                database = Path(folder) / "analytics.db"
                fill(database, installations, fields)
                runs = [measure(database) for _ in range(options.repeats)]
                print(row(installations, name, database.stat().st_size, runs), flush=True)


def row(installations: int, name: str, size: int, runs: list[Measured]) -> str:
    """Return a row of the table: the median of the times, the most of the memory."""
    run = sorted(runs, key=lambda one: one.seconds)[len(runs) // 2]
    memory = max(one.megabytes for one in runs)
    return (
        f"| {installations:,} | {name} | {size / 1e6:,.0f} | {run.seconds:.2f} "
        f"| {run.processor:.2f} | {memory:.0f} | {run.printed / 1e3:,.0f} |"
    )


if __name__ == "__main__":
    main()
