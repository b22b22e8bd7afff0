"""Post what homes send to a receiver, over a few connections at once."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import orjson
from aiohttp import hdrs, web

CONNECTIONS: Final = 32
# The receiver reads one snapshot after the other.
FOR_SNAPSHOTS: Final = 4


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

    async def send_some(session: aiohttp.ClientSession) -> None:
        while waiting:
            post = waiting.pop()
            headers = {hdrs.CONTENT_TYPE: "application/json", **post.headers}
            async with session.post(
                f"{url}{post.path}", data=orjson.dumps(post.body()), headers=headers
            ) as answer:
                if answer.status != web.HTTPOk.status_code:
                    raise FleetError(f"{post.path}: {answer.status} {await answer.text()}")
                post.answered(await answer.read())

    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(send_some(session))
