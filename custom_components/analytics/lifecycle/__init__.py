"""Events: `LifecycleReporter` tells of starts, stops and crashes."""

from .fault import UNCLEAN
from .queue import EventQueue, async_queue
from .reporter import LifecycleReporter

__all__ = ["UNCLEAN", "EventQueue", "LifecycleReporter", "async_queue"]
