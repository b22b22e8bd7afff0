"""What is published, as it goes over the wire: packed once, and not sent to who has it already."""

import asyncio
import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import is_
from typing import Any, Final, Protocol, Self

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


class Sized(Protocol):
    """What takes memory."""

    @property
    def size(self) -> int:
        """Return how much, in bytes."""


class Shelf[Made: Sized]:
    """What was made for addresses, one after the other, and as much of it as may be kept."""

    MOST: Final = 256
    LARGEST: Final = 32 << 20

    def __init__(self, current: Callable[[], tuple[Any, ...]]) -> None:
        """Name what tells of what things are made now, and clears this first if it was older."""
        self._current = current
        self._turn = asyncio.Lock()
        self.clear()

    def clear(self) -> None:
        """Let all go."""
        self._made: dict[str, Made] = {}
        self._size = 0

    async def get(self, address: str, make: Callable[..., Made]) -> Made:
        """Return what is there for an address, made of what is published if it was not yet.

        Making takes its time, and is not done on the event loop: reports must not wait for it.
        What it raises is raised here, and nothing is kept.
        """
        self._current()
        if made := self._made.get(address):
            return made
        async with self._turn:
            of = self._current()
            made = self._made.get(address)
            if made is None:
                made = await asyncio.to_thread(make, *of)
                if of is self._current():
                    self._keep(address, made)
        return made

    def _keep(self, address: str, made: Made) -> None:
        """Keep something; where that is too much, all else is let go."""
        self._size += made.size
        if len(self._made) >= self.MOST or self._size > self.LARGEST:
            self._made, self._size = {}, made.size
        self._made[address] = made


class Shelves[Made: Sized]:
    """What was made for addresses out of what is published now.

    Addresses of ours don't wait for those that others make up, nor are let go for them.
    """

    def __init__(self, published: Callable[[], tuple[Any, ...]]) -> None:
        """Name what gives that: its parts are replaced, and never changed."""
        self._published = published
        self._of = published()
        self.ours = Shelf[Made](self._current)
        self.asked = Shelf[Made](self._current)

    def _current(self) -> tuple[Any, ...]:
        """Return what is published; nothing that was made of what was before stays."""
        published = self._published()
        if not all(map(is_, published, self._of)):
            self._of = published
            self.ours.clear()
            self.asked.clear()
        return self._of
