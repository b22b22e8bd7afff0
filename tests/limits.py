"""A limit to reading what another process says, which says what did not come."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

import pytest

LIMIT = 60  # seconds


@contextmanager
def limited(process: subprocess.Popen[Any], expected: str) -> Iterator[None]:
    """Kill a process that has not said what is expected in time, which ends the reading."""
    over: list[str] = []

    def end() -> None:
        over.append(f"{expected} did not come within {LIMIT} s")
        process.kill()

    timer = Timer(LIMIT, end)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if over:
            pytest.fail(over[0])
