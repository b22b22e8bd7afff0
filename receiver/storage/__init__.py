"""Where rows are kept, after intake and before counting: one SQLite file that one thread writes to.

Who reads or backs up comes in here. Who writes comes in by `writing`, apart: that needs an event
loop, and the process that counts does not.
"""

from . import layout
from .backups import back_up
from .errors import StorageError, StorageUnavailable
from .layout import Stored
from .names import read_name
from .reading import FOREVER, reading
from .rows import Event, Row

__all__ = [
    "FOREVER",
    "Event",
    "Row",
    "StorageError",
    "StorageUnavailable",
    "Stored",
    "back_up",
    "layout",
    "read_name",
    "reading",
]
