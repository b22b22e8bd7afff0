"""Read what the interpreter wrote into the host's fault log when it crashed, each crash once.

The log is the host's: it is appended to, never emptied, and only read here. Both formats are
understood, 3.13's and 3.14's with names of threads and a C stack.
"""

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

import orjson

from ..const import LOGGER
from ..files import atomic as atomic_file
from ..tiers import words
from .threads import kind

# The host's, in its configuration folder.
FILE_NAME: Final = "home-assistant.log.fault"
MAX_NEW: Final = 256 * 1024
# All of what was read is hashed at each start. A log that is longer is left alone.
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_MEMORY: Final = 4096
CHUNK: Final = 64 * 1024
MAX_FAULTS: Final = 20
MAX_FRAMES: Final = 100

FATAL: Final = "Fatal Python error"
STACK_OVERFLOW: Final = "Stack overflow"
# The interpreter's own words for signals; anything else may be free text.
ERRORS: Final = (
    "Segmentation fault",
    "Aborted",
    "Bus error",
    "Floating-point exception",
    "Floating point exception",
    "Illegal instruction",
)
# They have spaces and hyphens in their names, classes don't. words.FAULTS has the same names.
NAMES: Final = {
    error: error.title().replace(" ", "").replace("-", "")
    for error in (*ERRORS, STACK_OVERFLOW, FATAL)
}
CURRENT: Final = "Current thread 0x"
C_STACK: Final = "Current thread's C stack trace"
_FRAME: Final = re.compile(
    r'  File "([^"]{1,600}+)", line (\d{1,9}+) in ([\w.<>\\]{1,600}+)', re.ASCII
)
_C_FRAME: Final = re.compile(
    r'  Binary file "([^"]{1,600}+)"(?:, at ([\w.$@]{1,300}+)[+-]0x)?', re.ASCII
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TextFrame:
    """One call of Python, as the log has it."""

    file: str
    line: int
    function: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CFrame:
    """One call of C: the library's file, and the symbol where it has one."""

    file: str
    symbol: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NativeFault:
    """One crash of the interpreter: the stacks of the thread that crashed, innermost first.

    `thread` is the kind of that thread; what it is called is not kept.
    """

    error: str
    stack: tuple[TextFrame, ...]
    c_stack: tuple[CFrame, ...]
    thread: str = words.UNKNOWN


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What is new in the log, newest last, and when the log was last written to (epoch)."""

    faults: tuple[NativeFault, ...] = ()
    written_at: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """How far the log was read, and of which file: its length, inode and SHA-256."""

    size: int
    inode: int
    digest: str


UNREAD: Final = Position(size=0, inode=-1, digest="")


class FaultLog:
    """The host's fault log, and our memory of how far it was read; blocking."""

    def __init__(self, path: Path, memory: Path) -> None:
        """Name the log and the file that remembers."""
        self._path = path
        self._memory = memory

    def new(self) -> Found:
        """Return what was appended since the last call, which may have been in an earlier run.

        Only what is proven to have been appended to what was read is new: the same inode, and
        the same digest of the same length. All else counts as old, the whole log where nothing
        is remembered, and where the log was replaced, copied, restored or cut short. That may
        lose a crash; the other choice could report one twice, or one from before the consent.
        It is remembered before it is returned, so that a crash in between loses it too.
        To be called at each start, consent or not: what comes in without is then old.
        """
        try:
            return self._new() if self._path.is_file() else Found()
        except OSError as err:
            LOGGER.info("The host's fault log can't be followed: %s", err.strerror)
            return Found()

    def _new(self) -> Found:
        known = self._remembered()
        with self._path.open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_size > MAX_BYTES:
                return Found()
            position, is_same = _compare(file, status, known)
            new = _tail(file, known.size, position.size) if is_same else b""
        if position != known:
            atomic_file.write(self._memory, orjson.dumps(asdict(position)))
        return Found(faults=parse(new.decode(errors="replace")), written_at=status.st_mtime)

    def _remembered(self) -> Position:
        try:
            saved = Position(**orjson.loads(atomic_file.read(self._memory, MAX_MEMORY)))
        except (FileNotFoundError, ValueError, TypeError):
            return UNREAD
        types = [type(value) for value in (saved.size, saved.inode, saved.digest)]
        return saved if types == [int, int, str] and 0 <= saved.size <= MAX_BYTES else UNREAD


def parse(text: str) -> tuple[NativeFault, ...]:
    """Return the newest faults in a fault log, newest last; what is garbled is left out."""
    # Not by lines: a dump that was cut short has no end of line before the next one.
    return tuple(map(_fault, text.split(FATAL)[1:][-MAX_FAULTS:]))


def _fault(text: str) -> NativeFault:
    cause, *lines = text.split("\n")
    # What has no end of line was cut short.
    sections = _sections(lines[:-1])
    heading, calls = _section(CURRENT, sections)
    frames = (_frame(line) for line in calls)
    c_frames = (_c_frame(line) for line in _section(C_STACK, sections)[1])
    # Of a deep stack the interpreter leaves out the end, and says so.
    outermost = _frame(calls[-1]) if calls else None
    return NativeFault(
        error=_error(cause.removeprefix(":").strip()),
        stack=tuple(islice(filter(None, frames), MAX_FRAMES)),
        c_stack=tuple(islice(filter(None, c_frames), MAX_FRAMES)),
        thread=kind(heading, outermost.function if outermost else None),
    )


def _sections(lines: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Return headings, each with the indented lines below it."""
    sections: list[tuple[str, list[str]]] = [("", [])]
    for line in lines:
        if line.startswith("  "):
            sections[-1][1].append(line)
        else:
            sections.append((line, []))
    return sections


def _section(heading: str, sections: list[tuple[str, list[str]]]) -> tuple[str, list[str]]:
    """Return the first heading that starts so, and the lines below it."""
    return next((section for section in sections if section[0].startswith(heading)), ("", []))


def _error(cause: str) -> str:
    if "stack overflow" in cause.lower():
        return STACK_OVERFLOW
    return next((known for known in ERRORS if cause.startswith(known)), FATAL)


def _frame(line: str) -> TextFrame | None:
    if not (match := _FRAME.fullmatch(line)):
        return None
    return TextFrame(file=match[1], line=int(match[2]), function=match[3])


def _c_frame(line: str) -> CFrame | None:
    if not (match := _C_FRAME.match(line)):
        return None
    return CFrame(file=match[1], symbol=match[2])


def _compare(file: BinaryIO, status: os.stat_result, known: Position) -> tuple[Position, bool]:
    """Return how far the log goes, and whether it begins with what was read."""
    digest = hashlib.sha256()
    _feed(digest, file, known.size)
    is_same = (known.inode, known.digest) == (status.st_ino, digest.hexdigest())
    _feed(digest, file, status.st_size - known.size)
    position = Position(size=status.st_size, inode=status.st_ino, digest=digest.hexdigest())
    return position, is_same


def _feed(digest: "hashlib._Hash", file: BinaryIO, size: int) -> None:
    while size > 0 and (chunk := file.read(min(size, CHUNK))):
        digest.update(chunk)
        size -= len(chunk)


def _tail(file: BinaryIO, start: int, end: int) -> bytes:
    """Return what lies between two positions, or the end of it where that is too much."""
    start = max(start, end - MAX_NEW)
    file.seek(start)
    return file.read(max(0, end - start))
