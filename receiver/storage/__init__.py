"""What rows are and where they can be kept: `sqlite` and `valkey` are the engines that do it.

What they have in common comes in here. Who writes comes in by `writing`, apart: that needs an event
loop, and the process that counts does not. Which engine it is, `stores.py` decides.
"""

from . import layout
from .copied import Source, Target
from .errors import NotKeptError, StorageError, StorageUnavailable
from .kept import Share
from .layout import Stored
from .names import read_name
from .rows import Event, Row
from .servers import Durability, Servers

# The latest time that there is.
FOREVER = 2**63 - 1

__all__ = [
    "FOREVER",
    "Durability",
    "Event",
    "NotKeptError",
    "Row",
    "Servers",
    "Share",
    "Source",
    "StorageError",
    "StorageUnavailable",
    "Stored",
    "Target",
    "layout",
    "read_name",
]
