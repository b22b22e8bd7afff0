"""What a report may hold: the fields, types and limits of Home Assistant's receiver, and our own.

A key that is not here is dropped and counted, so that a newer client loses nothing else; so is a
value in no list or beyond a limit, or it is unknown where there has to be one. What is
kept is canonical: the same report makes the same bytes, and nothing in it counts twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from .checks import (
    Check,
    count,
    flag,
    flag_or_null,
    lower_case,
    one_of,
    text,
    text_of,
    text_or_null,
)
from .extended import ENVIRONMENT, INTERFACE, MAX_VERSION, UNKNOWN, check_event
from .objects import MAX_DROPPED, REQUIRED, Key, each_once, names_of, object_of

INSTALLATION_TYPES: Final = (
    "Home Assistant OS",
    "Home Assistant Container",
    "Home Assistant Core",
    "Home Assistant Supervised",
    "Unsupported Third Party Container",
    UNKNOWN,
)

_SUPERVISOR: Final = {
    "healthy": Key(flag, REQUIRED),
    "supported": Key(flag, REQUIRED),
    "arch": Key(text_or_null, None),
}
_OPERATING_SYSTEM: Final = {
    "board": Key(text, REQUIRED, UNKNOWN),
    "version": Key(text_or_null, None),
}
_CUSTOM_INTEGRATION: Final = {"domain": Key(text, REQUIRED), "version": Key(text_or_null, None)}
_ADDON: Final = {
    "slug": Key(text, REQUIRED),
    "protected": Key(flag_or_null(True), True),
    "version": Key(text_or_null, None),
    "auto_update": Key(flag_or_null(False), False),
}
_RECORDER: Final = {
    "engine": Key(lower_case, REQUIRED, UNKNOWN.lower()),
    "version": Key(text, REQUIRED, UNKNOWN),
}


def _list_of(by: str, keys: Mapping[str, Key], name: str) -> Key:
    return Key(each_once(name, by, object_of(keys, name=name)))


FIELDS: Final[Mapping[str, Key]] = {
    "uuid": Key(text_of(32, 32), REQUIRED),
    "version": Key(text_of(1, MAX_VERSION), REQUIRED, UNKNOWN),
    "installation_type": Key(one_of(*INSTALLATION_TYPES), REQUIRED, UNKNOWN),
    "supervisor": Key(object_of(_SUPERVISOR, name="supervisor")),
    "operating_system": Key(object_of(_OPERATING_SYSTEM, name="operating_system")),
    "certificate": Key(flag),
    "integrations": Key(names_of("integrations")),
    "custom_integrations": _list_of("domain", _CUSTOM_INTEGRATION, "custom_integrations"),
    "addons": _list_of("slug", _ADDON, "addons"),
    "energy": Key(object_of({"configured": Key(flag, REQUIRED)}, name="energy")),
    "recorder": Key(object_of(_RECORDER, name="recorder")),
    "state_count": Key(count),
    "automation_count": Key(count),
    "integration_count": Key(count),
    "addon_count": Key(count),
    "user_count": Key(count),
    **ENVIRONMENT,
    **INTERFACE,
}
_REPORT: Final[Check] = object_of(FIELDS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What was taken: canonical JSON without the id, and the names of keys that were dropped."""

    # A bearer secret.
    uuid: str = field(repr=False)
    body: bytes
    dropped: tuple[str, ...]


def validate(raw: Any) -> Taken:
    """Return the canonical report, or raise ReportError with the first field that is wrong."""
    return _taken(_REPORT, raw)


def validate_event(raw: Any) -> Taken:
    """Return the canonical event, or raise ReportError with the first field that is wrong."""
    return _taken(check_event, raw)


def _taken(check: Check, raw: Any) -> Taken:
    dropped: set[str] = set()
    value = check(raw, dropped)
    uuid = value.pop("uuid")
    noted = sorted(dropped)[:MAX_DROPPED]
    return Taken(uuid=uuid, body=orjson.dumps(value), dropped=tuple(noted))
