"""The last step before a crash report is written down and sent: what may be in it, no more.

By allow-list: https://develop.sentry.dev/sdk/data-model/event-payloads/ names the keys. What the
table in `fields` has no row for is gone, whoever put it there.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from .fields import FIELDS
from .places import Place

type Json = dict[str, Any]
type Source = Callable[[str, int], tuple[list[str], str, list[str]] | None]

MAX_FRAMES: Final = 100
# Those further out are named only: a report stays small.
MAX_WITH_SOURCE: Final = 10
MAX_MESSAGE: Final = 500
MAX_EXCEPTIONS: Final = 20
MAX_BREADCRUMBS: Final = 8

# What a name in Python, or of a symbol in C, may look like.
_NAME: Final = re.compile(r"[\w.<>$@:~]{1,200}", re.ASCII)
_UNKNOWN_TYPE: Final = "Exception"


def scrub(
    event: Mapping[str, Any], places: Mapping[str, Place], source: Source, version: int
) -> Json:
    """Return the report that is made of an event, of what the table had at a version.

    `places` are those of the event's files that may be named, by their absolute path; `source`
    returns the lines around a line of a file, and is asked for what anybody can read only.
    """
    kept = {
        "event_id": _hexadecimal(event.get("event_id")),
        "timestamp": _short(event.get("timestamp")),
        "platform": "python",
        "level": event.get("level") if event.get("level") in {"error", "fatal"} else "error",
        "release": _short(event.get("release")),
        "environment": _short(event.get("environment")),
        "logentry": _message(event.get("logentry")),
        "exception": {"values": [*_exceptions(event, places, source)]},
        "breadcrumbs": {"values": [*_marks(event)]},
        "tags": _texts(event.get("tags"), "tags", version),
        "contexts": {
            name: found
            for name in _below("contexts", version)
            if (found := _texts(_part(event, "contexts").get(name), f"contexts.{name}", version))
        },
        "user": {"id": _hexadecimal(_part(event, "user").get("id"))},
        "sdk": _texts(event.get("sdk"), "sdk", version),
    }
    return {key: value for key, value in kept.items() if value}


def digest(report: Json) -> str:
    """Return what is the same for the same fault of one version, across restarts."""
    parts = [report["tags"].get("integration", "") if "tags" in report else ""]
    for raised in report["exception"]["values"]:
        parts.append(raised["type"])
        for frame in raised["stacktrace"]["frames"]:
            where = frame.get("filename") or frame.get("package")
            parts.append(f"{where}:{frame['function']}:{frame.get('lineno', 0)}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _exceptions(
    event: Mapping[str, Any], places: Mapping[str, Place], source: Source
) -> Iterator[Json]:
    values = _part(event, "exception").get("values")
    for value in _dicts(values)[-MAX_EXCEPTIONS:]:
        name, module = value.get("type"), value.get("module")
        known = _is_name(name)
        yield {
            "type": name if known else _UNKNOWN_TYPE,
            **({"module": module} if known and _is_name(module) else {}),
            "stacktrace": {"frames": [*_frames(value, places, source)]},
            "mechanism": _mechanism(_part(value, "mechanism")),
        }


def _frames(
    value: Mapping[str, Any], places: Mapping[str, Place], source: Source
) -> Iterator[Json]:
    frames = _dicts(_part(value, "stacktrace").get("frames"))[-MAX_FRAMES:]
    for left, frame in zip(range(len(frames), 0, -1), frames, strict=True):
        function, path, line = frame.get("function"), frame.get("abs_path"), frame.get("lineno")
        if not _is_name(function):
            continue
        if _is_name(frame.get("package")):
            # Of a native crash: the library and its symbol.
            yield {"function": function, "package": frame["package"], "platform": "native"}
        place = places.get(path) if isinstance(path, str) else None
        if place is None or type(line) is not int:
            continue
        yield {
            "filename": place.file,
            "module": place.module,
            "function": function,
            "lineno": line,
            "in_app": place.integration is not None,
            **(_source(source(str(path), line)) if _shows(place, left) else {}),
        }


def _shows(place: Place, left: int) -> bool:
    """Tell whether a frame shows its source: an innermost one, of what anybody can read."""
    return place.source_is_public and left <= MAX_WITH_SOURCE


def _source(lines: tuple[list[str], str, list[str]] | None) -> Json:
    if lines is None:
        return {}
    before, line, after = lines
    return {"pre_context": before, "context_line": line, "post_context": after}


def _mechanism(mechanism: Mapping[str, Any]) -> Json:
    kept = {
        name: mechanism.get(name)
        for name in ("exception_id", "parent_id", "is_exception_group", "handled")
        if type(mechanism.get(name)) in {int, bool}
    }
    kind = mechanism.get("type")
    return {"type": kind if kind in {"logging", "chained", "native"} else "logging", **kept}


def _message(entry: object) -> Json:
    message = entry.get("message") if isinstance(entry, Mapping) else None
    return {"message": _text(message)[:MAX_MESSAGE]} if isinstance(message, str) and message else {}


def _marks(event: Mapping[str, Any]) -> Iterator[Json]:
    """Yield our own marks of the phases of a run, and no other breadcrumb."""
    for crumb in _dicts(_part(event, "breadcrumbs").get("values"))[-MAX_BREADCRUMBS:]:
        if crumb.get("category") == "phase" and _is_name(crumb.get("message")):
            yield {
                "category": "phase",
                "message": crumb["message"],
                "timestamp": _short(crumb.get("timestamp")),
            }


def _texts(values: object, group: str, version: int) -> Json:
    """Return those of a group's values that the table names, texts and numbers only."""
    given = values if isinstance(values, Mapping) else {}
    return {
        name: given[name] if isinstance(given[name], int) else _short(given[name])
        for name in _below(group, version)
        if isinstance(given.get(name), str | int)
    }


def _below(group: str, version: int) -> Iterable[str]:
    """Return the names that the table had directly below a group at a version."""
    depth = group.count(".") + 1
    below = [
        field.name.split(".")
        for field in FIELDS
        if field.name.startswith(f"{group}.") and field.since <= version
    ]
    return dict.fromkeys(parts[depth] for parts in below)


def _part(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = values.get(name)
    return part if isinstance(part, Mapping) else {}


def _dicts(values: object) -> list[Mapping[str, Any]]:
    return (
        [value for value in values if isinstance(value, Mapping)]
        if isinstance(values, list)
        else []
    )


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _short(value: object) -> str:
    return _text(str(value))[:100] if isinstance(value, str | int | float) else ""


def _text(text: str) -> str:
    """Return a text as it can be written: half a surrogate pair is no character."""
    return text.encode(errors="replace").decode()


def _hexadecimal(value: object) -> str:
    return value if isinstance(value, str) and re.fullmatch(r"[0-9a-f]{32}", value) else ""
