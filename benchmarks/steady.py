"""Measure how long reports wait for their answer at a steady rate, while the receiver also works.

How: `.venv/receiver/bin/python -m benchmarks.steady` in the repository's folder, `--quick` for a
first look. The database takes 1 GB in the folder for temporary files. Each report comes from an
installation that was not seen before; http_load.py says from when on its latency counts.
"""

import argparse
import asyncio
import os
import platform
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from time import monotonic, sleep
from urllib.request import urlopen

from benchmarks.http_load import Load
from benchmarks.ingest import HOST, SIZE, measure, new_ids, server
from benchmarks.kept import DAY, fill

# A receiver that keeps reports for 60 days keeps those of the beginning, one that keeps them for a
# day has to delete them all. For longer than two days it was not off, or it would wait for one.
DAYS_AGO = 1
COUNTING, NOT_COUNTING = ("--publish-every", "1"), ("--publish-every", "604800")
DELETING = (*NOT_COUNTING, "--retention-days", "1")
OLD = f"SELECT count(*) FROM installation WHERE due < strftime('%s', 'now') - {DAY}"
# Seconds to wait for the end of a counting.
LIMIT, POLL_INTERVAL = 120, 0.2
DURATION = "open_analytics_aggregation_duration_seconds "
TABLE = """
| meanwhile | requests/s | p50, ms | p99, ms | slowest, ms |
|---|---:|---:|---:|---:|"""


async def rounds(port: int, options: argparse.Namespace) -> list[Load]:
    """Send reports for a while, several times."""
    return [await measure(port, new_ids(), options, options.rate) for _ in range(options.rounds)]


def contest(database: Path, options: argparse.Namespace) -> Iterator[str]:
    """Yield the rows of the table, one for each kind of work."""
    command = ("receiver", "--port", "0", "--database", str(database))
    with server(*command, *COUNTING) as port:
        loads = asyncio.run(rounds(port, options))
        yield row(f"it counts, which takes {counting_took(port):.1f} s, over and over", loads)
    with server(*command, *NOT_COUNTING) as port:
        yield row("nothing", asyncio.run(rounds(port, options)))
    before = old_rows(database)
    with server(*command, *DELETING) as port:
        loads = asyncio.run(rounds(port, options))
    rate = (before - old_rows(database)) / sum(one.seconds for one in loads)
    yield row(f"it deletes {rate:,.0f} expired installations/s", loads)


def counting_took(port: int) -> float:
    """Return how long the last counting took, in seconds, as the receiver tells.

    It waits for the end of the first one, which all of a load may have been sent beside.
    """
    end = monotonic() + LIMIT
    while monotonic() < end:
        with urlopen(f"http://{HOST}:{port}/metrics") as answer:
            lines = answer.read().decode().splitlines()
        (duration,) = (line.removeprefix(DURATION) for line in lines if line.startswith(DURATION))
        if float(duration):
            return float(duration)
        sleep(POLL_INTERVAL)
    raise SystemExit(f"Not one counting was over after {LIMIT} seconds more")


def old_rows(database: Path) -> int:
    """Return how many installations are left of those of the beginning."""
    with closing(sqlite3.connect(database)) as connection:
        (many,) = connection.execute(OLD).fetchone()
    return int(many)


def row(name: str, loads: list[Load]) -> str:
    """Return a row of the table: medians of the rounds, and the slowest of all."""
    rate = median(one.rate for one in loads)
    p50, p99 = (median(one.percentile(percent) for one in loads) * 1e3 for percent in (50, 99))
    slowest = max(one.percentile(100) for one in loads) * 1e3
    return f"| {name} | {rate:,.0f} | {p50:.1f} | {p99:.1f} | {slowest:.0f} |"


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.steady", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=float, default=1_000, help="requests per second")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--installations", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="a tenth of the installations")
    parser.add_argument("--folder", help="for the database, on the drive to measure")
    options = parser.parse_args()
    installations = options.installations // (10 if options.quick else 1)
    print(
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{os.cpu_count()} cores, {options.connections} connections, reports of {SIZE} bytes, "
        f"{installations:,} installations with every field",
        flush=True,
    )
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        database = Path(folder) / "reports.db"
        fill(database, installations, days=DAYS_AGO, events=0)
        print(TABLE)
        for line in contest(database, options):
            print(line, flush=True)


if __name__ == "__main__":
    main()
