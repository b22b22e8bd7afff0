"""What the operator and the user set: `analytics:` in configuration.yaml over the entry's options.

Both have the same keys and pass the same checks. YAML wins, key by key.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, Final

import voluptuous as vol
from homeassistant.helpers import config_validation as cv
from yarl import URL

from . import host
from .const import (
    CONF_DESTINATION,
    CONF_ENABLED,
    CONF_INITIAL_DELAY,
    CONF_INTERVAL,
    CONF_NAME,
    CONF_PRIVACY_URL,
    CONF_URL,
    HOME_ASSISTANT_NAME,
    HOME_ASSISTANT_PRIVACY_URL,
    INITIAL_DELAY,
    INTERVAL,
)
from .models import Destination

LONGEST_DELAY: Final = timedelta(hours=24)
SHORTEST_INTERVAL: Final = timedelta(hours=1)
LONGEST_INTERVAL: Final = timedelta(days=30)
DEFAULT_PORTS: Final = {"http": 80, "https": 443}

# A key of the built-in integration of 2026; accepted so that it may stay in configuration.yaml.
CONF_SNAPSHOTS_URL: Final = "snapshots_url"


class SettingError(vol.Invalid):
    """A value that can't be used; `key` names its text in the translations."""

    def __init__(self, key: str, message: str) -> None:
        """Keep the key of the translated text beside the English one for the log."""
        super().__init__(message)
        self.key = key


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The settings in force; with a `problem`, one line for the user, nothing is sent."""

    destination: Destination
    initial_delay: timedelta = INITIAL_DELAY
    interval: timedelta = INTERVAL
    enabled: bool = True
    problem: str | None = None


def is_home_assistant(destination: Destination) -> bool:
    """Tell whether this is Home Assistant's own receiver, or the one for its developers."""
    return destination.url in {host.RECEIVER_URL, host.RECEIVER_URL_DEV}


def is_loopback(name: str) -> bool:
    """Tell whether a host name or address is this machine's own."""
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def web_address(value: object) -> URL:
    """Validate an address: https, or http on this machine, and no user, query or fragment."""
    try:
        url = URL(cv.string(value).strip())
        port = url.port
    except ValueError:
        url, port = URL(), None
    if not url.host or not port or url.scheme not in DEFAULT_PORTS:
        raise SettingError("invalid_url", "not a web address, expected https://host/path")
    if url.scheme == "http" and not is_loopback(url.host):
        raise SettingError(
            "https_required", "must begin with https:// (http:// is for loopback addresses only)"
        )
    if url.user or url.password or url.query_string or url.fragment:
        raise SettingError(
            "plain_url_required", "must have no user name, password, query or fragment"
        )
    return url


def destination_url(value: object) -> str:
    """Validate and normalise the address of a destination: what is confirmed is what is posted to.

    Until a destination can be confirmed by name, only Home Assistant's receiver and this machine's
    own addresses are taken.
    """
    url = web_address(value)
    port = "" if url.port == DEFAULT_PORTS[url.scheme] else f":{url.port}"
    name = f"[{url.raw_host}]" if ":" in (url.raw_host or "") else url.raw_host
    normal = f"{url.scheme}://{name}{port}{url.raw_path}"
    if normal not in {host.RECEIVER_URL, host.RECEIVER_URL_DEV} and not is_loopback(url.host or ""):
        raise SettingError(
            "destination_unconfirmed",
            "destinations other than Home Assistant's receiver and loopback addresses can't be "
            "confirmed by the user yet, and are refused until they can",
        )
    return normal


def privacy_url(value: object) -> str:
    """Validate the address of a privacy policy."""
    return str(web_address(value))


def display_name(value: object) -> str:
    """Validate a name that is shown in the log and in dialogs."""
    name = " ".join(cv.string(value).split())
    if not 0 < len(name) <= 80 or not name.isprintable():
        raise SettingError("invalid_name", "expected 1 to 80 printable characters")
    return name


def duration(shortest: timedelta, longest: timedelta) -> Callable[[object], timedelta]:
    """Return the validator of a duration within limits."""

    def limited(value: object) -> timedelta:
        if isinstance(value, bool):
            raise SettingError("invalid_value", "expected a duration")
        try:
            given: timedelta = cv.time_period(value)
        except OverflowError:
            given = timedelta.max
        if not shortest <= given <= longest:
            raise SettingError("duration_out_of_range", f"expected {shortest} to {longest}")
        return given

    return limited


# By dotted name, the way in which errors name a setting.
VALIDATORS: Final[Mapping[str, Any]] = {
    f"{CONF_DESTINATION}.{CONF_NAME}": display_name,
    f"{CONF_DESTINATION}.{CONF_URL}": destination_url,
    f"{CONF_DESTINATION}.{CONF_PRIVACY_URL}": privacy_url,
    CONF_INITIAL_DELAY: duration(timedelta(0), LONGEST_DELAY),
    CONF_INTERVAL: duration(SHORTEST_INTERVAL, LONGEST_INTERVAL),
    CONF_ENABLED: cv.boolean,
}
IGNORED: Final = {CONF_SNAPSHOTS_URL}
URL_NEEDED: Final = "{}: needs destination.url, the address that it belongs to"


def flatten(section: object) -> dict[str, object]:
    """Return a section's values by their dotted names; what has no value is left out."""
    if section is None:
        return {}
    if not isinstance(section, Mapping):
        return {"analytics": section}
    flat: dict[str, object] = {}
    for key, value in section.items():
        if key == CONF_DESTINATION:
            parts = value if isinstance(value, Mapping) else {"": value}
            flat |= {f"{CONF_DESTINATION}.{part}".rstrip("."): parts[part] for part in parts}
        elif key not in IGNORED:
            flat[str(key)] = value
    return {name: value for name, value in flat.items() if value is not None}


def unflatten(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Return the nested section that `flatten` makes these values from."""
    section: dict[str, Any] = {}
    for name, value in flat.items():
        group, _, part = name.rpartition(".")
        (section.setdefault(group, {}) if group else section)[part] = value
    return section


def check(name: str, value: object) -> Any:
    """Validate one setting. Raises vol.Invalid, with a message that says what is expected."""
    if name not in VALIDATORS:
        raise SettingError("unknown_key", f"unknown, expected one of {', '.join(VALIDATORS)}")
    return vol.Schema(VALIDATORS[name])(value)


def resolve(section: object, options: Mapping[str, Any]) -> Settings:
    """Return the settings in force.

    What can't be used becomes the `problem`: reports stop until it is mended, but the front end,
    and with it onboarding, goes on working.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, value in (flatten(options) | flatten(section)).items():
        try:
            values[name] = check(name, value)
        except vol.Invalid as error:
            problems.append(f"{name}: {error.error_message}")
    if not problems and "destination.url" not in values:
        problems += [URL_NEEDED.format(name) for name in values if name.startswith("destination.")]
    return Settings(
        destination=_destination(values),
        initial_delay=values.get(CONF_INITIAL_DELAY, INITIAL_DELAY),
        interval=values.get(CONF_INTERVAL, INTERVAL),
        enabled=values.get(CONF_ENABLED, True),
        problem="; ".join(problems) or None,
    )


def _destination(values: Mapping[str, Any]) -> Destination:
    """Return the destination that the values name, Home Assistant's receiver where they don't."""
    url = values.get("destination.url")
    if url is None or url in {host.RECEIVER_URL, host.RECEIVER_URL_DEV}:
        return Destination(
            name=HOME_ASSISTANT_NAME,
            url=url or host.receiver_url(),
            privacy_url=HOME_ASSISTANT_PRIVACY_URL,
        )
    return Destination(
        name=values.get("destination.name") or str(URL(url).host),
        url=url,
        privacy_url=values.get("destination.privacy_url"),
    )
