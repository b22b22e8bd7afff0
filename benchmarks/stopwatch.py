"""Measure one report: how long until it is on the wire, how long the event loop was held up.

Each is measured with two clocks. The one on the wall counts everything, the machine's other work
too. The processor's counts what all threads of this process do: it leaves out the others' work, but
not a thread of ours that keeps the event loop from running.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter, process_time
from types import SimpleNamespace
from typing import NamedTuple, Self

import aiohttp

type Send = Callable[[], Awaitable[object]]


class Seconds(NamedTuple):
    """A duration on both clocks."""

    wall: float
    processor: float

    def or_longer(self, other: Self) -> Self:
        """Return the longer duration, on each clock."""
        return type(self)(max(self.wall, other.wall), max(self.processor, other.processor))


class Instant(NamedTuple):
    """A moment on both clocks."""

    wall: float
    processor: float

    @classmethod
    def now(cls) -> Self:
        """Read the clocks."""
        return cls(perf_counter(), process_time())

    def since(self, earlier: Self) -> Seconds:
        """Return how much later this is."""
        return Seconds(self.wall - earlier.wall, self.processor - earlier.processor)


class Wire:
    """Knows when the latest request was about to be written to its connection.

    aiohttp says so where the bytes are handed to the socket: the JSON is encoded by then, and the
    connection is there.
    """

    def __init__(self) -> None:
        """Prepare a trace for the sessions that are to be watched."""
        self.reached: Instant | None = None
        self.trace = aiohttp.TraceConfig()
        self.trace.on_request_headers_sent.append(self._async_headers_sent)

    async def _async_headers_sent(
        self,
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        _params: aiohttp.TraceRequestHeadersSentParams,
    ) -> None:
        self.reached = Instant.now()

    async def async_time(self, send: Send) -> Seconds:
        """Return the time from the call of `send` to the wire."""
        self.reached = None
        started = Instant.now()
        await send()
        # Its type is narrowed to None above, which `send` changes.
        reached: Instant | None = self.reached
        if reached is None:
            raise RuntimeError("Nothing was sent, see the errors above")
        return reached.since(started)

    async def async_longest_stall(self, send: Send) -> Seconds:
        """Return the longest time between call of `send` and wire in which no callback could run.

        The turn of the loop in which the request is written counts in full.
        """
        self.reached = None
        watchdog = Watchdog(until=lambda: self.reached is not None)
        await watchdog.async_started()
        await send()
        return await watchdog.ended


class Watchdog:
    """A callback that is always waiting for its turn, and notes its longest wait.

    That is what a stall means to everything else in the host: a callback that is ready, and can't
    run. Timing each callback by itself would miss two things: callbacks that run one after the
    other in the same turn of the loop, and a loop that has nothing to do but can't go on because
    another thread, one that parses YAML for example, holds the interpreter. A timer would be as
    coarse as its period. The price is a busy loop, so time is measured in runs of its own.
    """

    def __init__(self, *, until: Callable[[], bool]) -> None:
        """End at the first turn at which `until` is true."""
        self._loop = asyncio.get_running_loop()
        self._until = until
        self._latest = Instant.now()
        self._longest = Seconds(0, 0)
        self.ended: asyncio.Future[Seconds] = self._loop.create_future()

    async def async_started(self) -> None:
        """Begin, and return with the first turn."""
        self._loop.call_soon(self._turn)
        await asyncio.sleep(0)
        self._latest = Instant.now()
        self._longest = Seconds(0, 0)

    def _turn(self) -> None:
        now = Instant.now()
        gap = now.since(self._latest)
        self._latest = now
        self._longest = self._longest.or_longer(gap)
        if self._until():
            self.ended.set_result(self._longest)
        else:
            self._loop.call_soon(self._turn)


async def async_longest_stall_of_nothing(seconds: float) -> Seconds:
    """Return the longest stall while nothing is sent: what the machine does to any program."""
    end = perf_counter() + seconds
    watchdog = Watchdog(until=lambda: perf_counter() >= end)
    await watchdog.async_started()
    return await watchdog.ended
