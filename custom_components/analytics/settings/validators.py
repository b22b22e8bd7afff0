"""What a setting may look like, and what is said of one that doesn't."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final
from unicodedata import normalize

import voluptuous as vol
from homeassistant.helpers import config_validation as cv
from yarl import URL

from .. import host
from ..models import CrashServer, Destination
from ..texts import is_name
from .addresses import RECEIVERS, SettingError, address_for, host_of, parsed, web_address

DSN_EXPECTED: Final = "expected a DSN, as https://key@host/1"
ENVELOPE: Final = "/envelope/"
KEY: Final = re.compile(r"[\w-]{1,64}", re.ASCII)


def destination_url(value: object) -> str:
    """Validate and normalise where reports go: what the user confirms is what is posted to.

    A yes is kept by its address, so that none can be where crash reports go as well.
    """
    url = address_for(value, RECEIVERS)
    if url.endswith(ENVELOPE):
        raise SettingError(
            "crash_server_url",
            "takes crash reports only, expected in crash_reports.dsn as https://key@host/1",
        )
    return url


def database_url(value: object) -> str:
    """Validate and normalise where snapshots go; a path of ours is put behind it."""
    return address_for(value, (host.DEVICE_DATABASE_URL,)).rstrip("/")


def crash_server(value: object) -> CrashServer:
    """Validate a DSN, and take it apart.

    https://develop.sentry.dev/sdk/overview/#parsing-the-dsn: scheme://key@host/path/project. The
    secret that old ones have after the key is not needed, and not kept.
    """
    try:
        url = parsed(value)
    except SettingError:
        raise SettingError("invalid_dsn", DSN_EXPECTED) from None
    root = URL(address_for(str(url.with_user(None)), ()))
    path, _, project = root.raw_path.rpartition("/")
    if not KEY.fullmatch(url.user or "") or not project.isdecimal():
        raise SettingError("invalid_dsn", DSN_EXPECTED)
    endpoint = str(root.with_path(f"{path}/api/{project}{ENVELOPE}", encoded=True))
    return CrashServer(
        destination=Destination(name=host_of(endpoint), url=endpoint),
        dsn=str(root.with_user(url.user)),
    )


def privacy_url(value: object) -> str:
    """Validate the address of a privacy policy."""
    return web_address(value)


def display_name(value: object) -> str:
    """Validate a name that is shown in the log and in dialogs, beside the address."""
    name = normalize("NFC", " ".join(cv.string(value).split()))
    if not is_name(name):
        raise SettingError(
            "invalid_name",
            "expected up to 80 letters, digits and spaces, and . , ' - & ( ) + ! %, no address",
        )
    return name


def boolean(value: object) -> bool:
    """Validate what is on or off."""
    try:
        return bool(cv.boolean(value))
    except vol.Invalid:
        raise SettingError("invalid_value", "expected true or false") from None


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
