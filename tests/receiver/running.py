"""A receiver that a test talks to, and the clock that it goes by."""

import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from receiver.keys import CLOCK, PUBLISHER, STORE
from receiver.options import Options
from receiver.storage.writing import Retention
from scripts.kept_rows import KeptRow, kept_rows


def file_of(options: Options) -> Path:
    """Return the file that a receiver keeps all in."""
    assert isinstance(options.store, Path)
    return options.store


type StartReceiver = Callable[..., Awaitable[Receiver]]


@dataclass(kw_only=True, slots=True)
class Clock:
    """Time that goes on by itself, and that a test can pass, and set the clock on the wall."""

    passed: float = 0
    wrong: float = 0

    def __call__(self) -> float:
        """Return what the clock on the wall shows, in seconds since 1970."""
        return time.time() + self.passed + self.wrong

    def steady(self) -> float:
        """Return seconds by a clock that nobody sets."""
        return time.monotonic() + self.passed

    def move(self, **much: float) -> None:
        """Let time pass: `days`, `hours`, `seconds`."""
        self.passed += timedelta(**much).total_seconds()

    def jump(self, **much: float) -> None:
        """Set the clock on the wall, forward or back, while no time passes."""
        self.wrong += timedelta(**much).total_seconds()


@dataclass(frozen=True, kw_only=True, slots=True)
class Receiver:
    """A running receiver: its address, its application and a client."""

    server: TestServer
    app: web.Application
    options: Options
    session: aiohttp.ClientSession
    clock: Clock = field(default_factory=Clock)

    def url(self, path: str = "/v1") -> str:
        """Return the address of a page of this receiver."""
        return str(self.server.make_url(path))

    @property
    def database(self) -> Path:
        """Return the file that it keeps all in."""
        return file_of(self.options)

    @property
    def port(self) -> int:
        """Return the port that it listens on."""
        assert self.server.port is not None
        return self.server.port

    async def post(
        self,
        report: Any = None,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] = {},
        path: str = "/v1",
    ) -> tuple[int, bytes]:
        """Send a report, or a body as it is; return status and answer."""
        content: dict[str, Any] = {"json": report} if body is None else {"data": body}
        async with self.session.post(self.url(path), headers=headers, **content) as answer:
            return answer.status, await answer.read()

    async def sweep(self) -> None:
        """Delete what is due, as it does by itself once an hour."""
        writer, days = self.app[STORE], self.options.retention_days
        await Retention(writer, days, clock=self.app[CLOCK]).sweep()

    async def publish(self) -> bool:
        """Publish, as it does by itself once an hour, and tell whether that was done."""
        return await self.app[PUBLISHER].refresh()

    async def stop(self) -> None:
        """Stop it, as the end of the test would."""
        await self.server.close()

    async def post_all(self, reports: Iterable[Any], **more: Any) -> None:
        """Send reports that all have to be taken."""
        for report in reports:
            status, body = await self.post(report, **more)
            assert status == 200, body

    async def post_events(self, events: Iterable[Any]) -> None:
        """Send events that all have to be taken."""
        await self.post_all(events, path="/v1/events")

    async def get(self, path: str, **more: Any) -> tuple[int, bytes]:
        """Read a page; return status and answer."""
        async with self.session.get(self.url(path), **more) as answer:
            return answer.status, await answer.read()

    async def delete(self, uuid: str) -> int:
        """Ask for the deletion of an installation; return the status."""
        async with self.session.delete(self.url(f"/v1/{uuid}")) as answer:
            return answer.status

    def kept(self) -> list[KeptRow]:
        """Read what the database file has of installations, by name."""
        return [*kept_rows(self.database)]

    def rows(self, query: str = "SELECT * FROM installation") -> list[dict[str, Any]]:
        """Read the database file."""
        with closing(sqlite3.connect(self.database)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query)]
