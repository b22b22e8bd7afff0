"""Files that are made once for each publication, and then answered from memory."""

import asyncio
import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import ETag, hdrs, web

from ..options import Options
from ..publishing import Publisher

# Of a file that changes hourly: caches between may be so old, in seconds.
MOST_AGE: Final = 300
_HEADERS: Final[Mapping[str, str]] = {
    # Anybody's page may read them: they are public, and nobody is logged in.
    hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*",
    hdrs.VARY: hdrs.ACCEPT_ENCODING,
    "X-Content-Type-Options": "nosniff",
}

type Make = Callable[[Publisher], bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A file, as it goes over the wire."""

    body: bytes
    packed: bytes
    etag: str


class Documents:
    """The files of one kind."""

    def __init__(self, publisher: Publisher, options: Options, content_type: str) -> None:
        """Name their content type."""
        self._publisher = publisher
        self._type = content_type
        self._age = min(options.publish_every, MOST_AGE)
        self._made: dict[str, Document] = {}
        self._of: Any = None
        self._turn = asyncio.Lock()

    def route(self, path: str, make: Make) -> web.RouteDef:
        """Return the route of a file."""

        async def answer(request: web.Request) -> web.Response:
            return self._answer(request, await self._current(path, make))

        return web.get(path, answer)

    async def _current(self, path: str, make: Make) -> Document:
        async with self._turn:
            # Figures are replaced, never changed.
            if self._of is not self._publisher.figures:
                self._of, self._made = self._publisher.figures, {}
            if path not in self._made:
                # Not in the event loop: reports must not wait for a file.
                self._made[path] = await asyncio.to_thread(_document, make, self._publisher)
            return self._made[path]

    def _answer(self, request: web.Request, document: Document) -> web.Response:
        response = web.Response(headers=_HEADERS)
        # Weak: the same for both encodings.
        response.etag = ETag(document.etag, is_weak=True)
        response.headers[hdrs.CACHE_CONTROL] = f"public, max-age={self._age}"
        if any(tag.value in {document.etag, "*"} for tag in request.if_none_match or ()):
            response.set_status(web.HTTPNotModified.status_code)
            return response
        response.content_type, response.charset = self._type, "utf-8"
        packs = "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, "")
        if packs:
            response.headers[hdrs.CONTENT_ENCODING] = "gzip"
        response.body = document.packed if packs else document.body
        return response


def _document(make: Make, publisher: Publisher) -> Document:
    body = make(publisher)
    return Document(
        body=body,
        packed=gzip.compress(body, compresslevel=6, mtime=0),
        etag=hashlib.sha256(body).hexdigest()[:16],
    )
