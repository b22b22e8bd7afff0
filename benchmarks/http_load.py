"""Send requests over many connections at once, as lightly as Python can: it shares the machine.

No client library: each connection writes prepared bytes, and looks for the end of its answer.
"""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
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
    """Sends the next request when the last one was answered, until there is none."""

    def __init__(self, next_request: Callable[[], bytes | None]) -> None:
        self._next_request = next_request
        self._transport: asyncio.Transport | None = None
        self._sent = 0.0
        self._answer = b""
        self.latencies: list[float] = []
        self.refused = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if END not in self._answer:
            return
        self.latencies.append(perf_counter() - self._sent)
        self.refused += not self._answer.startswith(b"HTTP/1.1 200 ")
        self._answer = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionResetError("closed by the server"))

    def _send(self) -> None:
        assert self._transport is not None
        request = self._next_request()
        if request is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._sent = perf_counter()
        self._transport.write(request)


async def load(
    host: str, port: int, next_request: Callable[[], bytes | None], connections: int
) -> Load:
    """Send requests over so many connections until there is none left."""
    loop = asyncio.get_running_loop()
    started = perf_counter()
    protocols = [
        (await loop.create_connection(lambda: _Connection(next_request), host, port))[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(protocol.done for protocol in protocols))
    seconds = perf_counter() - started
    latencies = [one for protocol in protocols for one in protocol.latencies]
    return Load(
        requests=len(latencies),
        seconds=seconds,
        latencies=latencies,
        refused=sum(protocol.refused for protocol in protocols),
    )
