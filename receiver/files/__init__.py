"""The figures for programs: JSON, CSV, and what those who watch the receiver read."""

from aiohttp import web

from ..devices import Newest
from ..options import Options
from ..publishing import Publisher
from . import as_csv, as_json, health, metrics, of_devices

__all__ = ["routes"]


def routes(publisher: Publisher, options: Options, newest: Newest) -> list[web.RouteDef]:
    """Return the routes of all files; `newest` reads the devices for whoever shows them."""
    parts = (as_json, as_csv, metrics, health)
    return [
        *(route for part in parts for route in part.routes(publisher, options)),
        *of_devices.routes(publisher, options, newest),
    ]
