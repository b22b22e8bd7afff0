"""What is published, as it goes over the wire: packed once, and not sent to who has it already."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from aiohttp import ETag, hdrs, web


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A file or a page."""

    body: bytes
    packed: bytes
    etag: str

    @property
    def size(self) -> int:
        """Return how much memory it takes."""
        return len(self.body) + len(self.packed)

    @classmethod
    def of(cls, body: bytes) -> Self:
        """Pack it, and name it by what it says."""
        return cls(
            body=body,
            packed=gzip.compress(body, compresslevel=6, mtime=0),
            etag=hashlib.sha256(body).hexdigest()[:16],
        )

    def known(self, request: web.Request) -> bool:
        """Tell whether who asks has this version."""
        return any(tag.value in {self.etag, "*"} for tag in request.if_none_match or ())

    def answer(
        self, request: web.Request, content_type: str, headers: Mapping[str, str], status: int = 200
    ) -> web.Response:
        """Send it, or only that it is still the same."""
        response = web.Response(status=status, headers=headers)
        response.headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
        # Weak: the same for both encodings.
        response.etag = ETag(self.etag, is_weak=True)
        if status == web.HTTPOk.status_code and self.known(request):
            response.set_status(web.HTTPNotModified.status_code)
            return response
        response.content_type, response.charset = content_type, "utf-8"
        packs = "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, "")
        if packs:
            response.headers[hdrs.CONTENT_ENCODING] = "gzip"
        response.body = self.packed if packs else self.body
        return response


class Kept[T]:
    """What was made for addresses: of those that can be made up not more than some."""

    MOST: Final = 256
    LARGEST: Final = 32 << 20

    def __init__(self) -> None:
        """Begin with nothing."""
        self._made: dict[str, T] = {}
        self._size = 0

    def get(self, address: str) -> T | None:
        """Return what is kept for an address."""
        return self._made.get(address)

    def keep(self, address: str, made: T, size: int) -> None:
        """Keep something; where that is too much, all else is let go."""
        self._size += size
        if len(self._made) >= self.MOST or self._size > self.LARGEST:
            self._made, self._size = {}, size
        self._made[address] = made
