"""Each setting by its dotted name, the way in which errors name it, and what it may look like."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import voluptuous as vol

from ..const import (
    CONF_CA_FILE,
    CONF_CRASH_REPORTS,
    CONF_DESTINATION,
    CONF_DSN,
    CONF_ENABLED,
    CONF_EXTENDED,
    CONF_HOLD,
    CONF_HOLD_FOR,
    CONF_INITIAL_DELAY,
    CONF_INTERVAL,
    CONF_NAME,
    CONF_NAMED_IN_FRONTEND,
    CONF_PRIVACY_URL,
    CONF_PROXY,
    CONF_SIDEBAR,
    CONF_SNAPSHOTS_URL,
    CONF_URL,
)
from .addresses import SettingError
from .validators import (
    boolean,
    crash_server,
    destination_url,
    display_name,
    duration,
    privacy_url,
)
from .way_out import ca_file, proxy

LONGEST_DELAY: Final = timedelta(hours=24)
SHORTEST_INTERVAL: Final = timedelta(hours=1)
LONGEST_INTERVAL: Final = timedelta(days=30)
SHORTEST_HOLD: Final = timedelta(hours=1)
LONGEST_HOLD: Final = timedelta(days=60)

URL_NAME: Final = f"{CONF_DESTINATION}.{CONF_URL}"
DSN: Final = f"{CONF_CRASH_REPORTS}.{CONF_DSN}"
NAMED_IN_FRONTEND: Final = f"{CONF_DESTINATION}.{CONF_NAMED_IN_FRONTEND}"
EXTENDED: Final = f"{CONF_DESTINATION}.{CONF_EXTENDED}"

# By dotted name, the way in which errors name a setting.
VALIDATORS: Final[Mapping[str, Any]] = {
    f"{CONF_DESTINATION}.{CONF_NAME}": display_name,
    URL_NAME: destination_url,
    f"{CONF_DESTINATION}.{CONF_PRIVACY_URL}": privacy_url,
    NAMED_IN_FRONTEND: boolean,
    EXTENDED: boolean,
    CONF_INITIAL_DELAY: duration(timedelta(0), LONGEST_DELAY),
    CONF_INTERVAL: duration(SHORTEST_INTERVAL, LONGEST_INTERVAL),
    CONF_ENABLED: boolean,
    CONF_HOLD: boolean,
    CONF_HOLD_FOR: duration(SHORTEST_HOLD, LONGEST_HOLD),
    DSN: crash_server,
    CONF_PROXY: proxy,
    CONF_CA_FILE: ca_file,
    CONF_SIDEBAR: boolean,
}
GROUPS: Final = {CONF_DESTINATION, CONF_CRASH_REPORTS}
# A key of the built-in integration, of YAML only: it may stay where it can have no effect.
IGNORED: Final = {CONF_SNAPSHOTS_URL}


def flatten(section: object) -> dict[str, object]:
    """Return a section's values by their dotted names; known ones without a value are left out."""
    if section is None:
        return {}
    if not isinstance(section, Mapping):
        return {"analytics": section}
    flat: dict[str, object] = {}
    for key, value in section.items():
        if key in GROUPS:
            parts = value if isinstance(value, Mapping) else {"": value}
            flat |= {f"{key}.{part}".removesuffix("."): parts[part] for part in parts}
        elif key not in IGNORED:
            # A dot is ours: in a key of the section it makes no name of a setting.
            flat[repr(key) if "." in str(key) else str(key)] = value
    without = {*VALIDATORS, *GROUPS}
    return {name: value for name, value in flat.items() if value is not None or name not in without}


def unflatten(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Return the nested section that `flatten` makes these values from."""
    section: dict[str, Any] = {}
    for name, value in flat.items():
        group, _, part = name.rpartition(".")
        (section.setdefault(group, {}) if group else section)[part] = value
    return section


def check(name: str, value: object) -> Any:
    """Validate one setting. Raises vol.Invalid, with a message that says what is expected."""
    if name in GROUPS:
        parts = ", ".join(known for known in VALIDATORS if known.startswith(f"{name}."))
        raise SettingError("invalid_value", f"takes no value itself, expected one of {parts}")
    if name not in VALIDATORS:
        raise SettingError("unknown_key", f"unknown, expected one of {', '.join(VALIDATORS)}")
    return vol.Schema(VALIDATORS[name])(value)
