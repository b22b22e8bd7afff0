"""Files that are made once for each publication, and then answered from memory."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

from aiohttp import hdrs, web

from ..options import Options
from ..publishing import Publisher
from ..wire import Document, Kept

# Of a file that changes hourly: caches between may be so old, in seconds.
MOST_AGE: Final = 300
_HEADERS: Final = {
    # Anybody's page may read them: they are public, and nobody is logged in.
    hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*",
    "X-Content-Type-Options": "nosniff",
}

type Make = Callable[[Publisher], bytes]


class Documents:
    """The files of one kind."""

    def __init__(self, publisher: Publisher, options: Options, content_type: str) -> None:
        """Name their content type."""
        self._publisher = publisher
        self._type = content_type
        age = min(options.publish_every, MOST_AGE)
        self._headers = _HEADERS | {hdrs.CACHE_CONTROL: f"public, max-age={age}"}
        self._of: Any = None
        self._begin()
        self._turn = asyncio.Lock()

    def route(self, path: str, make: Make) -> web.RouteDef:
        """Return the route of a file."""

        async def answer(request: web.Request) -> web.Response:
            return await self._answer(request, path, make)

        return web.get(path, answer)

    def asked[Query](
        self,
        path: str,
        read: Callable[[Mapping[str, str]], Query],
        make: Callable[[Publisher, Query], bytes | None],
    ) -> web.RouteDef:
        """Return the route of a file of which an address asks for a part; 404 where it is None."""

        async def answer(request: web.Request) -> web.Response:
            query = read(request.query)
            return await self._answer(
                request,
                f"{path}{query}",
                lambda publisher: make(publisher, query),
                asked=True,
            )

        return web.get(path, answer)

    async def _answer(
        self,
        request: web.Request,
        address: str,
        make: Callable[[Publisher], bytes | None],
        *,
        asked: bool = False,
    ) -> web.Response:
        if known := self._kept(asked=asked).get(address):
            return known.answer(request, self._type, self._headers)
        async with self._turn:
            kept = self._kept(asked=asked)
            document = kept.get(address)
            if document is None:
                # Not in the event loop: reports must not wait for a file.
                document = await asyncio.to_thread(self._document, make)
                if document is None:
                    raise web.HTTPNotFound(headers=_HEADERS)
                kept.keep(address, document, document.size)
        return document.answer(request, self._type, self._headers)

    def _kept(self, *, asked: bool) -> Kept[Document]:
        """Return what was made of these figures, which are replaced and never changed."""
        if self._of is not self._publisher.figures:
            self._of = self._publisher.figures
            self._begin()
        return self._asked if asked else self._made

    def _begin(self) -> None:
        self._made = Kept[Document]()
        # Apart from those that have addresses of ours, which are kept whatever others make up.
        self._asked = Kept[Document]()

    def _document(self, make: Callable[[Publisher], bytes | None]) -> Document | None:
        body = make(self._publisher)
        return None if body is None else Document.of(body)
