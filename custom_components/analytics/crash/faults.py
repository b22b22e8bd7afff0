"""What is taken of a fault, the first step of a crash report: types and places, never a value.

Nothing is kept of an exception but the names of its class and where it passed, so neither its
arguments nor any local variable ever enter the flow, and no foreign `str` or `repr` is called.
"""

import re
import sys
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import ModuleType, TracebackType
from typing import Any, Final

MAX_EXCEPTIONS: Final = 20
# Of a deep recursion the way in and the innermost frames are kept.
MAX_OUTER_FRAMES: Final = 20
MAX_INNER_FRAMES: Final = 60
# The module of what the interpreter itself writes down of a native crash.
NATIVE: Final = "faulthandler"
MAX_TEXT: Final = 256 * 1024
TRACEBACK: Final = "Traceback (most recent call last)"
IN_CONTEXT: Final = "During handling of the above exception, another exception occurred:"

# Before each line of an exception group's traceback.
_MARGIN: Final = r"[ \t]*(?:[|+][ \t|+-]*)?"
_LINE: Final = re.compile(
    rf"^{_MARGIN}(?:"
    rf"(?P<start>(?:Exception Group )?{re.escape(TRACEBACK)})"
    r'|File "(?P<file>[^"\n]+)", line (?P<line>\d{1,7}), in (?P<function>\S{1,200})$'
    r")",
    re.MULTILINE,
)
_RAISED: Final = re.compile(rf"^{_MARGIN}(?P<type>[A-Za-z_][\w.]{{0,200}}?)(?::|$)")


def _slot(base: type, name: str) -> Callable[[object], Any]:
    """Return what reads an attribute as the base has it: a class may put code of its own there."""
    read: Callable[[object], Any] = base.__dict__[name].__get__
    return read


cause_of: Final = _slot(BaseException, "__cause__")
members_of: Final = _slot(BaseExceptionGroup, "exceptions")
_context_of: Final = _slot(BaseException, "__context__")
_is_context_suppressed: Final = _slot(BaseException, "__suppress_context__")
traceback_of: Final = _slot(BaseException, "__traceback__")
_module_of: Final = _slot(type, "__module__")
_name_of: Final = _slot(type, "__qualname__")


def class_name(kind: type) -> tuple[str | None, str]:
    """Return the module of a class, None without one, and its qualified name."""
    try:
        module = _module_of(kind)
    except AttributeError:
        module = None
    return (module if isinstance(module, str) else None), _name_of(kind)


@dataclass(frozen=True, slots=True)
class Frame:
    """A place that an exception passed: the file as the interpreter names it, line and function."""

    file: str
    line: int
    function: str


@dataclass(frozen=True, slots=True)
class Raised:
    """One exception of a chain or group: module and name of its class, and its stack.

    The stack is outermost first; `parent` is the index of the exception that this one caused or
    that groups it. `in_context` is set where a text says that this one was only being handled.
    """

    module: str | None
    name: str
    frames: tuple[Frame, ...]
    parent: int | None = None
    group: bool = False
    in_context: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What was raised: first the exception that was logged, then its causes and members.

    `libraries` is the stack of a native crash, innermost first: the library's file, and symbol.
    """

    raised: tuple[Raised, ...]
    libraries: tuple[tuple[str, str | None], ...] = ()


def from_exception(exception: BaseException, traceback: TracebackType | None) -> Fault:
    """Take what is to be known of an exception; cheap, for it runs where the fault was logged."""
    found: list[Raised] = []
    waiting: list[tuple[BaseException, TracebackType | None, int | None]] = [
        (exception, traceback, None)
    ]
    seen: set[int] = set()
    while waiting and len(found) < MAX_EXCEPTIONS:
        current, stack, parent = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        members = _members(current)
        frames = tuple(_bounded(stack))
        found.append(Raised(*class_name(type(current)), frames, parent, bool(members)))
        own = len(found) - 1
        read_before = cause_of if _is_context_suppressed(current) else _context_of
        before = read_before(current)
        others = members if before is None else (before, *members)
        waiting.extend((other, traceback_of(other), own) for other in others)
    return Fault(tuple(found))


def is_group(exception: BaseException) -> bool:
    """Tell whether an exception groups others; unlike isinstance(), of the real class only."""
    return issubclass(type(exception), BaseExceptionGroup)


def _members(exception: BaseException) -> tuple[BaseException, ...]:
    # More would not be kept.
    return members_of(exception)[:MAX_EXCEPTIONS] if is_group(exception) else ()


def _bounded(traceback: TracebackType | None) -> Iterator[Frame]:
    """Yield the frames, outermost first, without the middle of very many."""
    outer: list[TracebackType] = []
    inner: deque[TracebackType] = deque(maxlen=MAX_INNER_FRAMES)
    while traceback is not None:
        (outer if len(outer) < MAX_OUTER_FRAMES else inner).append(traceback)
        traceback = traceback.tb_next
    for each in (*outer, *inner):
        code = each.tb_frame.f_code
        yield Frame(code.co_filename, each.tb_lineno, code.co_qualname)


def find_class(module: str | None, name: str) -> type | None:
    """Return the class that has the name, None for a name that was made at run time.

    It may call itself otherwise: a library that takes another's place has that one's name, too.
    """
    found: object = sys.modules.get(module or "")
    for part in name.split("."):
        # Not by getattr(): there may be code of its own behind it.
        found = vars(found).get(part) if isinstance(found, ModuleType | type) else None
    return found if isinstance(found, type) else None


def from_text(text: str) -> Fault | None:
    """Read types and places from a traceback that was logged as text; None where there is none.

    The last one of a chain is the one that was logged.
    """
    text = text[:MAX_TEXT]
    starts = [found for found in _LINE.finditer(text) if found["start"]]
    if not starts:
        return None
    ends = [*(found.start() for found in starts[1:]), len(text)]
    parts = [
        _part(text[start.end() : end], group="Group" in start["start"])
        for start, end in zip(starts, ends, strict=True)
    ]
    newest_first = [part for part in reversed(parts) if part is not None][:MAX_EXCEPTIONS]
    chained = [
        replace(part, parent=index - 1 if index else None)
        for index, part in enumerate(newest_first)
    ]
    return Fault(tuple(chained)) if chained else None


def _part(text: str, *, group: bool) -> Raised | None:
    """Read one traceback: its frames, and the type in the first line after them that has one."""
    frames = [found for found in _LINE.finditer(text) if found["file"]]
    if not frames:
        return None
    indent = len(frames[-1].group()) - len(frames[-1].group().lstrip(" |+-\t"))
    for line in text[frames[-1].end() :].splitlines():
        # The type stands further to the left than the frames and their source lines.
        margin = len(line) - len(line.lstrip(" |+-\t"))
        if margin < indent and (found := _RAISED.match(line)):
            module, _, name = found["type"].rpartition(".")
            kept = frames[:MAX_OUTER_FRAMES] + frames[MAX_OUTER_FRAMES:][-MAX_INNER_FRAMES:]
            return Raised(
                module or "builtins",
                name,
                tuple(Frame(each["file"], int(each["line"]), each["function"]) for each in kept),
                group=group,
                in_context=text.rstrip(" |\n").endswith(IN_CONTEXT),
            )
    return None
