"""Several processes at once: all that they return, or one that says what went wrong."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import IO

import pytest

from tests.limits import limited
from tests.receiver import child

# Each says which process it is; so a test can end one.
HANGING = """
import os, signal
from receiver.processes import each

def hang(place):
    os.write(1, f"{place} {os.getpid()}\\n".encode())
    signal.pause()

each([lambda: hang(0), lambda: 1, lambda: hang(1)])
"""
RETURNING = """
from receiver.processes import each
print(each([lambda one=one: bytes([one]) * 100_000 for one in range(3)]) ==
      [bytes([one]) * 100_000 for one in range(3)])
"""
FAILING = """
import signal
from receiver.processes import each
from receiver.storage import StorageUnavailable

def fail():
    raise StorageUnavailable("the drive is gone")

try:
    each([lambda: 1, fail, signal.pause])
except StorageUnavailable as error:
    print(error)
"""


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=child.ROOT,
        capture_output=True,
        text=True,
        timeout=child.TIMEOUT,
        check=False,
    )
    assert not done.stderr
    return done.stdout.strip()


def test_all_results_come_in_their_order_however_large_they_are() -> None:
    assert run(RETURNING) == "True"


def test_what_one_raises_is_raised_and_ends_the_others() -> None:
    assert run(FAILING) == "the drive is gone"


@pytest.fixture
def hanging() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", HANGING],
        cwd=child.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def begun(hanging: subprocess.Popen[str]) -> dict[int, int]:
    """Return the processes by their places."""
    assert hanging.stdout
    with limited(hanging, "the numbers of its processes"):
        lines = [hanging.stdout.readline().split() for _ in range(2)]
    return {int(place): int(process) for place, process in lines}


def until_closed(pipe: IO[str] | None) -> str:
    """Read to the end, which comes when no process is left that could write."""
    assert pipe
    return pipe.read()


@pytest.mark.parametrize("place", [0, 1])
def test_one_that_is_killed_is_told_and_ends_the_others(
    hanging: subprocess.Popen[str], place: int
) -> None:
    os.kill(begun(hanging)[place], signal.SIGKILL)
    with limited(hanging, "the end of the others"):
        said = until_closed(hanging.stderr)
        assert until_closed(hanging.stdout) == ""
    assert "ProcessError: a process that counts ended by signal 9" in said
    assert hanging.wait(child.TIMEOUT) == 1


def test_none_is_left_when_the_one_that_began_them_is_killed(
    hanging: subprocess.Popen[str],
) -> None:
    begun(hanging)
    hanging.kill()
    with limited(hanging, "the end of all"):
        assert until_closed(hanging.stdout) == until_closed(hanging.stderr) == ""
