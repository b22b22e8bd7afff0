"""Limits to waiting for another process or for threads, which say what did not come."""

import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Thread, Timer
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
        timer.join()
        if over:
            pytest.fail(over[0])


def join(threads: Iterable[Thread]) -> None:
    """Wait until threads have ended."""
    for thread in threads:
        thread.join(LIMIT)
        assert not thread.is_alive(), f"{thread.name} did not end within {LIMIT} s"
