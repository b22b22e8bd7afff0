"""Measure what noticing a fault costs where it is logged, beside sentry-sdk's own handler.

How: `.venv/2026.11/bin/python -m benchmarks.crash` in the repository's folder. It prints the tables
of README.md, which explains them.
"""

import argparse
import logging
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Final

# The host first: it puts other libraries in the places of some that sentry-sdk imports.
from homeassistant.const import __version__ as HOST_VERSION
from sentry_sdk import VERSION, init
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.transport import Transport

from custom_components.analytics.crash.capture import CaptureHandler

FRAMES: Final = 20
FLOOD: Final = 10_000
# Each fault of its own, one for so many of the flood: the slow way of the handler.
FLOOD_EACH: Final = 10
STARTS: Final = 5
LOGGER: Final = logging.getLogger("benchmark")


class Nowhere(Transport):
    """Takes what sentry-sdk sends, so that no network is measured."""

    def capture_event(self, event: object) -> None:
        """Drop an event."""

    def capture_envelope(self, envelope: object) -> None:
        """Drop an envelope."""


def deep(frames: int, error: type[Exception]) -> None:
    """Raise below so many frames."""
    if frames:
        deep(frames - 1, error)
    raise error("a message with a value in it")


def caught(error: type[Exception] = ValueError) -> Exception:
    """Return an exception that passed `FRAMES` frames."""
    try:
        deep(FRAMES - 2, error)
    except error as exception:
        return exception
    raise AssertionError


@contextmanager
def nothing() -> Iterator[None]:
    """Log with nothing that notices: what logging costs by itself."""
    yield


@contextmanager
def ours() -> Iterator[None]:
    """Log with our handler."""
    handler = CaptureHandler(lambda: None)
    LOGGER.addHandler(handler)
    yield
    LOGGER.removeHandler(handler)


@contextmanager
def sentry() -> Iterator[None]:
    """Log with sentry-sdk as the host's own sentry integration sets it up."""
    init(
        dsn="http://key@127.0.0.1:9/1",
        transport=Nowhere,
        default_integrations=False,
        integrations=[LoggingIntegration(level=logging.ERROR, event_level=logging.ERROR)],
    )
    yield
    init()


def times(log: Callable[[int], None], number: int) -> list[float]:
    """Return how long each call took, in microseconds of this thread's work."""
    samples = []
    for index in range(number):
        begin = time.thread_time_ns()
        log(index)
        samples.append((time.thread_time_ns() - begin) / 1000)
    return samples


def flood(number: int) -> list[float]:
    """Log the same fault again and again."""
    exception = caught()
    return times(lambda _: LOGGER.error("Failed: %s", "x", exc_info=exception), number)


def different(number: int) -> list[float]:
    """Log faults each of a class of its own, made before."""
    classes = (type(f"Fault{each}", (Exception,), {}) for each in range(number // FLOOD_EACH))
    faults = [caught(each) for each in classes]
    return times(lambda index: LOGGER.error("Failed: %s", "x", exc_info=faults[index]), len(faults))


def row(name: str, samples: list[float]) -> str:
    """Return a row of the table."""
    ordered = sorted(samples)
    p99 = ordered[int(len(ordered) * 0.99)]
    return f"| {name} | {median(ordered):.1f} | {p99:.1f} | {ordered[-1]:.0f} |"


def importing() -> float:
    """Return the seconds, median, that sentry-sdk takes to be imported after the plugin."""
    before = "import homeassistant, custom_components.analytics, time; began = time.perf_counter()"
    after = "import sentry_sdk; print(time.perf_counter() - began)"
    command = [sys.executable, "-c", f"{before}; {after}"]
    runs = [subprocess.run(command, check=True, capture_output=True) for _ in range(STARTS)]
    return median(float(run.stdout) for run in runs)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crash", description=__doc__)
    parser.add_argument("--faults", type=int, default=FLOOD, help="so many times the same")
    options = parser.parse_args()
    LOGGER.propagate = False
    # Without any, the logging module itself prints what is logged.
    LOGGER.addHandler(logging.NullHandler())
    print(f"### Home Assistant {HOST_VERSION}, Python {platform.python_version()}, ", end="")
    print(f"sentry-sdk {VERSION}\n")
    print("| what is logged | median, µs | p99, µs | longest, µs |\n|---|---:|---:|---:|")
    # sentry-sdk last: it stays in the logging module for good.
    for who, context in (("no handler", nothing), ("ours", ours), ("sentry-sdk", sentry)):
        for name, measure in (("the same fault", flood), ("each time another", different)):
            with context():
                print(row(f"{name}, {who}", measure(options.faults)))
    print(f"\nImporting sentry-sdk, which the first fault does in a thread: {importing():.2f} s.")


if __name__ == "__main__":
    main()
