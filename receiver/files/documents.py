"""Files that are made once for each publication, and then answered from memory."""

from collections.abc import Callable, Mapping
from typing import Final

from aiohttp import hdrs, web

from ..disclosure import Figures
from ..options import Options
from ..publishing import Publisher
from ..wire import Document, Shelf, Shelves

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
        self._shelves = Shelves[Document](lambda: (publisher.figures,))

    def route(self, path: str, make: Make) -> web.RouteDef:
        """Return the route of a file."""

        async def answer(request: web.Request) -> web.Response:
            return await self._answer(request, self._shelves.ours, path, make)

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
                self._shelves.asked,
                f"{path}{query}",
                lambda publisher: make(publisher, query),
            )

        return web.get(path, answer)

    async def _answer(
        self,
        request: web.Request,
        shelf: Shelf[Document],
        address: str,
        make: Callable[[Publisher], bytes | None],
    ) -> web.Response:
        def made(_: Figures) -> Document:
            body = make(self._publisher)
            if body is None:
                raise web.HTTPNotFound(headers=_HEADERS)
            return Document.of(body)

        document = await shelf.get(address, made)
        return document.answer(request, self._type, self._headers)
