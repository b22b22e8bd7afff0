"""The figures for programs: JSON, CSV, and what those who watch the receiver read."""

from aiohttp import web

from ..options import Options
from ..publishing import Publisher
from . import as_csv, as_json, health, metrics, of_devices

__all__ = ["routes"]


def routes(publisher: Publisher, options: Options) -> list[web.RouteDef]:
    """Return the routes of all files."""
    parts = (as_json, as_csv, of_devices, metrics, health)
    return [route for part in parts for route in part.routes(publisher, options)]
