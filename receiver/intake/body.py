"""Read the body of a request: not too long, not too slowly, unpacked, JSON."""

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson
from aiohttp import web

# Home Assistant's reports have 2 kB, those of the fullest homes 30 kB; packed or not.
MAX_BODY: Final = 256 * 1024
_GZIP: Final = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long a client may take, and has to wait for a deletion, in seconds.

    For a body; for the head of a request, which is also the longest silence between requests, since
    proxies keep connections for a minute; and for the rest of a body that is not wanted any more,
    so that the client gets to read why. A deletion takes a multiple of its time, whatever there was
    to delete: it is far more than the largest one takes.
    """

    body: float = 10
    head: float = 75
    rest: float = 5
    deletion: float = 0.25


class BodyError(Exception):
    """A body that can't be taken, and the status that says so."""

    def __init__(self, status: int, remedy: str) -> None:
        super().__init__(remedy)
        self.status = status
        self.remedy = remedy


async def read_json(request: web.Request, patience: Patience) -> Any:
    """Return what the body says, whatever its content type is; raise BodyError."""
    unpack = _unpacker(",".join(request.headers.getall("Content-Encoding", ())))
    try:
        async with asyncio.timeout(patience.body):
            packed = await _read(request)
    except TimeoutError:
        raise BodyError(408, f"the body has to arrive within {patience.body:g} seconds") from None
    # A connection that ends, a broken chunk.
    except (web.RequestPayloadError, ConnectionError):
        raise BodyError(400, "the body ended too early") from None
    body = unpack(packed)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BodyError(400, f"expected JSON in UTF-8: {error.msg}") from None


async def _read(request: web.Request) -> bytes:
    if (request.content_length or 0) > MAX_BODY:
        raise _too_large()
    body = bytearray()
    while chunk := await request.content.readany():
        body += chunk
        if len(body) > MAX_BODY:
            raise _too_large()
    return bytes(body)


def _unpacker(encoding: str) -> Callable[[bytes], bytes]:
    match encoding.strip().lower():
        case "" | "identity":
            return bytes
        case "gzip" | "x-gzip":
            return _gunzip
        case _:
            raise BodyError(415, "expected no Content-Encoding, or gzip")


def _gunzip(packed: bytes) -> bytes:
    """Unpack up to the limit: a few bytes can be gigabytes."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        body = unpacker.decompress(packed, MAX_BODY + 1)
    except zlib.error:
        raise BodyError(400, "expected a body packed with gzip, as Content-Encoding says") from None
    if len(body) > MAX_BODY:
        raise _too_large()
    if not unpacker.eof or unpacker.unused_data:
        raise BodyError(400, "the gzip body is cut off, or there is more after its end")
    return body


def _too_large() -> BodyError:
    return BodyError(413, f"expected at most {MAX_BODY} bytes, also unpacked")
