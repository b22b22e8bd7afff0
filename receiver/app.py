"""Put the parts of the receiver together into one application."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from aiohttp import web

from . import dashboard, files, intake
from .clock import Clock
from .devices import Newest
from .intake import Patience
from .keys import CLOCK, OPTIONS, OUTCOMES, PUBLISHER, STORE
from .options import Options
from .paths import everywhere
from .publishing import Publisher
from .storage.writing import Retention, Store
from .stores import open_store


def make_app(
    options: Options,
    *,
    clock: Clock | None = None,
    patience: Patience = Patience(),  # noqa: B008 - frozen
) -> web.Application:
    """Return the receiver; raises GeoError and PathError here, StorageError at its start."""
    intake.refusals.install()
    app = web.Application(
        client_max_size=intake.MAX_BODY,
        handler_args={
            "access_log": None,
            "auto_decompress": False,
            "keepalive_timeout": patience.head,
            "lingering_time": patience.rest,
            "logger": intake.quiet_log.LOGGER,
        },
    )
    app[OPTIONS] = options
    app[CLOCK] = clock = clock or Clock()
    app[STORE] = store = open_store(options.place, retention_days=options.retention_days)
    app[OUTCOMES] = Counter()
    taking = _intake(app, patience)
    background: list[Any] = [taking, Retention(store, options.retention_days, clock=clock)]
    app[PUBLISHER] = publisher = Publisher(options, store, clock=clock)
    background.append(publisher)
    newest = Newest()
    shown = publisher, options, newest
    read = (*files.routes(*shown), *dashboard.routes(*shown))
    app.add_routes(everywhere(options.root, (*taking.routes, *read)))
    app.cleanup_ctx.append(_running(store, clock, background))
    app.on_response_prepare.append(_anonymous)
    return app


def _intake(app: web.Application, patience: Patience) -> intake.Intake:
    options = app[OPTIONS]
    return intake.Intake.of(
        app[STORE],
        limiter=intake.RateLimiter(options.rate_limit),
        proxies=intake.Proxies(options.trusted_proxy),
        geo=intake.Geo.open(options.geo),
        clock=app[CLOCK],
        patience=patience,
        outcomes=app[OUTCOMES],
    )


def _running(
    store: Store, clock: Clock, background: Sequence[Any]
) -> Callable[[web.Application], AsyncIterator[None]]:
    """Return what runs as long as the application does: the store, and what needs it."""

    async def run(_app: web.Application) -> AsyncIterator[None]:
        await store.start()
        clock.begin(await store.seen())
        for one in background:
            await one.start()
        yield
        for one in background:
            await one.stop()
        await store.close()

    return run


async def _anonymous(_request: web.Request, response: web.StreamResponse) -> None:
    """Don't tell what software this is, and which version."""
    response.headers.popall("Server", None)
