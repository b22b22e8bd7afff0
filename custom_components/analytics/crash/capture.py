"""Notice faults where the host logs them: a handler of the root logger.

It runs where something was logged, often on the event loop, so it only takes note of what is new,
and counts what is known. Other threads log too: whoever reads holds the handler's lock.
"""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Final

from .. import clock
from . import noise
from .faults import (
    MAX_TEXT,
    TRACEBACK,
    Fault,
    cause_of,
    from_exception,
    from_text,
    traceback_of,
)
from .record import Key, Read, Record

ERROR: Final = "error"
FATAL: Final = "fatal"
DAY: Final = 24 * 3600.0
MAX_WAITING: Final = 20
MAX_KNOWN: Final = 1000
MAX_LINKS: Final = 5
# No record of our own, nor of those with whose help a report is made: that would be a loop.
DEAF_TO: Final = ("custom_components.analytics.", "sentry_sdk.", "urllib3.")
_FILE_LINE: Final = re.compile(r'File "[^"\n]+", line \d+')


@dataclass(frozen=True, slots=True)
class Captured:
    """A fault as it was logged: when, how grave, and where the call is that logged it.

    What that call said is not kept. `moment` is by the running clock; `time`, in seconds since the
    epoch, is of one that an earlier run left.
    """

    key: Key
    fault: Fault
    moment: float
    level: str
    path: str = ""
    line: int = 0
    function: str = ""
    time: float | None = None

    @property
    def told(self) -> float:
        """Return when it was, by the clock as it is set now."""
        return clock.time_of(self.moment) if self.time is None else self.time


@dataclass(slots=True)
class _Known:
    """A fault that happened before: how often since it was taken, and when it was new (running).

    Without one that was captured it was taken.
    """

    count: int
    since: float
    captured: Captured | None = None


class CaptureHandler(logging.Handler):
    """Keeps each new fault until it is taken; `noticed` is called, in any thread, for each."""

    def __init__(self, noticed: Callable[[], None], record: Record | None = None) -> None:
        """Take part in nothing before it is added to a logger; `record` is for who looks."""
        super().__init__(logging.ERROR)
        self._record = record or Record()
        self._noticed = noticed
        self._known: dict[Key, _Known] = {}
        self._waiting: dict[Key, None] = {}
        self.newest: Captured | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of a record that tells of a fault; whatever happens, logging goes on."""
        try:
            if not f"{record.name}.".startswith(DEAF_TO):
                self._look_at(record)
        except Exception:  # noqa: BLE001 - to log it would be a loop
            return

    @property
    def waiting(self) -> bool:
        """Tell whether there is something to take."""
        return bool(self._waiting)

    def add(self, captured: Captured) -> None:
        """Add a fault that was not logged in this run."""
        self.newest = captured
        self._record.noticed(captured.key, captured.fault, captured.moment, captured.time)
        with self._locked():
            self._keep(captured.key, _Known(1, captured.moment, captured))
            self._waiting[captured.key] = None
        self._noticed()

    def take(self) -> list[tuple[Captured, int]]:
        """Return what is new, and how often it has happened."""
        with self._locked():
            taken = []
            # Objects may be collected meanwhile, and log a fault: in this thread, in spite of the
            # lock.
            waiting, self._waiting = self._waiting, {}
            for key in waiting:
                known = self._known.get(key)
                if known is not None and known.captured is not None:
                    taken.append((known.captured, known.count))
                    known.captured, known.count = None, 0
            return taken

    def give_back(self, captured: Captured, count: int, *, again: bool = False) -> None:
        """Count again what was taken but is not reported today, or `again` is to be taken."""
        with self._locked():
            if known := self._known.get(captured.key):
                known.count += count
                if again:
                    known.captured = captured
                    self._waiting[captured.key] = None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.acquire()
        try:
            yield
        finally:
            self.release()

    def _look_at(self, record: logging.LogRecord) -> None:
        _, exception, traceback = record.exc_info or (None, None, None)
        if exception is not None:
            key = _key(exception, traceback)
            self._note(
                key,
                record,
                lambda: _from_record(exception, traceback),
                lambda: from_exception(exception, traceback),
            )
        elif record.args and (text := _logged_traceback(record.args)):
            read = text[:MAX_TEXT]
            key = (hash((*_FILE_LINE.findall(read),)),)
            self._note(key, record, lambda: _from_logged(read), lambda: from_text(read))

    def _note(self, key: Key, record: logging.LogRecord, read: Read, read_noise: Read) -> None:
        """Keep what `read` returns; what is no fault is told the record, as `read_noise` has it."""
        now = clock.running()
        self._record.again(key, now)
        known = self._known.get(key)
        if known is not None and now - known.since < DAY and not self._record.is_new_again(key):
            known.count += 1
            return
        if len(self._waiting) >= MAX_WAITING:
            return
        # What is none is not remembered: the next time something else may be the cause.
        if (fault := read()) is None:
            self._record.noise(key, read_noise, now)
            return
        captured = Captured(
            key,
            fault,
            now,
            FATAL if record.levelno >= logging.CRITICAL else ERROR,
            *_logged_where(record),
        )
        self.newest = captured
        self._record.noticed(key, fault, now)
        self._keep(key, _Known(1 + (known.count if known else 0), now, captured))
        self._waiting[key] = None
        self._noticed()

    def _keep(self, key: Key, known: _Known) -> None:
        """Remember a fault, in place of the oldest where there are many."""
        self._known.pop(key, None)
        if len(self._known) >= MAX_KNOWN:
            oldest = next(iter(self._known))
            del self._known[oldest]
            self._waiting.pop(oldest, None)
        self._known[key] = known


def _logged_where(record: logging.LogRecord) -> tuple[str, int, str]:
    """Return file, line and function of the call, nothing where a record was made without any."""
    path, line, function = record.pathname, record.lineno, record.funcName
    known = (type(path), type(line), type(function)) == (str, int, str)
    return (path, line, str(function)) if known else ("", 0, "")


def _key(exception: BaseException, traceback: TracebackType | None) -> Key:
    """Return what is the same for the same fault, as quickly as can be, and small."""
    key: list[int] = []
    for _ in range(MAX_LINKS):
        key.append(id(type(exception)))
        while traceback is not None:
            key += (id(traceback.tb_frame.f_code), traceback.tb_lineno)
            traceback = traceback.tb_next
        cause = cause_of(exception)
        if not isinstance(cause, BaseException):
            break
        exception, traceback = cause, traceback_of(cause)
    return (hash(tuple(key)),)


def _logged_traceback(args: object) -> str | None:
    """Return the argument that is a traceback, as the host's dispatcher logs it."""
    for argument in args if isinstance(args, tuple) else ():
        if type(argument) is str and TRACEBACK in argument:
            return argument
    return None


def _from_record(exception: BaseException, traceback: TracebackType | None) -> Fault | None:
    return from_exception(exception, traceback) if noise.is_crash(exception) else None


def _from_logged(text: str) -> Fault | None:
    fault = from_text(text)
    return fault if fault and noise.is_crash_by_name(fault.raised) else None
