"""How this run of the host goes, and how the last one ended: `async_begin` returns the `Run`."""

from .current import Run, async_begin, async_follow, async_leave, remove
from .dumps import NAMES, NativeFault
from .fault_log import Found
from .previous import UNCLEAN, End, Mark, Phase

__all__ = [
    "NAMES",
    "UNCLEAN",
    "End",
    "Found",
    "Mark",
    "NativeFault",
    "Phase",
    "Run",
    "async_begin",
    "async_follow",
    "async_leave",
    "remove",
]
