"""A request, from its bytes to a row that is on the disk, or to the reason why it is not.

`Intake` has the handlers, and is given what they need.
"""

from . import quiet_log, refusals
from .answers import Outcome
from .body import MAX_BODY, Patience
from .geo import Geo, GeoError, Proxies
from .intake import Intake
from .limits import RateLimiter

__all__ = [
    "MAX_BODY",
    "Geo",
    "GeoError",
    "Intake",
    "Outcome",
    "Patience",
    "Proxies",
    "RateLimiter",
    "quiet_log",
    "refusals",
]
