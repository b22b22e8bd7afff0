"""Read the body of a request: not too long, not too slowly, unpacked, JSON."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from ..unpacking import BodyError, is_packed, parsed, too_large, unpacked

# Home Assistant's reports have 2 kB, those of the fullest homes 30 kB; packed or not.
MAX_BODY: Final = 256 * 1024
# Of a body that comes in smaller ones, so many bytes at least are one.
_PART: Final = 64 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long a client may take, and has to wait for a deletion, in seconds.

    For a body, and for that of a snapshot, which is larger; for the head of a request, which is
    also the longest silence between requests, since proxies keep connections for a minute; and for
    the rest of a body that is not wanted any more, so that the client gets to read why. A deletion
    takes a multiple of its time, whatever there was to delete: it is far more than the largest one
    takes.
    """

    body: float = 10
    snapshot: float = 30
    head: float = 75
    rest: float = 5
    deletion: float = 0.25


class BusyError(Exception):
    """So much waits that a body has no room beside it."""


class Flight:
    """Counts the bytes of bodies that are in memory, so that they have an end."""

    def __init__(self, most: int) -> None:
        """Have room for so many."""
        self.most = most
        self.now = 0

    @contextmanager
    def room(self) -> Iterator["Room"]:
        """Lend room to one body, and to what is made of it."""
        room = Room(self)
        try:
            yield room
        finally:
            self.now -= room.size


class Room:
    """What one body takes of a flight."""

    def __init__(self, flight: Flight) -> None:
        """Begin with nothing."""
        self._flight = flight
        self.size = 0

    def ask(self, size: int) -> None:
        """Take so many bytes; raise BusyError where there is no room for them."""
        if self._flight.now + size > self._flight.most:
            raise BusyError
        self.take(size)

    def take(self, size: int) -> None:
        """Take so many bytes, whether there is room or not."""
        self._flight.now += size
        self.size += size


def encoding_of(request: web.Request) -> str:
    """Return how a body is packed."""
    return ",".join(request.headers.getall("Content-Encoding", ()))


async def read_json(request: web.Request, patience: Patience) -> Any:
    """Return what the body says, whatever its content type is; raise BodyError."""
    packed = is_packed(encoding_of(request))
    body = b"".join(await read(request, patience.body, MAX_BODY))
    return parsed(unpacked(body, MAX_BODY) if packed else body)


async def read(
    request: web.Request, seconds: float, most: int, add: Callable[[int], None] = lambda _: None
) -> list[bytearray]:
    """Return a body as it came, in parts, of so many bytes at most; raise BodyError.

    Before a part is kept `add` is told its size.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _read(request, most, add)
    except TimeoutError:
        raise BodyError(408, f"the body has to arrive within {seconds:g} seconds") from None
    # A connection that ends, a broken chunk.
    except (web.RequestPayloadError, ConnectionError):
        raise BodyError(400, "the body ended too early") from None


async def _read(request: web.Request, most: int, add: Callable[[int], None]) -> list[bytearray]:
    if (request.content_length or 0) > most:
        raise too_large(most)
    parts = [bytearray()]
    size = 0
    while part := await request.content.readany():
        size += len(part)
        if size > most:
            raise too_large(most)
        add(len(part))
        # To move megabytes because there are more takes as long as to take some reports.
        if len(parts[-1]) >= _PART:
            parts.append(bytearray())
        parts[-1] += part
    return parts
