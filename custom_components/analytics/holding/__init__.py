"""What was made and waits until somebody approves it: `Holding` lets it leave as it was shown."""

from .file import HeldFile, async_held
from .held import Held
from .hold import Hold
from .holding import Holding
from .origin_of_crashes import Crashes
from .origin_of_reports import Reports
from .origin_of_snapshots import Snapshots

__all__ = [
    "Crashes",
    "Held",
    "HeldFile",
    "Hold",
    "Holding",
    "Reports",
    "Snapshots",
    "async_held",
]
