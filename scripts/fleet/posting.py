"""Post what homes send to a receiver, over a few connections at once."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from aiohttp import hdrs

CONNECTIONS: Final = 32
# The receiver reads one snapshot after the other.
FOR_SNAPSHOTS: Final = 4
_HEAD_END: Final = b"\r\n\r\n"
_ANSWER: Final = re.compile(rb"HTTP/1\.1 (\d+) .*content-length: (\d+)", re.DOTALL | re.IGNORECASE)


class FleetError(Exception):
    """The receiver did not take what was made up, or did not publish."""


@dataclass(frozen=True, slots=True)
class Post:
    """What is posted to a path, and who is told the answer."""

    path: str
    body: Callable[[], Mapping[str, Any]]
    """Made when it is its turn."""
    headers: Mapping[str, str] = field(default_factory=dict)
    answered: Callable[[bytes], None] = lambda _answer: None


async def send(url: str, waiting: list[Post], *, connections: int = CONNECTIONS) -> None:
    """Send all; raises FleetError."""

    async def send_some() -> None:
        # Who posts shares the processor with who takes it, and a client for all kinds of answers
        # would need a fifth of the time.
        reader, writer = await asyncio.open_connection(there.hostname, there.port)
        try:
            while waiting:
                post = waiting.pop()
                writer.write(_request(there.netloc, post))
                post.answered(await _answer(reader, post))
        finally:
            writer.close()
            await writer.wait_closed()

    there = urlsplit(url)
    async with asyncio.TaskGroup() as group:
        for _ in range(min(connections, len(waiting))):
            group.create_task(send_some())


def _request(host: str, post: Post) -> bytes:
    body = orjson.dumps(post.body())
    headers = {
        hdrs.HOST: host,
        hdrs.CONTENT_TYPE: "application/json",
        hdrs.CONTENT_LENGTH: str(len(body)),
        **post.headers,
    }
    lines = (f"POST {post.path} HTTP/1.1", *(": ".join(item) for item in headers.items()))
    return "\r\n".join(lines).encode() + _HEAD_END + body


async def _answer(reader: asyncio.StreamReader, post: Post) -> bytes:
    head = await reader.readuntil(_HEAD_END)
    found = _ANSWER.match(head)
    if found is None:
        raise FleetError(f"{post.path}: {head.decode(errors='replace')}")
    body = await reader.readexactly(int(found[2]))
    if found[1] != b"200":
        raise FleetError(f"{post.path}: {found[1].decode()} {body.decode(errors='replace')}")
    return body
