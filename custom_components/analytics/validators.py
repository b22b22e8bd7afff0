"""What a setting may look like, and what is said of one that doesn't."""

import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address
from typing import Final

import voluptuous as vol
from homeassistant.helpers import config_validation as cv
from yarl import URL

from .models import CrashServer, Destination

DSN_EXPECTED: Final = "expected a DSN, as https://key@host/1"
KEY: Final = re.compile(r"[\w-]{1,64}", re.ASCII)
DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class SettingError(vol.Invalid):
    """A value that can't be used; `key` names its text in the translations."""

    def __init__(self, key: str, message: str) -> None:
        """Keep the key of the translated text beside the English one for the log."""
        super().__init__(message)
        self.key = key


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
    """Validate and normalise an address: what the user confirms is what is posted to."""
    url = web_address(value)
    port = "" if url.port == DEFAULT_PORTS[url.scheme] else f":{url.port}"
    name = f"[{url.raw_host}]" if ":" in (url.raw_host or "") else url.raw_host
    return f"{url.scheme}://{name}{port}{url.raw_path}"


def crash_server(value: object) -> CrashServer:
    """Validate a DSN, and take it apart.

    https://develop.sentry.dev/sdk/overview/#parsing-the-dsn: scheme://key@host/path/project. The
    secret that old ones have after the key is not needed, and not kept.
    """
    try:
        url = URL(cv.string(value).strip())
        root = URL(destination_url(url.with_user(None)))
    except ValueError:
        raise SettingError("invalid_dsn", DSN_EXPECTED) from None
    path, _, project = root.raw_path.rpartition("/")
    if not KEY.fullmatch(url.user or "") or not project.isdecimal():
        raise SettingError("invalid_dsn", DSN_EXPECTED)
    endpoint = root.with_path(f"{path}/api/{project}/envelope/", encoded=True)
    return CrashServer(
        destination=Destination(name=str(root.host), url=str(endpoint)),
        dsn=str(root.with_user(url.user)),
    )


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
