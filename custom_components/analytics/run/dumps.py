"""What the interpreter writes of its own crash, read by its own words.

Both formats are understood, 3.13's and 3.14's with names of threads and a C stack.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from ..tiers import words
from .threads import kind

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
