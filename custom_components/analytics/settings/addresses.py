"""Web addresses: which can be posted to, in which one form they are kept and shown, and whose.

That form is ASCII, so that none looks like another: a name in other letters is shown as the one
that is looked up.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import unquote

import idna
import voluptuous as vol
from homeassistant.helpers import config_validation as cv
from yarl import URL

from .. import host

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
LONGEST: Final = 300
LONGEST_HOST: Final = 253
LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
# What resolvers read as a number takes the place of an IPv4 address, in whatever notation.
NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")

RECEIVERS: Final = (host.RECEIVER_URL, host.RECEIVER_URL_DEV)
KNOWN: Final = {URL(url).raw_host: url for url in (*RECEIVERS, host.DEVICE_DATABASE_URL)}


class SettingError(vol.Invalid):
    """A value that can't be used; `key` names its text in the translations."""

    def __init__(self, key: str, message: str) -> None:
        """Keep the key of the translated text beside the English one for the log."""
        super().__init__(message)
        self.key = key


def host_of(url: str) -> str:
    """Return the host of an address, in ASCII."""
    return URL(url).raw_host or ""


@lru_cache(maxsize=16)  # asked several times a report, of one address
def is_loopback(url: str) -> bool:
    """Tell whether an address is this machine's own."""
    name = host_of(url)
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def known(url: str) -> str | None:
    """Return the address of Home Assistant's whose server this one is on; None for all others.

    By the host alone: what a server makes of ports, slashes, dots and capitals is up to the server.
    """
    return KNOWN.get(host_of(url))


def web_address(value: object) -> str:
    """Return an address in its one form: https, or http on this machine, and no more than a path.

    Raises SettingError, also for what no request could be made to.
    """
    url = parsed(value)
    port = url.explicit_port
    if port == DEFAULT_PORTS[url.scheme]:
        port = None
    if url.user is not None or url.password is not None or url.query_string or url.fragment:
        raise SettingError(
            "plain_url_required", "must have no user name, password, query or fragment"
        )
    name = _host(url.raw_host or "")
    normal = f"{url.scheme}://{name}{'' if port is None else f':{port}'}{url.raw_path}"
    if url.scheme == "http" and not is_loopback(normal):
        raise SettingError(
            "https_required", "must begin with https:// (http:// is for loopback addresses only)"
        )
    if len(normal) > LONGEST:
        raise SettingError("invalid_url", f"longer than {LONGEST} characters")
    return normal


def usable(url: str) -> str | None:
    """Return an address that was kept as `web_address` does; None where it can't be used now."""
    try:
        return web_address(url)
    except vol.Invalid:
        return None


def address_for(value: object, mine: Collection[str]) -> str:
    """Return an address as `web_address` does, and one of Home Assistant's own as that is written.

    Raises SettingError for any other address on a server of Home Assistant's than these of `mine`.
    """
    url = web_address(value)
    theirs = known(url)
    if theirs is None:
        return url
    if theirs not in mine or _as_served(url) != _as_served(theirs):
        raise SettingError(
            "known_server",
            f"{host_of(url)} is Home Assistant's own server, and takes nothing else than what "
            "goes there without this setting",
        )
    return theirs


def parsed(value: object) -> URL:
    """Return an address as it was given. Raises SettingError for what is none."""
    text = cv.string(value).strip()
    try:
        url = URL(text)
        usable = url.raw_host and url.scheme in DEFAULT_PORTS and url.port
    except Exception:  # noqa: BLE001 - yarl raises more than ValueError
        usable = False
    # yarl drops tabs and ends of lines from within, and an address would not be what it looks like.
    if not usable or not text.isprintable() or " " in text:
        raise SettingError("invalid_url", "not a web address, expected https://host/path")
    return url


def _host(raw: str) -> str:
    """Return a host as it is written in an address. Raises SettingError for one that can't be."""
    found = _ip(raw)
    if isinstance(found, IPv6Address) and found.scope_id is None:
        return f"[{found.compressed}]"
    labels = raw.split(".")
    named = len(raw) <= LONGEST_HOST and all(map(_is_label, labels))
    if found is None and named and not NUMBER.fullmatch(labels[-1]):
        return raw
    if isinstance(found, IPv4Address):
        return str(found)
    raise SettingError(
        "invalid_host", f"{raw!a} is no name of a host, expected one like receiver.example.com"
    )


def _ip(raw: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(raw)
    except ValueError:
        return None


def _is_label(label: str) -> bool:
    """Tell whether this can be looked up, and, where it stands for other letters, for which."""
    if not LABEL.fullmatch(label):
        return False
    if not label.startswith("xn--"):
        return True
    try:
        return idna.encode(idna.decode(label)).decode() == label
    except UnicodeError:
        return False


def _as_served(url: str) -> tuple[int | None, tuple[str, ...]]:
    """Return port and path of an address as a server may read them."""
    parts: list[str] = []
    for part in unquote(URL(url).raw_path).casefold().split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in {"", "."}:
            parts.append(part)
    return URL(url).port, tuple(parts)
