"""How this run of the host goes, and how the last one ended: `async_begin` returns the `Run`."""

from .current import Run, async_begin, async_follow, async_leave, remove
from .dumps import NAMES, NativeFault
from .fault_log import Found
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
