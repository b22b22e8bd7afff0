"""A publisher whose schedule a test goes through, and programs in place of the one that counts."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

import orjson

from receiver.options import Options
from receiver.publishing import Publisher
from receiver.schema import validate
from receiver.storage import Row
from receiver.storage.sqlite.writing import Writer
from tests.receiver.reports import valid_report
from tests.receiver.rows import keep_all
from tests.receiver.running import file_of
from tests.receiver.waiting import at_most

PATIENCE = 20


def program(source: str) -> tuple[str, ...]:
    return sys.executable, "-c", source


def printing(figures: dict[str, Any], *, before: str = "") -> tuple[str, ...]:
    return program(f"{before}\nprint({orjson.dumps(figures).decode()!r})")


class Naps:
    """Stands for the time between publications: notes how long it is, and lets a test end it."""

    def __init__(self) -> None:
        self.begun: asyncio.Queue[float] = asyncio.Queue()
        self._over = asyncio.Semaphore(0)

    async def __call__(self, seconds: float) -> None:
        self.begun.put_nowait(seconds)
        await self._over.acquire()

    def end(self) -> None:
        self._over.release()

    async def next(self) -> float:
        async with at_most(PATIENCE, lambda: "the next pause"):
            return await self.begun.get()


@asynccontextmanager
async def publishing(options: Options, **more: Any) -> AsyncIterator[Publisher]:
    """Yield a publisher that sleeps until it is told to publish."""
    writer = Writer(file_of(options))
    await writer.start()
    publisher = Publisher(options, writer, **{"sleep": Naps()} | more)
    await publisher.start()
    try:
        yield publisher
    finally:
        await publisher.stop()
        await writer.close()


async def settle(publisher: Publisher) -> None:
    """Publish twice: what a receiver publishes by itself at its start is over then."""
    assert await publisher.refresh()
    assert await publisher.refresh()


def stored(options: Options, query: str = "SELECT figures FROM published") -> list[Any]:
    with closing(sqlite3.connect(file_of(options))) as connection:
        return [row[0] for row in connection.execute(query)]


def fill(options: Options, installations: int, report: dict[str, Any] | None = None) -> None:
    told = validate(report or valid_report()).told.at("US", "CA")
    keep_all(
        file_of(options),
        (Row(key=number.to_bytes(16), time=0, told=told) for number in range(installations)),
    )


def killed(_: Options) -> tuple[str, ...]:
    return program("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
