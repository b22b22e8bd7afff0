"""Other ways to count, each in a process that prints how much of the processor it took, in seconds.

How: `.venv/receiver/bin/python -m benchmarks.other_ways WAY DATABASE INSTALLATIONS`. What it takes
to begin counts, as with the program that counts. `json_each` and DuckDB count integrations alone.
"""

import argparse
import gc
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import import_module
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import orjson

from benchmarks.kept import homes
from tests.receiver import reference

REPORTS = "SELECT CAST(report AS BLOB), country, NULL FROM installation"
EVENTS = "SELECT key, time, CAST(event AS BLOB) FROM event ORDER BY key, digest"
JSON_EACH = """
SELECT value, count(*) FROM installation, json_each(report, '$.integrations') GROUP BY value
"""
# Columns of its own, which is what it is best at: it need not read JSON for this.
DUCKDB_FILL = """
CREATE TABLE installation AS
SELECT integrations FROM read_json(?, columns = {integrations: 'VARCHAR[]'}), range(?)
"""
DUCKDB = """
SELECT name, count(*) FROM (SELECT unnest(integrations) AS name FROM installation) GROUP BY name
"""


def before(database: Path, _: int) -> float:
    """Count as the receiver did while it kept reports as JSON."""
    gc.disable()
    with closing(sqlite3.connect(database)) as connection:
        counts = reference.count(connection.execute(REPORTS))
        reference.count_lives(counts, lives(connection))
    assert counts.installations
    return time.process_time()


def lives(connection: sqlite3.Connection) -> Iterator[reference.Life]:
    """Yield the events of each installation."""
    for _, rows in groupby(connection.execute(EVENTS), key=itemgetter(0)):
        yield [(moment, event) for _, moment, event in rows]


def json_each(database: Path, _: int) -> float:
    """Let SQLite take the JSON apart."""
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute(JSON_EACH).fetchall()
    return time.process_time()


def duckdb(_: Path, installations: int) -> float:
    """Let DuckDB count, in one thread, what is in its memory already."""
    different = list(homes(installations))
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        for one in different:
            file.write(orjson.dumps({"integrations": one.report["integrations"]}) + b"\n")
        file.flush()
        connection = import_module("duckdb").connect()
        connection.execute("SET threads = 1")
        connection.execute(DUCKDB_FILL, [file.name, installations // len(different)])
        began = time.process_time()
        assert connection.execute(DUCKDB).fetchall()
        return time.process_time() - began


WAYS: dict[str, Callable[[Path, int], float]] = {
    "before": before,
    "json_each": json_each,
    "duckdb": duckdb,
}


def main() -> None:
    """Count in one way."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("database", type=Path)
    parser.add_argument("installations", type=int)
    options = parser.parse_args()
    print(WAYS[options.way](options.database, options.installations))


if __name__ == "__main__":
    main()
