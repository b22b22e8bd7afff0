"""What only this receiver takes: fields of a report, and events; the plugin's tiers/extended.py.

Words come from tables, so that no text gets through that somebody made up, but for the domains of
integrations and for where the interpreter crashed.
"""

from collections.abc import Iterable, Mapping
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
from .counted import (
    ANY,
    NOTHING,
    REPORTED,
    Counted,
    Names,
    alone,
    each_together,
    one,
    part,
    parts,
    reporting,
    several,
    versioned,
)
from .objects import REQUIRED, Key, each_once, object_of

AFTER_UNCLEAN: Final = "unclean"
# How a run ended that somebody has to look into.
UNCLEAN: Final = frozenset({"killed", "power_loss", "crashed_at_start", "crashed_at_stop"})
NEARLY_FULL: Final = "full"
SETUP_FAILURES: Final = "setup_failures"
_NEARLY_FULL: Final = "nearly_full"
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


def _object(name: str, keys: Mapping[str, Key], counted: Counted = NOTHING) -> Key:
    return Key(object_of(keys, name=name), counted=counted)


def _list(name: str, by: str, keys: Mapping[str, Key], counted: Counted) -> Key:
    return Key(each_once(name, by, object_of(keys, name=name)), counted=counted)


def _environment(name: str, keys: Mapping[str, Key], counted: Counted) -> Key:
    return _object(name, keys, reporting("environment", counted))


def _found(name: str, known: tuple[str, ...], table: str) -> Key:
    """Return what is one word of a table, with how it was found."""
    keys = {"name": Key(word_of(known), REQUIRED), "detection": _DETECTION}
    return _environment(name, keys, part(table, "name"))


def _series(version: str | None) -> str | None:
    """Return major and minor."""
    return version and ".".join(version.split(".")[:2])


ENVIRONMENT: Final[Mapping[str, Key]] = {
    "system": _environment("system", _SYSTEM, versioned("systems", "id")),
    "host_system": _environment("host_system", _SYSTEM, versioned("host_systems", "id")),
    "kernel": _environment("kernel", _KERNEL, versioned("kernels", "name", _series)),
    "architecture": _found("architecture", words.ARCHITECTURES, "cpu_architectures"),
    "virtualization": _found("virtualization", words.VIRTUALIZATIONS, "virtualizations"),
    "container": _found("container", words.CONTAINERS, "containers"),
    "python": _environment(
        "python", {"version": Key(numbers, REQUIRED)}, part("python_versions", "version")
    ),
    "hardware": _environment(
        "hardware", _HARDWARE, parts(part("cores", "cores"), part("memory", "memory"))
    ),
}
INTERFACE: Final[Mapping[str, Key]] = {
    "panels": _list(
        *("panels", "panel", _PANEL),
        reporting("interface", each_together("panels", "panel", "opened")),
    )
}

# Home Assistant's word for what it does not know, in its case; of versions, its limit.
UNKNOWN: Final = "Unknown"
MAX_VERSION: Final = 25
_OF_ALL_EVENTS: Final[Mapping[str, Key]] = {
    "uuid": Key(text_of(32, 32), REQUIRED),
    "version": Key(text_of(1, MAX_VERSION), REQUIRED, UNKNOWN),
}
_CHANGED: Final = Key(flag)


def _nearly_full(what: str) -> Key:
    """Return what was nearly full or not, once at least."""

    def names(full: bool) -> Iterable[Names]:
        return ((_NEARLY_FULL, [(what, ANY), (what, NEARLY_FULL)] if full else [(what, ANY)]),)

    return Key(flag, counted=Counted((_NEARLY_FULL,), names))


def _of_the_run(table: str) -> Mapping[str, Key]:
    """Return what is told of a run that ended, whose length counts in a table."""
    return {
        "run_duration": Key(step_of(words.RUN_STEPS), counted=one(table, latest=True)),
        "unclean_ends": Key(word_of(words.ROWS), counted=one("unclean_ends", latest=True)),
        "memory_nearly_full": _nearly_full("memory"),
        "disk_nearly_full": _nearly_full("disk"),
    }


def _failed(value: Mapping[str, int]) -> Iterable[Names]:
    """Count the reasons for which any of the custom integrations failed."""
    return (("custom_setup_failures", [reason for reason, many in value.items() if many]),)


_OF_EVENT: Final[Mapping[str, Mapping[str, Key]]] = {
    "start": {
        "start_duration": Key(
            step_of(words.DURATION_STEPS), counted=one("start_durations", latest=True)
        ),
        "stop_duration": Key(step_of(words.STOP_STEPS), counted=one("stop_durations", latest=True)),
        "previous_end": Key(word_of(words.ENDS), counted=one("previous_ends")),
        "version_changed": _CHANGED,
        "setup_failures": _list(
            *("setup_failures", "domain", _SETUP_FAILURE),
            several(SETUP_FAILURES, "domain", "reason"),
        ),
        "custom_setup_failures": _object(
            "custom_setup_failures",
            {reason: Key(count) for reason in words.REASONS},
            Counted(("custom_setup_failures",), _failed),
        ),
        "cloud": Key(word_of(words.CLOUD_STATES), counted=one("cloud", latest=True)),
    },
    "stop": _of_the_run("clean_runs"),
    "fault": {
        "previous_end": Key(word_of(words.ENDS)),
        "version_changed": _CHANGED,
        "fault": _object("fault", _FAULT, alone(several("faults", "error", "file"))),
        **_of_the_run("unclean_runs"),
    },
}
EVENTS: Final[Mapping[str, Mapping[str, Key]]] = {
    event: {**_OF_ALL_EVENTS, "event": Key(one_of(event), REQUIRED), **keys}
    for event, keys in _OF_EVENT.items()
}
_CHECKS: Final[Mapping[str, Check]] = {event: object_of(keys) for event, keys in EVENTS.items()}
# What a newer client tells of: that something happened, under which version.
_OTHER: Final[Check] = object_of({**_OF_ALL_EVENTS, "event": Key(word_of(()), REQUIRED)})


def _started(event: Mapping[str, Any]) -> Iterable[Names]:
    """Count a version that started, and whether the run before ended badly, as its own or not."""
    version, unclean = event["version"], event.get("previous_end") in UNCLEAN
    blamed = unclean and event.get("version_changed") is not True
    yield "starts", [(version, ANY), (version, AFTER_UNCLEAN)] if blamed else [(version, ANY)]
    if unclean:
        yield REPORTED, ("unclean",)


# Of what is made of several keys: how it is counted.
WHOLE_EVENTS: Final[Mapping[str, Counted]] = {"start": Counted(("starts", REPORTED), _started)}


def check_event(value: Any, dropped: set[str]) -> dict[str, Any]:
    """Take an event: what it says besides depends on what happened."""
    if type(value) is not dict:
        raise ReportError("expected an object")
    kind = value.get("event")
    check = _CHECKS.get(kind, _OTHER) if type(kind) is str else _OTHER
    taken: dict[str, Any] = check(value, dropped)
    return taken
