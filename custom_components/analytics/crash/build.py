"""Make a report of a fault that was captured: places, message, tags, and last of all the scrub.

Reads the disk: not for the event loop.
"""

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from ..code import Owner, Place, Places
from ..const import DOMAIN
from ..models import Knowledge
from ..run import Mark
from .capture import FATAL, Captured
from .client import EventMaker
from .faults import NATIVE, Fault, Frame
from .frames import placed
from .naming import Naming
from .scrub import digest, scrub
from .times import NATIVE_MECHANISM, written

type Json = dict[str, Any]

OURS: Final = (Owner.CUSTOM, DOMAIN)


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What is known of the installation: contexts, and what must not be told.

    `versions` are those of the custom integrations, by domain; without `knowledge` nothing is said
    that is not public.
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
    """An event that may leave, and by what the same fault is known again.

    `integration` is where it happened, also where that is not told: the user's no is to it.
    """

    event: Json
    digest: str
    integration: str | None = field(default=None, repr=False)


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
    found = {file: places.find(file) for file in _files(captured.fault)}
    integration = owner(captured.fault, found)
    if integration is not None and (integration.owner, integration.integration) == OURS:
        return None
    naming = Naming(places, around.knowledge)
    named = {file: place for file in found if (place := naming.place(file)) is not None}
    told = integration if integration in named.values() else None
    event = maker.make(
        {
            "event_id": uuid4().hex,
            "timestamp": written(captured.told),
            "level": captured.level,
            "logentry": {
                "message": naming.message(captured.path, captured.line, captured.function)
            },
            "exception": {"values": [*_values(captured, naming)]},
            "breadcrumbs": {"values": [*_marks(around.marks)]},
            "tags": _tags(told, around, naming),
            "contexts": _contexts(around, count),
        }
    )
    if event is None:
        return None
    scrubbed = scrub(placed(event, named), version)
    return CrashReport(
        event=scrubbed,
        digest=digest(scrubbed),
        integration=integration.integration if integration else None,
    )


def _files(fault: Fault) -> Iterable[str]:
    return dict.fromkeys(frame.file for raised in fault.raised for frame in raised.frames)


def owner(fault: Fault, places: Mapping[str, Place | None]) -> Place | None:
    """Return the innermost place in an integration, of what was logged before its causes."""
    for raised in fault.raised:
        for frame in reversed(raised.frames):
            place = places.get(frame.file)
            if place is not None and place.integration is not None:
                return place
    return None


def _values(captured: Captured, naming: Naming) -> Iterable[Json]:
    """Yield the exceptions in Sentry's order: what was logged comes last."""
    fault = captured.fault
    last = len(fault.raised) - 1
    for index in range(last, -1, -1):
        raised = fault.raised[index]
        module, name = naming.kind(raised) or (None, None)
        # The frames in C are the innermost ones of a native crash.
        libraries = () if index else fault.libraries
        yield {
            "type": name,
            "module": module,
            "stacktrace": {
                "frames": [*_frames(raised.frames, naming), *_symbols(libraries, naming)]
            },
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
    return NATIVE_MECHANISM if captured.fault.raised[0].module == NATIVE else "logging"


def _frames(frames: Iterable[Frame], naming: Naming) -> Iterable[Json]:
    for frame in frames:
        function = naming.function(frame)
        yield {"abs_path": frame.file, "lineno": frame.line, "function": function}


def _symbols(libraries: Iterable[tuple[str, str | None]], naming: Naming) -> Iterable[Json]:
    for file, symbol in reversed([*libraries]):
        if (found := naming.library(file, symbol)) is not None:
            yield {"package": found[0], "function": found[1]}


def _marks(marks: Iterable[Mark]) -> Iterable[Json]:
    for mark in marks:
        yield {"category": "phase", "message": mark.phase, "timestamp": written(mark.told)}


def _tags(integration: Place | None, around: Surroundings, naming: Naming) -> Json:
    if integration is None or integration.integration is None:
        return {}
    custom = integration.owner is Owner.CUSTOM
    version = around.versions.get(integration.integration) if custom else None
    return {
        "integration": integration.integration,
        "custom_integration": "yes" if custom else "no",
        "integration_version": None if version is None or naming.is_personal(version) else version,
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
