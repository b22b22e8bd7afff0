"""The dashboard: pages that the server renders, which need no script, cookie or other host."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, Protocol

from aiohttp import hdrs, web

from ..devices import Newest
from ..devices import query as of_devices
from ..options import Options
from ..paths import own
from ..wire import Shelf, Shelves
from . import listing, overview, rendering, tables, views
from .assets import Assets
from .charts import History, wording
from .devices import Devices
from .levels import LEVELS
from .views import Context, Figures


class Publication(Protocol):
    """What the pages read: the newest figures, and the days before; replaced, never changed."""

    @property
    def figures(self) -> dict[str, Any]:
        """Return the figures that are published now."""

    @property
    def history(self) -> list[dict[str, Any]]:
        """Return the days before, oldest first."""


# Of what only reads.
READING: Final = (hdrs.METH_GET, hdrs.METH_HEAD)

type Read = Callable[[Mapping[str, str]], Any]
type View = Callable[[Figures, History], Context | None]


def routes(publisher: Publication, options: Options, newest: Newest) -> list[web.RouteDef]:
    """Return the routes of all pages and of what they need."""
    site = Site(publisher, options)
    long = [
        route
        for kind in tables.KINDS
        for route in (
            web.get(
                f"/{kind.path}",
                partial(site.asked, "listing.html", listing.read, partial(tables.listing, kind)),
            ),
            web.get(
                f"/{kind.path}/{{key:[^/]+}}",
                partial(site.named, "detail.html", partial(tables.detail, kind)),
            ),
        )
    ]
    return [
        web.get("/", partial(site.plain, "overview.html", overview.overview)),
        *long,
        *_devices(site, Devices(newest)),
        web.get("/statistics", partial(site.plain, "statistics.html", views.statistics)),
        *(
            web.get(f"/{level.path}", partial(site.plain, "level.html", level.view))
            for level in LEVELS
        ),
        web.get("/about", partial(site.plain, "about.html", views.about)),
        web.get("/static/{name:.+}", site.asset),
        web.route("*", "/{nothing:.*}", site.missing),
    ]


def _devices(site: "Site", pages: Devices) -> list[web.RouteDef]:
    """Return the routes of devices, whose makers and models may have any name."""
    maker, model = "{maker:[^/]+}", "{model:[^/]+}"
    return [
        web.get("/devices", partial(site.asked, "devices.html", of_devices.read, pages.models)),
        web.get(
            "/devices/manufacturers",
            partial(site.asked, "manufacturers.html", of_devices.read_makers, pages.makers),
        ),
        web.get(
            f"/devices/manufacturers/{maker}", partial(site.named, "manufacturer.html", pages.maker)
        ),
        web.get(f"/devices/models/{maker}/{model}", partial(site.named, "model.html", pages.model)),
    ]


async def _methods(request: web.Request) -> set[str]:
    """Return the methods by which there is something at an address."""
    found = [await one.resolve(request) for one in request.app.router.resources()]
    return set().union(*(allowed for _, allowed in found)) - {hdrs.METH_ANY}


def csv_files(app: web.Application, root: str) -> list[list[str]]:
    """Return the addresses of each table that this receiver offers: for programs, for people."""
    addresses = {own(root, resource.canonical) for resource in app.router.resources()}
    files = sorted(one for one in addresses if one.endswith(".csv") and "{" not in one)
    tables: dict[str, list[str]] = {}
    for address in files:
        tables.setdefault(address.rpartition("/")[2], []).append(address)
    return list(tables.values())


class Site:
    """Renders each page once per publication, and answers from memory."""

    def __init__(self, publisher: Publication, options: Options) -> None:
        """Read templates and files."""
        self._options = options
        self._root = options.root
        self._assets = Assets(self._root)
        self._templates = rendering.environment(options, self._assets)
        self._shelves = Shelves[rendering.Page](lambda: (publisher.figures, publisher.history))

    async def plain(self, template: str, view: View, request: web.Request) -> web.Response:
        """Show a page that the address asks nothing of."""
        return await self._answer(
            request, template, view, self._own(request.path), self._shelves.ours
        )

    async def asked(
        self, template: str, read: Read, view: Callable[..., Context], request: web.Request
    ) -> web.Response:
        """Show a page that the address asks something of."""
        query = read(request.query)
        return await self._answer(
            request,
            template,
            lambda figures, history: view(figures, history, query),
            self._own(request.path),
            self._shelves.asked,
            str(query),
        )

    async def named(
        self, template: str, view: Callable[..., Context | None], request: web.Request
    ) -> web.Response:
        """Show the page of what the address names."""
        names = dict(request.match_info)
        return await self._answer(
            request,
            template,
            lambda figures, history: view(figures, history, **names),
            self._own(request.rel_url.raw_path),
            self._shelves.asked,
        )

    async def missing(self, request: web.Request) -> web.Response:
        """Say that there is nothing at an address."""
        if request.method not in READING and (allowed := await _methods(request)):
            raise web.HTTPMethodNotAllowed(request.method, allowed)
        # One page for all addresses, which must not have that of who came first: it may be an id.
        return await self._answer(request, "missing.html", lambda *_: None, "", self._shelves.ours)

    async def asset(self, request: web.Request) -> web.Response:
        """Give a style sheet, a script or the font."""
        return self._assets.respond(request)

    def _own(self, path: str) -> str:
        """Return the path of a page, which is the same wherever it was asked for."""
        return own(self._root, path)

    async def _answer(
        self,
        request: web.Request,
        template: str,
        view: View,
        path: str,
        shelf: Shelf[rendering.Page],
        query: str = "",
    ) -> web.Response:
        """Answer with the page at this path, which is rendered if it was not yet.

        Others get the same, so nothing but path and query of this request may be in it.
        """

        def render(figures: Figures, history: History) -> rendering.Page:
            shared = {"path": path, "csv_files": csv_files(request.app, self._root)}
            return self._render(template, view, shared, figures, history)

        page = await shelf.get(f"{path}{query}", render)
        return page.answer(request)

    def _render(
        self, template: str, view: View, shared: Context, figures: Figures, history: History
    ) -> rendering.Page:
        found = view(figures, history)
        shared |= {
            "kinds": tables.KINDS,
            "k": figures.get("smallest_group", self._options.smallest_group),
            "updated": wording.moment(figures.get("last_updated", 0)),
            "empty": not figures.get("active_installations"),
        }
        if found is None:
            return rendering.render(self._templates, "missing.html", 404, shared)
        return rendering.render(self._templates, template, 200, shared | found)
