"""Unpack and parse a body: not more of it than is taken, whatever it becomes."""

import zlib
from typing import Any, Final

import orjson

_GZIP: Final = 16 + zlib.MAX_WBITS


class BodyError(Exception):
    """A body that can't be taken, and the status that says so."""

    def __init__(self, status: int, remedy: str) -> None:
        super().__init__(remedy)
        self.status = status
        self.remedy = remedy


def is_packed(encoding: str) -> bool:
    """Tell whether a body of an encoding is packed; raise BodyError for what nobody can unpack."""
    match encoding.strip().lower():
        case "" | "identity":
            return False
        case "gzip" | "x-gzip":
            return True
        case _:
            raise BodyError(415, "expected no Content-Encoding, or gzip")


def parsed(body: bytes) -> Any:
    """Return what JSON says; raise BodyError."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BodyError(400, f"expected JSON in UTF-8: {error.msg}") from None


def too_large(most: int) -> BodyError:
    """Return what says that a body has more bytes than that."""
    return BodyError(413, f"expected at most {most} bytes, also unpacked")


def unpacked(packed: bytes, most: int) -> bytes:
    """Unpack up to the limit: a few bytes can be gigabytes."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        body = unpacker.decompress(packed, most + 1)
    except zlib.error:
        raise BodyError(400, "expected a body packed with gzip, as Content-Encoding says") from None
    if len(body) > most:
        raise too_large(most)
    if not unpacker.eof or unpacker.unused_data:
        raise BodyError(400, "the gzip body is cut off, or there is more after its end")
    return body
