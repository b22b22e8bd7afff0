"""Send requests over many connections at once, as lightly as Python can: it shares the machine.

No client library: each connection writes prepared bytes, and looks for the end of its answer. At a
steady rate a request counts from the moment when it is due, so that one that has to wait for a free
connection, since earlier ones are not answered yet, counts as slow as it is. The time of a load
begins when all are connected: a machine that is busy then sends fewer requests, but not none.
"""

import asyncio
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from time import perf_counter

END = b"\r\n\r\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What a load was answered with, and how fast."""

    requests: int
    seconds: float
    latencies: list[float]
    refused: int

    @property
    def rate(self) -> float:
        """Return requests per second."""
        return self.requests / self.seconds

    def percentile(self, percent: int) -> float:
        """Return the shortest latency, in seconds, that so many percent don't exceed."""
        return sorted(self.latencies)[math.ceil(len(self.latencies) * percent / 100) - 1]


class _Connection(asyncio.Protocol):
    """Sends the next request when the last one was answered and it is due, until there is none."""

    def __init__(self) -> None:
        self._next_request: Callable[[], bytes | None] = lambda: None
        self._due: Iterator[float] = iter(())
        self._transport: asyncio.Transport | None = None
        self._began = 0.0
        self._answer = b""
        self.latencies: list[float] = []
        self.refused = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def begin(self, next_request: Callable[[], bytes | None], due: Iterator[float]) -> None:
        """Send the first request."""
        self._next_request, self._due = next_request, due
        self._go_on()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if END not in self._answer:
            return
        self.latencies.append(perf_counter() - self._began)
        self.refused += not self._answer.startswith(b"HTTP/1.1 200 ")
        self._answer = b""
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionResetError("closed by the server"))

    def _go_on(self) -> None:
        assert self._transport is not None
        request = self._next_request()
        if request is None:
            # Unless it was lost, which is told then.
            if not self.done.done():
                self.done.set_result(None)
            self._transport.close()
            return
        self._began = next(self._due)
        early = self._began - perf_counter()
        if early > 0:
            asyncio.get_running_loop().call_later(early, self._transport.write, request)
        else:
            self._transport.write(request)


def _at_once() -> Iterator[float]:
    while True:
        yield perf_counter()


async def load(
    host: str,
    port: int,
    next_request: Callable[[], bytes | None],
    connections: int,
    *,
    rate: float | None = None,
    seconds: float = math.inf,
) -> Load:
    """Send requests over so many connections: so many a second, or all as fast as it can.

    It ends when there is none left, or after so many seconds, and sends one at least.
    """
    loop = asyncio.get_running_loop()
    protocols = [
        (await loop.create_connection(_Connection, host, port))[1] for _ in range(connections)
    ]
    began, numbers = perf_counter(), count()

    def in_time() -> bytes | None:
        late = next(numbers) and perf_counter() >= began + seconds
        return None if late else next_request()

    due = (began + number / rate for number in count()) if rate else _at_once()
    for protocol in protocols:
        protocol.begin(in_time, due)
    await asyncio.gather(*(protocol.done for protocol in protocols))
    latencies = [one for protocol in protocols for one in protocol.latencies]
    return Load(
        requests=len(latencies),
        seconds=perf_counter() - began,
        latencies=latencies,
        refused=sum(protocol.refused for protocol in protocols),
    )
