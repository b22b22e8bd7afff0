"""The process that counts, as the receiver and an operator start it."""

import subprocess
import sys
from pathlib import Path

import orjson

from tests.receiver import child
from tests.receiver.rows import keep

LIKE_MACOS = """
import resource, sys

def refuse(*_):
    raise ValueError("current limit exceeds maximum limit")

resource.setrlimit = refuse

from receiver.aggregate import main

sys.exit(main(sys.argv[1:]))
"""
ALL_COUNT = ("--smallest-group", "1", "--count-after", "0")
AGGREGATE = ("aggregate", *ALL_COUNT)


def test_each_installation_is_in_one_of_the_parts(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    keys = [bytes([first, *[last] * 15]) for first in (0, 127, 128, 255) for last in (0, 255)]
    keep(database, keys)
    shown = child.run(*AGGREGATE, "--database", database)
    assert shown.returncode == 0, shown.stderr
    assert orjson.loads(shown.stdout)["active_installations"] == len(keys)
    assert orjson.loads(shown.stdout)["reports_lifecycle"] == len(keys)


def test_a_system_that_takes_no_limit_of_memory_counts_without(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    keep(database, [bytes(16)])
    shown = subprocess.run(
        [sys.executable, "-c", LIKE_MACOS, "--database", database, *ALL_COUNT],
        cwd=child.ROOT,
        capture_output=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert orjson.loads(shown.stdout)["active_installations"] == 1
