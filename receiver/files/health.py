"""Whether the receiver can do its work, for who restarts it or calls somebody: /healthz."""

from functools import partial
from typing import Final

from aiohttp import web

from ..keys import CLOCK, STORE
from ..options import Options
from ..publishing import Publisher

# Without a number: from that, anybody could tell when the last report came.
CLOCK_DOUBTED: Final = (
    "the clock contradicts the time that was stored last, so nothing is deleted, thinned or "
    "published: set it right, or leave it on until that has gone on for a day"
)
UPGRADING: Final = (
    "the database is brought up to date, so nothing is published or deleted for its age: leave it "
    "on, the log says when that is done"
)
NEVER_STORED: Final = {"Cache-Control": "no-store"}


def routes(publisher: Publisher, _options: Options) -> list[web.RouteDef]:
    """Return the route for who wants to know."""
    return [web.get("/healthz", partial(_health, publisher))]


async def _health(publisher: Publisher, request: web.Request) -> web.Response:
    problems = []
    store = request.app[STORE]
    if not store.available:
        problems.append("the database can't be written")
    if not publisher.fresh:
        problems.append("the figures are too old: the log says why none were published")
    # No faults, since reports are taken: to start it anew would make it wait for longer.
    clock = request.app[CLOCK]
    clock.look()
    waits = [CLOCK_DOUBTED] * clock.doubted + [UPGRADING] * store.upgrading
    return web.json_response(
        {
            "status": "failing" if problems else "waiting" if waits else "ok",
            "problems": problems + waits,
            "durability": "disk" if store.on_disk else "memory",
        },
        status=web.HTTPServiceUnavailable.status_code if problems else web.HTTPOk.status_code,
        headers=NEVER_STORED,
    )
