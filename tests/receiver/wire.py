"""Connections without an HTTP client, for what no client would send."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.receiver.reports import valid_report
from tests.receiver.running import Receiver

A_MOMENT = 5


async def assert_unharmed(receiver: Receiver) -> None:
    """Make sure that the receiver still takes a report."""
    async with asyncio.timeout(A_MOMENT):
        assert await receiver.post(valid_report()) == (200, b"")


@asynccontextmanager
async def connection(
    receiver: Receiver,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect without an HTTP client."""
    reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
    try:
        yield reader, writer
    finally:
        writer.close()


def head(length: int | str, *more: str) -> bytes:
    lines = ("POST /v1 HTTP/1.1", "Host: localhost", f"Content-Length: {length}", *more, "", "")
    return "\r\n".join(lines).encode()
