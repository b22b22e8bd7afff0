"""The last step before a crash report is written down, and again before it is sent.

By allow-list: https://develop.sentry.dev/sdk/data-model/event-payloads/ names the keys. What the
table in `fields` has no row for, or another form, is gone, whoever put it there.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..code import MAX_LINE, MAX_LINES
from .fields import FIELDS, MAX_MESSAGE

type Json = dict[str, Any]

MAX_FRAMES: Final = 100
MAX_EXCEPTIONS: Final = 20
MAX_BREADCRUMBS: Final = 8

# What a name in Python, or of a symbol in C, may look like.
_NAME: Final = re.compile(r"[\w.<>$@:~?]{1,200}", re.ASCII)
_FILE: Final = re.compile(r"[\w+-][\w.+-]*(?:/[\w+-][\w.+-]*)*\.(?:py|pyd|so(?:\.\d+)*)", re.ASCII)
_LIBRARY: Final = re.compile(r"[\w.+-]{1,200}", re.ASCII)
_PHASE: Final = re.compile(r"[a-z]{1,20}")
_MECHANISM: Final = ("exception_id", "parent_id", "is_exception_group", "handled")
UNKNOWN_TYPE: Final = "Exception"
_FORMS: Final = {field.name: field.form for field in FIELDS}


def scrub(event: Mapping[str, Any], version: int) -> Json:
    """Return what of an event, or of a report that was on disk, the table had at a version."""
    kept = {
        **{name: event.get(name) for name in ("event_id", "timestamp", "level", "release")},
        "platform": "python",
        "environment": event.get("environment"),
    }
    kept = {name: value for name, value in kept.items() if _fits(name, value)}
    parts = {
        "logentry": _message(event.get("logentry")),
        "exception": {"values": [*_exceptions(event)]},
        "breadcrumbs": {"values": [*_marks(event)]},
        **{
            name: _group(event.get(name), name, version)
            for name in ("tags", "contexts", "user", "sdk")
        },
    }
    return {**kept, **{name: part for name, part in parts.items() if part}}


def digest(report: Json) -> str:
    """Return what is the same for the same fault of one version, across restarts."""
    parts = [report["tags"].get("integration", "") if "tags" in report else ""]
    for raised in report["exception"]["values"]:
        parts.append(raised["type"])
        for frame in raised["stacktrace"]["frames"]:
            where = frame.get("filename") or frame.get("package")
            parts.append(f"{where}:{frame['function']}:{frame.get('lineno', 0)}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _exceptions(event: Mapping[str, Any]) -> Iterator[Json]:
    for value in _dicts(_part(event, "exception").get("values"))[-MAX_EXCEPTIONS:]:
        name, module = value.get("type"), value.get("module")
        known = _matches(_NAME, name)
        yield {
            "type": name if known else UNKNOWN_TYPE,
            **({"module": module} if known and _matches(_NAME, module) else {}),
            "stacktrace": {"frames": [*_frames(value)]},
            "mechanism": _mechanism(_part(value, "mechanism")),
        }


def _frames(value: Mapping[str, Any]) -> Iterator[Json]:
    for frame in _dicts(_part(value, "stacktrace").get("frames"))[-MAX_FRAMES:]:
        function, file, line = (frame.get(name) for name in ("function", "filename", "lineno"))
        if not _matches(_NAME, function):
            continue
        if _matches(_LIBRARY, frame.get("package")):
            # Of a native crash: the library and its symbol.
            yield {"function": function, "package": frame["package"], "platform": "native"}
        elif _matches(_FILE, file) and type(line) is int:
            yield {
                "filename": file,
                "module": _module(str(file)),
                "function": function,
                "lineno": line,
                "in_app": frame.get("in_app") is True,
                **_source(frame),
            }


def _module(file: str) -> str:
    """Return the name under which a file is imported."""
    return re.sub(r"(?:/__init__)?\.py$", "", file).replace("/", ".")


def _source(frame: Mapping[str, Any]) -> Json:
    """Return the lines around a frame, where it has them."""
    before, line, after = (
        frame.get(name) for name in ("pre_context", "context_line", "post_context")
    )
    if not isinstance(line, str):
        return {}
    return {
        "pre_context": _lines(before),
        "context_line": line[:MAX_LINE],
        "post_context": _lines(after),
    }


def _lines(lines: object) -> list[str]:
    given = lines if isinstance(lines, list) else []
    return [line[:MAX_LINE] for line in given[:MAX_LINES] if isinstance(line, str)]


def _mechanism(mechanism: Mapping[str, Any]) -> Json:
    kept = {
        name: mechanism.get(name) for name in _MECHANISM if type(mechanism.get(name)) in {int, bool}
    }
    kind = mechanism.get("type")
    return {"type": kind if kind in ("logging", "chained", "native") else "logging", **kept}


def _message(entry: object) -> Json:
    message = entry.get("message") if isinstance(entry, Mapping) else None
    return {"message": _text(message)[:MAX_MESSAGE]} if isinstance(message, str) and message else {}


def _marks(event: Mapping[str, Any]) -> Iterator[Json]:
    """Yield our own marks of the phases of a run, and no other breadcrumb."""
    for crumb in _dicts(_part(event, "breadcrumbs").get("values"))[-MAX_BREADCRUMBS:]:
        phase, time = crumb.get("message"), crumb.get("timestamp")
        if (
            crumb.get("category") == "phase"
            and _matches(_PHASE, phase)
            and _fits("timestamp", time)
        ):
            yield {"category": "phase", "message": phase, "timestamp": time}


def _group(values: object, group: str, version: int) -> Json:
    """Return those of a group's values that the table names, and of the form that it has."""
    given = values if isinstance(values, Mapping) else {}
    kept: Json = {}
    for field in FIELDS:
        below, _, name = field.name.rpartition(".")
        if field.since <= version and below == group and _fits(field.name, given.get(name)):
            kept[name] = given[name]
        elif field.since <= version and below.startswith(f"{group}."):
            inner = below.removeprefix(f"{group}.")
            if found := _group(given.get(inner), below, version):
                kept[inner] = found
    return kept


def _fits(name: str, value: object) -> bool:
    """Tell whether a value is a text or number of the form that the table has for a name."""
    return type(value) in {str, int} and _FORMS[name].fullmatch(str(value)) is not None


def _matches(form: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def _part(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = values.get(name)
    return part if isinstance(part, Mapping) else {}


def _dicts(values: object) -> list[Mapping[str, Any]]:
    given = values if isinstance(values, list) else []
    return [value for value in given if isinstance(value, Mapping)]


def _text(text: str) -> str:
    """Return a text as it can be written: half a surrogate pair is no character."""
    return text.encode(errors="replace").decode()
