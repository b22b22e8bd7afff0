"""Stand for a receiver: accept reports on a loopback address and keep what arrived."""

import asyncio
import json
import socket
import ssl
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from aiohttp import web

from scripts.ports import LOOPBACK

REPORT_PATH = "/v1"
EVENTS_PATH = f"{REPORT_PATH}/events"
ENVELOPE_PATH = "/api/1/envelope/"
SNAPSHOT_PATH = "/api/v1/snapshot/1"
DELETED_BELOW = (f"{REPORT_PATH}/", f"{SNAPSHOT_PATH}/")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the sink replies; `delay` is in seconds and comes before the reply."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    delay: float = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """One request as it came over the wire."""

    received_at: datetime
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def report(self) -> Any:
        """Parse the body as JSON."""
        return json.loads(self.body)


class Sink:
    """A local HTTP server that records every request; `POST /v1` is where reports go."""

    def __init__(
        self, *, port: int = 0, answer: Answer | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        """Listen on `port` once started, 0 takes any free one; with `tls` by that alone."""
        self.port = port
        self.answer = answer or Answer()
        self.envelope_answer = Answer()
        self.event_answer = Answer()
        self.snapshot_answer = Answer()
        # To who asks what this offers; a receiver of reports alone knows no such question.
        self.offer_answer = Answer(status=405)
        self.deletion_status = 204
        self.other_delay = 0.0  # seconds before what is neither a report nor a deletion is answered
        self.before_answer: Callable[[Arrival], None] = lambda _: None
        self.arrivals: list[Arrival] = []
        self._next_answers: deque[Answer] = deque()
        self._arrived = asyncio.Condition()
        self._tls = tls
        self._runner: web.AppRunner | None = None
        self._held: socket.socket | None = None

    async def __aenter__(self) -> Self:
        """Start listening."""
        await self.start()
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        """Stop listening, and leave the port to others."""
        await self._close()
        self._release()

    @property
    def url(self) -> str:
        """Return the address to configure as a destination."""
        return f"{'https' if self._tls else 'http'}://{LOOPBACK}:{self.port}{REPORT_PATH}"

    @property
    def reports(self) -> list[Arrival]:
        """Return the arrivals that were sent as reports."""
        return [
            arrival
            for arrival in self.arrivals
            if arrival.method == "POST" and arrival.path == REPORT_PATH
        ]

    @property
    def device_database(self) -> str:
        """Return the address to configure for snapshots of devices."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def snapshots(self) -> list[Arrival]:
        """Return the snapshots of devices that arrived."""
        return [arrival for arrival in self.arrivals if arrival.path == SNAPSHOT_PATH]

    @property
    def life(self) -> list[Any]:
        """Return the events of the installation's life that arrived."""
        return [arrival.report for arrival in self.arrivals if arrival.path == EVENTS_PATH]

    @property
    def dsn(self) -> str:
        """Return the DSN of a project, as if this were a Sentry-compatible server."""
        return f"http://key@{LOOPBACK}:{self.port}/1"

    @property
    def events(self) -> list[Any]:
        """Return the events of the envelopes that arrived."""
        return [
            json.loads(arrival.body.splitlines()[2])
            for arrival in self.arrivals
            if arrival.path == ENVELOPE_PATH
        ]

    def answer_next(self, *answers: Answer) -> None:
        """Reply to the next requests with these answers, then as before."""
        self._next_answers.extend(answers)

    async def start(self) -> None:
        """Listen; raises OSError where the port is taken."""
        self._release()
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._receive)
        # No access log: the addresses that it would show may hold ids.
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=1
        )
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, LOOPBACK, self.port, ssl_context=self._tls).start()
        except OSError:
            await self._close()
            raise
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close every connection and be reached by nobody; the port is kept from other programs."""
        await self._close()
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind((LOOPBACK, self.port))

    async def _close(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    def _release(self) -> None:
        if self._held:
            self._held.close()
            self._held = None

    async def wait_for_report(self, number: int = 1, *, timeout: float = 30) -> Arrival:
        """Return the `number`-th report; raises TimeoutError where it does not come."""
        async with asyncio.timeout(timeout), self._arrived:
            await self._arrived.wait_for(lambda: len(self.reports) >= number)
        return self.reports[number - 1]

    async def wait_until(self, condition: Callable[[], bool], *, timeout: float = 30) -> None:
        """Wait until what arrived fulfils a condition; raises TimeoutError where it does not."""
        async with asyncio.timeout(timeout), self._arrived:
            await self._arrived.wait_for(condition)

    async def wait_for_arrival(self, number: int = 1, *, timeout: float = 30) -> None:
        """Wait for so many requests of any kind; raises TimeoutError where they don't come."""
        async with asyncio.timeout(timeout), self._arrived:
            await self._arrived.wait_for(lambda: len(self.arrivals) >= number)

    async def _receive(self, request: web.Request) -> web.Response:
        arrival = Arrival(
            received_at=datetime.now(UTC),
            method=request.method,
            path=request.path,
            headers=dict(request.headers),
            body=await request.read(),
        )
        async with self._arrived:
            self.arrivals.append(arrival)
            self._arrived.notify_all()
        self.before_answer(arrival)
        return await self._reply_to(arrival)

    async def _reply_to(self, arrival: Arrival) -> web.Response:
        if arrival.method == "DELETE" and arrival.path.startswith(DELETED_BELOW):
            return web.Response(status=self.deletion_status)
        if arrival.path == ENVELOPE_PATH:
            return await self._answer(self.envelope_answer)
        if arrival.path == EVENTS_PATH and arrival.method == "POST":
            return await self._answer(self.event_answer)
        if arrival.path == SNAPSHOT_PATH and arrival.method == "POST":
            return await self._answer(self.snapshot_answer)
        if arrival.path == REPORT_PATH and arrival.method == "GET":
            return await self._answer(self.offer_answer)
        if arrival.path != REPORT_PATH:
            return web.Response(status=404)
        if arrival.method != "POST":
            await asyncio.sleep(self.other_delay)
            return web.Response(status=405)
        return await self._answer(
            self._next_answers.popleft() if self._next_answers else self.answer
        )

    async def _answer(self, answer: Answer) -> web.Response:
        await asyncio.sleep(answer.delay)
        return web.Response(status=answer.status, headers=answer.headers, text=answer.body)
