"""Make a report of a fault that was captured: places, message, tags, and last of all the scrub.

Reads the disk: not for the event loop.
"""

import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from ..const import DOMAIN
from ..guard import offends
from ..models import Knowledge
from ..table import Content
from . import messages, native
from .capture import FATAL, Captured
from .client import EventMaker
from .faults import NATIVE, Fault, Frame, Raised, find_class
from .places import Owner, Place, Places, is_written, source
from .previous_run import Mark
from .scrub import digest, scrub

type Json = dict[str, Any]

OURS: Final = (Owner.CUSTOM, DOMAIN)
UNKNOWN: Final = "<unknown>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What is known of the installation: contexts, and what must not be told.

    `versions` are those of the custom integrations, by domain; without `knowledge` no word is said
    that is not in the source.
    """

    version: str
    installation_type: str | None = None
    recorder_engine: str | None = None
    previous_run: str | None = None
    marks: tuple[Mark, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    knowledge: Knowledge | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class CrashReport:
    """An event that may leave, and by what the same fault is known again."""

    event: Json
    digest: str


def summary(event: Json) -> str:
    """Return what the log says of an event: the type, and where it happened."""
    raised = event["exception"]["values"][-1]
    frames = [frame for frame in raised["stacktrace"]["frames"] if "filename" in frame]
    where = f" in {frames[-1]['filename']}, line {frames[-1]['lineno']}" if frames else ""
    return f"{raised['type']}{where}"


def build(
    captured: Captured,
    count: int,
    version: int,
    maker: EventMaker,
    places: Places,
    around: Surroundings,
) -> CrashReport | None:
    """Return the report of a fault, with the fields that the table had at a version.

    None for a fault of our own, which would make more of them.
    """
    found = _found(captured.fault, places)
    integration = _integration(captured.fault, found)
    if integration is not None and (integration.owner, integration.integration) == OURS:
        return None
    named = {file: place for file, place in found.items() if _may_be_named(place, around)}
    if integration not in named.values():
        integration = None
    event = maker.make(
        {
            "event_id": uuid4().hex,
            "timestamp": _time(captured.time),
            "level": captured.level,
            "logentry": {"message": _message(captured, places, around)},
            "exception": {"values": [*_values(captured, places, around)]},
            "breadcrumbs": {"values": [*_marks(around.marks)]},
            "tags": _tags(integration, around),
            "contexts": _contexts(around, count),
        }
    )
    if event is None:
        return None
    scrubbed = scrub(event, named, source, version)
    return CrashReport(event=scrubbed, digest=digest(scrubbed))


def _found(fault: Fault, places: Places) -> dict[str, Place]:
    """Return the places of a fault, by file."""
    return {
        frame.file: place
        for raised in fault.raised
        for frame in raised.frames
        if (place := places.find(frame.file)) is not None
    }


def _may_be_named(place: Place | None, around: Surroundings) -> bool:
    """Tell whether a place is one, and of no integration whose domain must not be told."""
    return place is not None and (
        place.owner is not Owner.CUSTOM or not _personal(place.integration or "", around)
    )


def _personal(text: str, around: Surroundings) -> bool:
    """Tell whether a domain or version must not be told."""
    return around.knowledge is None or offends(text, Content.TEXT, around.knowledge)


def _integration(fault: Fault, places: Mapping[str, Place]) -> Place | None:
    """Return the innermost place in an integration, of what was logged before its causes."""
    for raised in fault.raised:
        for frame in reversed(raised.frames):
            place = places.get(frame.file)
            if place is not None and place.integration is not None:
                return place
    return None


def _values(captured: Captured, places: Places, around: Surroundings) -> Iterable[Json]:
    """Yield the exceptions in Sentry's order: what was logged comes last."""
    fault = captured.fault
    last = len(fault.raised) - 1
    for index in range(last, -1, -1):
        raised = fault.raised[index]
        module = raised.module if _is_public(raised, places, around) else None
        yield {
            "type": raised.name if module else None,
            "module": module,
            "stacktrace": {"frames": [*_frames(raised.frames, places), *_symbols(fault, index)]},
            "mechanism": {
                "type": _noticed_by(captured, index),
                "handled": captured.level != FATAL,
                "exception_id": index,
                "parent_id": raised.parent,
                "is_exception_group": raised.group or None,
            },
        }


def _noticed_by(captured: Captured, index: int) -> str:
    if index:
        return "chained"
    return "native" if captured.fault.raised[0].module == NATIVE else "logging"


def _frames(frames: Iterable[Frame], places: Places) -> Iterable[Json]:
    """Yield the frames; what is called otherwise than in the source was named at run time."""
    for frame in frames:
        known = places.find(frame.file) is not None and is_written(frame.file, frame.function)
        function = frame.function if known else UNKNOWN
        yield {"abs_path": frame.file, "lineno": frame.line, "function": function}


def _symbols(fault: Fault, index: int) -> list[Json]:
    """Return the frames in C, which are the innermost ones of a native crash."""
    if index:
        return []
    return [
        {"package": library, "function": symbol or "?"}
        for library, symbol in reversed(fault.libraries)
    ]


def _is_public(raised: Raised, places: Places, around: Surroundings) -> bool:
    """Tell whether a class is found by its name where the name may be told."""
    if raised.module == NATIVE:
        return raised.name in native.NAMES.values()
    if find_class(raised) is None:
        return False
    if raised.module in sys.builtin_module_names:
        return True
    file = vars(sys.modules[str(raised.module)]).get("__file__")
    return isinstance(file, str) and _may_be_named(places.find(file), around)


def _message(captured: Captured, places: Places, around: Surroundings) -> str:
    """Return the message as a public source has it, or cleaned; nothing of one of a script."""
    place = places.find(captured.path)
    if place is None or not _may_be_named(place, around):
        return ""
    written = messages.template(captured.path, captured.line)
    if written is not None and place.owner is not Owner.CUSTOM:
        return written
    text = captured.message if written is None else written
    return messages.cleaned(text, around.knowledge) if around.knowledge else ""


def _marks(marks: Iterable[Mark]) -> Iterable[Json]:
    for mark in marks:
        yield {"category": "phase", "message": mark.phase, "timestamp": _time(mark.time)}


def _tags(integration: Place | None, around: Surroundings) -> Json:
    if integration is None or integration.integration is None:
        return {}
    custom = integration.owner is Owner.CUSTOM
    version = around.versions.get(integration.integration) if custom else None
    return {
        "integration": integration.integration,
        "custom_integration": "yes" if custom else "no",
        "integration_version": None if version is None or _personal(version, around) else version,
    }


def _contexts(around: Surroundings, count: int) -> Json:
    return {
        "home_assistant": {
            "version": around.version,
            "installation_type": around.installation_type,
            "recorder_engine": around.recorder_engine,
            "previous_run": around.previous_run,
        },
        "runtime": {
            "name": platform.python_implementation(),
            "version": platform.python_version(),
        },
        "device": {"arch": platform.machine()},
        "fault": {"count": count},
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()
