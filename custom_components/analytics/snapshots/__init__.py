"""Snapshots of devices: `SnapshotReporter` has the host make them, and sends one a day."""

from . import labs
from .held import Told
from .log import SnapshotLog
from .records import Records
from .reporter import SnapshotReporter
from .sender import inspected
from .shown import state, upcoming
from .view import DevicesView

__all__ = [
    "DevicesView",
    "Records",
    "SnapshotLog",
    "SnapshotReporter",
    "Told",
    "inspected",
    "labs",
    "state",
    "upcoming",
]
