"""A request, from its bytes to a row that is on the disk, or to the reason why it is not.

`Ingest` has the handlers, and is given what they need.
"""

from . import quiet_log, refusals
from .body import MAX_BODY, Patience
from .geo import Geo, GeoError, Proxies
from .ingest import Ingest, Outcome, routes
from .limits import RateLimiter

__all__ = [
    "MAX_BODY",
    "Geo",
    "GeoError",
    "Ingest",
    "Outcome",
    "Patience",
    "Proxies",
    "RateLimiter",
    "quiet_log",
    "refusals",
    "routes",
]
