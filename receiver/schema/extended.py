"""What only this receiver takes: fields of a report, and events; the plugin's tiers/extended.py.

Words come from tables, so that no text gets through that somebody made up, but for the domains of
integrations and for where the interpreter crashed.
"""

from collections.abc import Mapping
from typing import Any, Final

from . import words
from .checks import (
    Check,
    ReportError,
    count,
    flag,
    numbers,
    one_of,
    or_null,
    step_of,
    text,
    text_of,
    text_or_null,
    word_of,
)
from .objects import REQUIRED, Key, each_once, object_of

_DETECTION: Final = Key(word_of(words.DETECTIONS), REQUIRED)
_SYSTEM: Final = {
    "name": Key(word_of(words.SYSTEMS.values()), REQUIRED),
    "version": Key(numbers, None),
    "id": Key(word_of(words.SYSTEMS), REQUIRED),
    "id_like": Key(or_null(word_of(words.SYSTEMS)), None),
    "detection": _DETECTION,
}
_KERNEL: Final = {
    "name": Key(word_of(words.KERNELS), REQUIRED),
    "version": Key(numbers, None),
    "detection": _DETECTION,
}
_HARDWARE: Final = {
    "cores": Key(or_null(step_of(words.CORE_STEPS)), None),
    "memory": Key(or_null(step_of(words.MEMORY_STEPS)), None),
}
_PANEL: Final = {
    "panel": Key(word_of(words.PANELS), REQUIRED),
    "opened": Key(step_of(words.OPENED_STEPS), REQUIRED),
}
_SETUP_FAILURE: Final = {
    "domain": Key(text, REQUIRED),
    "reason": Key(word_of(words.REASONS), REQUIRED),
}
_FAULT: Final = {
    "error": Key(word_of(words.FAULTS), REQUIRED),
    "thread": Key(word_of(words.THREADS), REQUIRED),
    "function": Key(text_or_null, None),
    "file": Key(text_or_null, None),
    "line": Key(or_null(count), None),
}


def _object(name: str, keys: Mapping[str, Key]) -> Key:
    return Key(object_of(keys, name=name))


def _found(name: str, known: tuple[str, ...]) -> Key:
    """Return what is one word of a table, with how it was found."""
    return _object(name, {"name": Key(word_of(known), REQUIRED), "detection": _DETECTION})


def _list(name: str, by: str, keys: Mapping[str, Key]) -> Key:
    return Key(each_once(name, by, object_of(keys, name=name)))


ENVIRONMENT: Final[Mapping[str, Key]] = {
    "system": _object("system", _SYSTEM),
    "host_system": _object("host_system", _SYSTEM),
    "kernel": _object("kernel", _KERNEL),
    "architecture": _found("architecture", words.ARCHITECTURES),
    "virtualization": _found("virtualization", words.VIRTUALIZATIONS),
    "container": _found("container", words.CONTAINERS),
    "python": _object("python", {"version": Key(numbers, REQUIRED)}),
    "hardware": _object("hardware", _HARDWARE),
}
INTERFACE: Final[Mapping[str, Key]] = {"panels": _list("panels", "panel", _PANEL)}

# Home Assistant's word for what it does not know, in its case; of versions, its limit.
UNKNOWN: Final = "Unknown"
MAX_VERSION: Final = 25
_OF_ALL_EVENTS: Final[Mapping[str, Key]] = {
    "uuid": Key(text_of(32, 32), REQUIRED),
    "version": Key(text_of(1, MAX_VERSION), REQUIRED, UNKNOWN),
}
_HOW_IT_ENDED: Final[Mapping[str, Key]] = {
    "previous_end": Key(word_of(words.ENDS)),
    "version_changed": Key(flag),
}
_OF_THE_RUN: Final[Mapping[str, Key]] = {
    "run_duration": Key(step_of(words.RUN_STEPS)),
    "unclean_ends": Key(word_of(words.ROWS)),
    "memory_nearly_full": Key(flag),
    "disk_nearly_full": Key(flag),
}
_OF_EVENT: Final[Mapping[str, Mapping[str, Key]]] = {
    "start": {
        "start_duration": Key(step_of(words.DURATION_STEPS)),
        "stop_duration": Key(step_of(words.STOP_STEPS)),
        **_HOW_IT_ENDED,
        "setup_failures": _list("setup_failures", "domain", _SETUP_FAILURE),
        "custom_setup_failures": _object(
            "custom_setup_failures", {reason: Key(count) for reason in words.REASONS}
        ),
        "cloud": Key(word_of(words.CLOUD_STATES)),
    },
    "stop": _OF_THE_RUN,
    "fault": {**_HOW_IT_ENDED, "fault": _object("fault", _FAULT), **_OF_THE_RUN},
}
EVENTS: Final[Mapping[str, Mapping[str, Key]]] = {
    event: {**_OF_ALL_EVENTS, "event": Key(one_of(event), REQUIRED), **keys}
    for event, keys in _OF_EVENT.items()
}
_CHECKS: Final[Mapping[str, Check]] = {event: object_of(keys) for event, keys in EVENTS.items()}
# What a newer client tells of: that something happened, under which version.
_OTHER: Final[Check] = object_of({**_OF_ALL_EVENTS, "event": Key(word_of(()), REQUIRED)})


def check_event(value: Any, dropped: set[str]) -> dict[str, Any]:
    """Take an event: what it says besides depends on what happened."""
    if type(value) is not dict:
        raise ReportError("expected an object")
    kind = value.get("event")
    check = _CHECKS.get(kind, _OTHER) if type(kind) is str else _OTHER
    taken: dict[str, Any] = check(value, dropped)
    return taken
