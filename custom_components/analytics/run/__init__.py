"""How this run of the host goes, and how the last one ended: `async_begin` returns the `Run`."""

from .current import Run, async_begin, async_follow, async_leave, remove
from .fault_log import NAMES, Found, NativeFault
from .previous import End, Mark, Phase, PreviousRun

__all__ = [
    "NAMES",
    "End",
    "Found",
    "Mark",
    "NativeFault",
    "Phase",
    "PreviousRun",
    "Run",
    "async_begin",
    "async_follow",
    "async_leave",
    "remove",
]
