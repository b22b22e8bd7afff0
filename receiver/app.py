"""Put the parts of the receiver together into one application."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final

from aiohttp import web

from .dashboard import pages
from .files import as_csv, as_json, metrics
from .intake import ingest, quiet_log, refusals
from .intake.body import MAX_BODY, Patience
from .intake.geo import Geo, Proxies
from .intake.limits import RateLimiter
from .keys import OPTIONS, OUTCOMES, PUBLISHER, WRITER
from .options.choices import Options
from .publishing.publisher import Publisher
from .storage.writing.retention import Retention
from .storage.writing.writer import Writer

# What else has routes, each with a function `routes(publisher, options)`.
_PUBLIC: Final = (as_json, as_csv, metrics, pages)


def make_app(
    options: Options,
    *,
    clock: Callable[[], float] = time.time,
    patience: Patience = Patience(),  # noqa: B008 - frozen
) -> web.Application:
    """Return the receiver; what can't be opened raises GeoError here, StorageError at its start."""
    refusals.install()
    app = web.Application(
        client_max_size=MAX_BODY,
        handler_args={
            "access_log": None,
            "auto_decompress": False,
            "keepalive_timeout": patience.head,
            "lingering_time": patience.rest,
            "logger": quiet_log.LOGGER,
        },
    )
    app[OPTIONS] = options
    app[WRITER] = writer = Writer(options.database)
    app[OUTCOMES] = Counter()
    app.add_routes(ingest.routes(_ingest(app, clock, patience)))
    background: list[Any] = [Retention(writer, options.retention_days, clock=clock)]
    app[PUBLISHER] = publisher = Publisher(options, writer, clock=clock)
    background.append(publisher)
    for part in _PUBLIC:
        app.add_routes(part.routes(publisher, options))
    app.cleanup_ctx.append(_running(writer, background))
    app.on_response_prepare.append(_anonymous)
    return app


def _ingest(app: web.Application, clock: Callable[[], float], patience: Patience) -> ingest.Ingest:
    options = app[OPTIONS]
    return ingest.Ingest(
        writer=app[WRITER],
        limiter=RateLimiter(options.rate_limit),
        proxies=Proxies(options.trusted_proxy),
        geo=Geo.open(options.geo),
        clock=clock,
        patience=patience,
        outcomes=app[OUTCOMES],
    )


def _running(
    writer: Writer, background: Sequence[Any]
) -> Callable[[web.Application], AsyncIterator[None]]:
    """Return what runs as long as the application does: the writer, and what needs it."""

    async def run(_app: web.Application) -> AsyncIterator[None]:
        writer.start()
        for one in background:
            one.start()
        yield
        for one in background:
            await one.stop()
        await writer.close()

    return run


async def _anonymous(_request: web.Request, response: web.StreamResponse) -> None:
    """Don't tell what software this is, and which version."""
    response.headers.popall("Server", None)
