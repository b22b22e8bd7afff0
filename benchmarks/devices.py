"""Measure what snapshots of devices take, beside as many reports: time, memory, and the disk.

How: `.venv/receiver/bin/python -m benchmarks.devices` in the repository's folder,
`--installations 1000` for a first look.
"""

import argparse
import os
import platform
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import orjson

from benchmarks.aggregation import line, measure, own
from benchmarks.gear import MODELS, fill
from receiver.publishing.child import COMMAND
from receiver.publishing.history import of_day

INSTALLATIONS = 100_000
DEVICES = 60
REPEATS = 3
COLUMNS = (
    *("reports", "snapshots", "bytes each", "of that the row", "time, s", "CPU, s", "memory, MB"),
    *("printed, kB", "of that a day, kB", "models shown"),
)


def cells(database: Path, installations: int, repeats: int) -> list[str]:
    """Return what a database takes on the disk and to count, and what that prints."""
    figures = orjson.loads(measure(*COMMAND, "--database", str(database)).printed)
    return [
        f"{database.stat().st_size / installations:,.0f}",
        f"{row_bytes(database):,.0f}",
        *own(database, repeats),
        f"{len(orjson.dumps(of_day(figures))) / 1e3:,.0f}",
        f"{sum(map(len, figures['devices']['models'].values())):,}",
    ]


def row_bytes(database: Path) -> float:
    """Return how many bytes a row has, without what SQLite puts around it."""
    with closing(sqlite3.connect(database)) as connection:
        (average,) = connection.execute("SELECT avg(length(row)) FROM installation").fetchone()
    return float(average)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--installations", type=int, default=INSTALLATIONS)
    parser.add_argument("--devices", type=int, default=DEVICES, help="of each snapshot")
    parser.add_argument("--repeats", type=int, default=REPEATS, help="the median counts")
    options = parser.parse_args()
    many = options.installations
    print(
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{os.cpu_count()} cores, {options.devices} devices of {MODELS:,} models each\n",
        line(COLUMNS),
        f"|{'---:|' * len(COLUMNS)}",
        sep="\n",
        flush=True,
    )
    for reports, snapshots in ((many, 0), (0, many), (many, many)):
        with tempfile.TemporaryDirectory() as folder:
            database = Path(folder) / "analytics.db"
            fill(database, reports, snapshots, options.devices)
            found = cells(database, reports + snapshots, options.repeats)
        print(line([f"{reports:,}", f"{snapshots:,}", *found]), flush=True)


if __name__ == "__main__":
    main()
