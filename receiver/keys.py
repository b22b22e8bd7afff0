"""What the parts of the running receiver find each other by, in the application."""

from collections import Counter
from typing import Final

from aiohttp import web

from .clock import Clock
from .options import Options
from .publishing import Publisher
from .storage.writing import Store

OPTIONS: Final = web.AppKey("options", Options)
CLOCK: Final = web.AppKey("clock", Clock)
STORE: Final = web.AppKey[Store]("store")
PUBLISHER: Final = web.AppKey("publisher", Publisher)

# How many requests had which outcome since the start, for /metrics: see ingest.Outcome.
OUTCOMES: Final = web.AppKey("outcomes", Counter[str])
