"""Crash reports: `CrashReporter` takes faults from the host's log to a Sentry-compatible server."""

from . import consent
from .again import look_again
from .build import CrashReport
from .envelope import encoded, undated
from .fields import CrashField
from .log import CrashLog
from .noticed import Noticed
from .outbox import Outbox, async_outbox
from .record import Because, State
from .reporter import CrashReporter

__all__ = [
    "Because",
    "CrashField",
    "CrashLog",
    "CrashReport",
    "CrashReporter",
    "Noticed",
    "Outbox",
    "State",
    "async_outbox",
    "consent",
    "encoded",
    "look_again",
    "undated",
]
