"""By which way requests leave: through a proxy perhaps, and trusting whom.

Both are this home's own, so no message of an error says anything of them: it is logged and shown.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address, ip_network
from typing import Final

import voluptuous as vol
from homeassistant.helpers import config_validation as cv

from ..const import CONF_CA_FILE, CONF_PROXY
from ..models import Proxy
from .addresses import SettingError, host_of, is_loopback, parsed, web_address

ENVIRONMENT: Final = "environment"
# By their names on Unix; each counts in lower case as well, and that one first.
HTTPS_PROXY: Final = "HTTPS_PROXY"
NO_PROXY: Final = "NO_PROXY"
EVERYTHING: Final = "*"
LONGEST_PATH: Final = 1024
WAY_OUT: Final = (CONF_PROXY, CONF_CA_FILE)


def proxy(value: object) -> Proxy:
    """Validate whom requests leave through: an address, or the one that the variables name."""
    text = cv.string(value).strip()
    return _of_variables(os.environ) if text.lower() == ENVIRONMENT else _parsed(text)


def ca_file(value: object) -> str:
    """Validate the path of a file with certificates; whether it has some is seen at each use."""
    text = cv.string(value).strip()
    if not text or not text.isprintable() or len(text) > LONGEST_PATH:
        raise SettingError("invalid_path", "expected the path of a file, as /ssl/ca.pem")
    return text


def proxy_for(proxy: Proxy | None, url: str) -> Proxy | None:
    """Return through whom a request to an address leaves; None where it needs nobody.

    To this machine none does: another's loopback address is another machine, and plain http to
    that would be read on its way.
    """
    if proxy is None or is_loopback(url):
        return None
    return None if any(_covers(entry, host_of(url)) for entry in proxy.exceptions) else proxy


def _of_variables(environ: Mapping[str, str]) -> Proxy:
    text = _variable(environ, HTTPS_PROXY)
    if not text:
        raise SettingError("no_proxy_variable", f"the variable {HTTPS_PROXY} is not set")
    found = _parsed(text if "://" in text else f"http://{text}")
    entries = (entry.strip().lower() for entry in _variable(environ, NO_PROXY).split(","))
    return Proxy(
        url=found.url,
        user=found.user,
        password=found.password,
        exceptions=tuple(entry for entry in entries if entry),
    )


def _variable(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name.lower(), environ.get(name, "")).strip()


def _parsed(text: str) -> Proxy:
    """Take the address of a proxy apart. Raises SettingError."""
    with suppress(vol.Invalid):
        url = parsed(text)
        root = url.with_user(None)
        # Nothing but the scheme keeps it from being any other address.
        web_address(str(root.with_scheme("https")))
        user, password = url.user or "", url.password or ""
        bare = url.raw_path in {"", "/"} and not (url.query_string or url.fragment)
        if bare and ":" not in user:
            return Proxy(url=str(root.origin()), user=user, password=password)
    raise SettingError(
        "invalid_proxy",
        "expected http://host:port (80 without one, 443 of https), with user:password@ before the "
        f"host perhaps, or {ENVIRONMENT}",
    )


def _covers(entry: str, host: str) -> bool:
    """Tell whether an entry of NO_PROXY means a host: its name, the end of it, or its network."""
    name = entry.removeprefix("*").lstrip(".")
    if entry == EVERYTHING or host == name or (name and host.endswith(f".{name}")):
        return True
    try:
        return ip_address(host) in ip_network(entry, strict=False)
    except ValueError:
        return False
