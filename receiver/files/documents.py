"""Files that are made once for each publication, and then answered from memory."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from aiohttp import hdrs, web

from ..options import Options
from ..publishing import Publisher
from ..wire import Document

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
        self._made: dict[str, Document] = {}
        self._of: Any = None
        self._turn = asyncio.Lock()

    def route(self, path: str, make: Make) -> web.RouteDef:
        """Return the route of a file."""

        async def answer(request: web.Request) -> web.Response:
            document = await self._current(path, make)
            return document.answer(request, self._type, self._headers)

        return web.get(path, answer)

    async def _current(self, path: str, make: Make) -> Document:
        async with self._turn:
            # Figures are replaced, never changed.
            if self._of is not self._publisher.figures:
                self._of, self._made = self._publisher.figures, {}
            if path not in self._made:
                # Not in the event loop: reports must not wait for a file.
                self._made[path] = await asyncio.to_thread(self._document, make)
            return self._made[path]

    def _document(self, make: Make) -> Document:
        return Document.of(make(self._publisher))
