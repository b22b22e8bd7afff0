"""The process that counts, as the receiver and an operator start it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self

import orjson
import pytest

from receiver import aggregate
from receiver.storage import Share, Stored, layout
from receiver.storage.sqlite import reading
from receiver.storage.sqlite.opening import open_database
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
DYING = """
import os, signal, sys
from contextlib import closing, contextmanager

from receiver import aggregate

class Shared:
    def shares(self, most):
        return [(number,) for number in range(most)]

    def rows(self, share):
        if share == (1,):
            os.kill(os.getpid(), signal.SIGKILL)
        yield []

    def names(self):
        return []

    def swept(self):
        return 0

@contextmanager
def reading(place):
    yield Shared()

aggregate.reading = reading
sys.exit(aggregate.main(["--counting-processes", "3"]))
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


def test_how_often_codes_are_used_is_printed_where_that_is_asked_for(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    keep(database, [bytes(16), bytes([1] * 16)])
    figures, asked = (
        run_bytes("--database", database, "--time", "1", *ALL_COUNT, *more)
        for more in ((), ("--uses",))
    )
    assert asked.startswith(figures + b"\n")
    assert b"\n" not in figures
    uses = layout.words(asked.removeprefix(figures + b"\n"))
    with reading(database) as kept:
        names = {name: code for code, _, name in kept.names()}
    # Of each of the two reports one, and none that is no code's.
    assert uses[names["Home Assistant OS"]] == 2
    assert uses[0] == 0
    assert len(uses) == max(names.values()) + 1


def test_one_of_several_processes_that_dies_is_told_in_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DYING], cwd=child.ROOT, capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "a process that counts ended by signal 9\n"


def run_bytes(*arguments: str | Path) -> bytes:
    program = [sys.executable, "-m", "receiver.aggregate", *map(str, arguments)]
    return subprocess.run(program, cwd=child.ROOT, capture_output=True, check=True).stdout


class Sweeping:
    """A database in which codes are freed while its rows are read, so many times."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.times = 0

    @contextmanager
    def __call__(self, path: Path) -> Iterator[Self]:
        yield self

    def shares(self, _most: int) -> list[Share]:
        return [()]

    def rows(self, _share: Share) -> Iterator[list[bytes]]:
        if self.left:
            self.left -= 1
            self.times += 1
        yield [Stored(report=layout.words([1])).pack()]

    def names(self) -> Iterator[Any]:
        yield 1, "versions", f"after {self.times}"

    def swept(self) -> int:
        return self.times


def test_where_codes_were_freed_meanwhile_it_begins_anew(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    counted = {}
    for times in (0, 2, 3):
        monkeypatch.setattr(aggregate, "reading", Sweeping(times))
        monkeypatch.setattr(aggregate, "_be_modest", lambda: None)
        status = aggregate.main(["--database", "sweeping.db", *ALL_COUNT])
        printed, said = capfd.readouterr()
        counted[times] = orjson.loads(printed)["versions"] if printed else said.strip()
        assert bool(status) == bool(said)
    assert counted == {
        0: {"after 0": 1},
        2: {"after 2": 1},
        3: "names in sweeping.db change while rows are read",
    }


def test_how_many_rows_cant_be_read_is_said_beside_the_figures_of_the_others(
    tmp_path: Path,
) -> None:
    database = tmp_path / "analytics.db"
    keep(database, [bytes([number] * 16) for number in range(5)])
    with closing(open_database(database)) as connection:
        connection.execute("UPDATE installation SET row = x'ff00000001' WHERE key < x'02'")
    options = ("--count-after", "0", "--smallest-group", "1")
    done = child.run("aggregate", "--store", database, *options)
    assert done.returncode == 0
    assert done.stderr == "2 rows can't be read and are left out: run check\n"
    assert orjson.loads(done.stdout)["active_installations"] == 3
