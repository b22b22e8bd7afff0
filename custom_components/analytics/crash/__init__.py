"""Crash reports: `CrashReporter` takes faults from the host's log to a Sentry-compatible server."""

from . import consent
from .again import look_again
from .envelope import encoded, undated
from .fields import CrashField
from .log import CrashLog
from .outbox import Outbox, async_outbox
from .reporter import CrashReporter

__all__ = [
    "CrashField",
    "CrashLog",
    "CrashReporter",
    "Outbox",
    "async_outbox",
    "consent",
    "encoded",
    "look_again",
    "undated",
]
