"""Connections without an HTTP client, for what no client would send."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.receiver.reports import valid_report
from tests.receiver.running import Receiver
from tests.receiver.waiting import at_most

A_MOMENT = 5


async def assert_unharmed(receiver: Receiver) -> None:
    """Make sure that the receiver still takes a report."""
    async with at_most(A_MOMENT, lambda: "a report to be taken"):
        assert await receiver.post(valid_report()) == (200, b"")


@asynccontextmanager
async def connection(
    receiver: Receiver, awaited: str, seconds: float = A_MOMENT
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect without an HTTP client; fail where what is awaited does not come in time."""
    async with at_most(seconds, lambda: awaited):
        reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
        try:
            yield reader, writer
        finally:
            writer.close()


def head(length: int | str, *more: str) -> bytes:
    lines = ("POST /v1 HTTP/1.1", "Host: localhost", f"Content-Length: {length}", *more, "", "")
    return "\r\n".join(lines).encode()
