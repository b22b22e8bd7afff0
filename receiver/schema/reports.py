"""What a report may hold: the fields, types and limits of Home Assistant's receiver, and our own.

A key that is not here is dropped and counted, so that a newer client loses nothing else; so is a
value in no list or beyond a limit, or it is unknown where there has to be one. What is
taken is canonical: the same report tells the same, and nothing in it counts twice. Beside how a
field is checked stands what is counted of it, and nothing else is kept: a new field is a line here.
"""

from collections.abc import Mapping
from typing import Final

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
from .counted import Counted, each, each_together, filled, number, one, together, yes
from .extended import ENVIRONMENT, INTERFACE, MAX_VERSION, UNKNOWN
from .objects import REQUIRED, Key, each_once, names_of, object_of

# In a row each is known by its place: another one goes to the end.
STATISTICS: Final = (
    "state_count",
    "automation_count",
    "integration_count",
    "addon_count",
    "user_count",
)
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


def _object(name: str, keys: Mapping[str, Key], counted: Counted) -> Key:
    return Key(object_of(keys, name=name), counted=counted)


def _list(name: str, by: str, keys: Mapping[str, Key], counted: Counted) -> Key:
    return Key(each_once(name, by, object_of(keys, name=name)), counted=counted)


def _number(name: str) -> Key:
    return Key(count, counted=number(name))


FIELDS: Final[Mapping[str, Key]] = {
    "uuid": Key(text_of(32, 32), REQUIRED),
    "version": Key(text_of(1, MAX_VERSION), REQUIRED, UNKNOWN, one("versions")),
    "installation_type": Key(one_of(*INSTALLATION_TYPES), REQUIRED, UNKNOWN, one("types")),
    "supervisor": _object(
        "supervisor", _SUPERVISOR, together("supervisors", "healthy", "supported", "arch")
    ),
    "operating_system": _object(
        "operating_system", _OPERATING_SYSTEM, together("operating_systems", "board", "version")
    ),
    "certificate": Key(flag, counted=yes("certificate")),
    "integrations": Key(
        names_of("integrations"), counted=filled("integrations", each("integrations"))
    ),
    "custom_integrations": _list(
        *("custom_integrations", "domain", _CUSTOM_INTEGRATION),
        each_together("custom_integrations", "domain", "version"),
    ),
    "addons": _list(
        *("addons", "slug", _ADDON),
        filled("addons", each_together("addons", "slug", "version", "protected", "auto_update")),
    ),
    "energy": _object("energy", {"configured": Key(flag, REQUIRED)}, yes("energy", "configured")),
    "recorder": _object("recorder", _RECORDER, together("recorders", "engine", "version")),
    **{name: _number(name) for name in STATISTICS},
    **ENVIRONMENT,
    **INTERFACE,
}
check_report: Final[Check] = object_of(FIELDS)
"""Take a report."""
