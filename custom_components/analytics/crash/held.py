"""What of a fault is not told, and why: only for whoever looks at what would be sent of it.

Much can't be told: values, texts of exceptions and what was filled into messages were never taken.
Reads the disk: not for the event loop.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ..code import Places
from ..guard import Held, Why
from ..models import JsonValue
from .capture import Captured
from .faults import Frame, Raised
from .naming import UNKNOWN, Naming
from .scrub import UNKNOWN_TYPE

STACK: Final = "exception.values[].stacktrace.frames[]"
KIND: Final = "exception.values[].type"
MESSAGE: Final = "logentry.message"


@dataclass(frozen=True, kw_only=True, slots=True)
class Newest:
    """The envelope of the newest fault, without an id, and what of the fault is not in it."""

    lines: list[JsonValue]
    held: tuple[Held, ...] = field(default=(), repr=False)


def held(captured: Captured, places: Places, naming: Naming) -> tuple[Held, ...]:
    """Return which places and names of a fault are left out, each once."""
    found = [part for each in captured.fault.raised for part in _of(each, places, naming)]
    if captured.path and not naming.message(captured.path, captured.line, captured.function):
        value = f"{captured.path}:{captured.line}"
        found.append(Held(field=MESSAGE, rule=Why.NOT_IN_SOURCE, value=value))
    return tuple({(part.field, str(part.value)): part for part in found}.values())


def _of(raised: Raised, places: Places, naming: Naming) -> Iterator[Held]:
    if naming.kind(raised) is None:
        kind = f"{raised.module}.{raised.name}" if raised.module else raised.name
        yield Held(field=KIND, rule=Why.NOT_IN_SOURCE, value=kind, instead=UNKNOWN_TYPE)
    for frame in raised.frames:
        yield from _of_frame(frame, places, naming)


def _of_frame(frame: Frame, places: Places, naming: Naming) -> Iterator[Held]:
    place = naming.place(frame.file)
    if place is None or place.content.around(frame.line) is None:
        is_known = places.find(frame.file) is not None and place is None
        rule = Why.OWN if is_known else Why.NOT_PUBLISHED
        yield Held(field=STACK, rule=rule, value=f"{frame.file}:{frame.line} {frame.function}")
    elif naming.function(frame) == UNKNOWN:
        yield Held(
            field=f"{STACK}.function",
            rule=Why.NOT_IN_SOURCE,
            value=frame.function,
            instead=UNKNOWN,
        )
