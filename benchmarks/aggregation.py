"""Measure how long counting takes, and how much memory, by the number of installations.

How: `.venv/receiver/bin/python -m benchmarks.aggregation` in the repository's folder,
`--installations 10000` for a first look. The largest databases take 5 GB in the folder for
temporary files.
"""

import argparse
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from benchmarks.kept import EVENTS, INTEGRATIONS, fill, fill_json
from benchmarks.other_ways import WAYS
from receiver.publishing.child import COMMAND

SIZES = (10_000, 100_000, 1_000_000)
# Of what the table tells first; each of the others counts once, for they take long.
REPEATS = 3
NOT_THERE = "not installed"
COLUMNS = (
    *("installations", "bytes each", "as JSON", "time, s", "CPU, s", "memory, MB", "printed, kB"),
    *("before: CPU, s", "memory, MB", "json_each: CPU, s", "DuckDB: CPU, s"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """What one run took."""

    seconds: float
    processor: float
    megabytes: float
    printed: bytes


def measure(*command: str) -> Measured:
    """Run a program to its end."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return Measured(
        seconds=time.perf_counter() - began,
        processor=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / 1024,
        printed=printed,
    )


def others(database: Path, installations: int) -> list[str]:
    """Return the cells of other ways to count the same reports."""
    command = (sys.executable, "-m", "benchmarks.other_ways")
    found = []
    for way in WAYS:
        if way == "duckdb" and not find_spec(way):
            found.append(NOT_THERE)
            continue
        run = measure(*command, way, str(database), str(installations))
        found.append(f"{float(run.printed):.2f}")
        if way == "before":
            found.append(f"{run.megabytes:.0f}")
    return found


def own(database: Path, repeats: int) -> list[str]:
    """Return the cells of our own: medians of the times, the most of the memory."""
    runs: Sequence[Measured] = [
        measure(*COMMAND, "--database", str(database)) for _ in range(repeats)
    ]
    return [
        f"{median(one.seconds for one in runs):.2f}",
        f"{median(one.processor for one in runs):.2f}",
        f"{max(one.megabytes for one in runs):.0f}",
        f"{len(runs[0].printed) / 1e3:,.0f}",
    ]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--installations", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeats", type=int, default=REPEATS, help="the median counts")
    options = parser.parse_args()
    print(
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{os.cpu_count()} cores, {INTEGRATIONS} integrations and {EVENTS} events each\n",
        line(COLUMNS),
        f"|{'---:|' * len(COLUMNS)}",
        sep="\n",
        flush=True,
    )
    for installations in options.installations:
        with tempfile.TemporaryDirectory() as folder:
            rows, texts = Path(folder) / "rows.db", Path(folder) / "json.db"
            fill(rows, installations)
            fill_json(texts, installations)
            sizes = [f"{one.stat().st_size / installations:,.0f}" for one in (rows, texts)]
            ours = own(rows, options.repeats)
            theirs = others(texts, installations)
        print(line([f"{installations:,}", *sizes, *ours, *theirs]), flush=True)


def line(cells: Iterable[str]) -> str:
    """Return a line of the table."""
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
