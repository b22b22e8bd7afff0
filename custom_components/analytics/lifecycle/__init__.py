"""Events: `LifecycleReporter` tells of starts, stops and crashes."""

from .queue import EventQueue, async_queue
from .reporter import LifecycleReporter

__all__ = ["EventQueue", "LifecycleReporter", "async_queue"]
