"""How values are read that an operator chooses; ValueError says what was expected."""

import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from ..storage import Durability, Servers
from ..texts import is_name

_AUTHORITY: Final = re.compile(r"[A-Za-z0-9._:\[\]-]+")
# Segments that every proxy hands on as they are.
_PATH: Final = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)*")
_HOST: Final = re.compile(r"[A-Za-z0-9._-]+")
_HOSTS: Final = "expected addresses or names of this machine like 127.0.0.1 or ::, without a port"
_NETWORKS: Final = "expected networks like 127.0.0.1/32 or 10.0.0.0/8"

_SERVERS: Final = (
    "expected a file, or servers of a cluster like valkey://10.0.0.1:6379,10.0.0.2:6379, with "
    "valkeys:// for TLS"
)
# Whether these are by TLS.
_SCHEMES: Final = {"valkey": False, "valkeys": True, "redis": False, "rediss": True}
# Not a new file of that name, in which nobody would look for what is missing on the cluster.
_ALMOST: Final = re.compile(r"(?:valkeys?|rediss?):|(?:[A-Za-z0-9._-]+|\[[^]]*\]):\d+(?:,|$)")
_SERVER: Final = re.compile(
    r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+)):(?P<port>\d{1,5})"
)
type Network = IPv4Network | IPv6Network


def number(least: int, most: int) -> Callable[[str], int]:
    """Return the reader of a whole number."""

    def read(given: str) -> int:
        # Not more digits than any limit has: long ones take long to read.
        whole = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1
        if not least <= whole <= most:
            raise ValueError(f"expected a whole number from {least} to {most}")
        return whole

    return read


def hosts(given: str) -> tuple[str, ...]:
    """Read addresses to listen on, separated by commas or spaces; each counts once."""
    found = dict.fromkeys(map(_host, given.replace(",", " ").split()))
    if not found:
        raise ValueError(_HOSTS)
    return tuple(found)


def _host(given: str) -> str:
    bare = given[1:-1] if given.startswith("[") and given.endswith("]") else given
    try:
        return str(IPv6Address(bare)) if ":" in bare else _named(bare)
    except ValueError as error:
        raise ValueError(f"{given}: {_HOSTS}") from error


def _named(host: str) -> str:
    if not _HOST.fullmatch(host):
        raise ValueError
    return host


def reachable(host: str) -> str:
    """Return where this machine reaches what listens there, as URLs have it."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    ipv6 = isinstance(address, IPv6Address)
    if address.is_unspecified:
        address = ip_address("::1" if ipv6 else "127.0.0.1")
    return f"[{address}]" if ipv6 else str(address)


def name(given: str) -> str:
    """Read the name that pages, and the plugin, show."""
    if not is_name(shown := given.strip()):
        raise ValueError(
            "expected a name in one line: up to 80 letters, digits and spaces, and . , ' - & ( ) + "
            "! %, no address"
        )
    return shown


def text(given: str) -> str:
    """Read what may be anything."""
    return given


def url(given: str) -> str:
    """Read the public address, without a slash at its end."""
    expected = "expected the public address, like https://analytics.example.com"
    try:
        parts = urlsplit(given)
        whole = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError as error:
        raise ValueError(f"{error}; {expected}") from None
    if not whole or parts.query or parts.fragment or not given.isprintable():
        raise ValueError(expected)
    if not _AUTHORITY.fullmatch(parts.netloc):
        raise ValueError(f"{expected}, a name in other letters as xn--…")
    if not _PATH.fullmatch(parts.path.rstrip("/")):
        raise ValueError(f"{expected}, in a path letters, digits and - . _ ~, as in /analytics")
    return given.rstrip("/")


def file(given: str) -> Path:
    """Read the name of a file."""
    if not given.strip():
        raise ValueError("expected the name of a file")
    return Path(given)


def place(given: str) -> Path | Servers:
    """Read where rows are kept: the name of a file, or servers of a cluster."""
    scheme, found, servers = given.strip().partition("://")
    if not found:
        if _ALMOST.match(given.strip()):
            raise ValueError(_SERVERS)
        return file(given)
    if scheme not in _SCHEMES:
        raise ValueError(_SERVERS)
    if "@" in servers:
        raise ValueError(
            "an address has neither user nor password: name these with --store-user and "
            "--store-password-file"
        )
    hosts = tuple(map(_server, servers.rstrip("/").split(",")))
    return Servers(hosts=hosts, tls=_SCHEMES[scheme])


def _server(given: str) -> tuple[str, int]:
    found = _SERVER.fullmatch(given.strip())
    if not found or not 0 < int(found["port"]) < 1 << 16:
        raise ValueError(_SERVERS)
    return found["ipv6"] or found["name"], int(found["port"])


def durability(given: str) -> Durability:
    """Read what has to be true of a report before it is answered."""
    try:
        return Durability(given)
    except ValueError:
        expected = " or ".join(Durability)
        raise ValueError(f"expected {expected}") from None


def readable(given: str) -> Path:
    """Read the name of a file that is there, and can be read."""
    path = file(given)
    try:
        path.open("rb").close()
    except OSError as error:
        raise ValueError(
            f"{path} can't be read ({error.strerror}); expected a file that this user may read"
        ) from None
    return path


def secret(path: Path) -> str:
    """Return what a file has, without the end of its line."""
    expected = "expected a file with the password in one line"
    try:
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} can't be read ({type(error).__name__}); {expected}") from None
    if not found or not found.isprintable():
        raise ValueError(f"{path} has no password; {expected}")
    return found


def existing(given: str) -> Path:
    """Read the name of a file or a folder that is there."""
    path = file(given)
    if not path.exists():
        raise ValueError(
            f"{path} does not exist; expected a file in MaxMind's format, or a folder of such files"
        )
    return path


def networks(given: str) -> tuple[Network, ...]:
    """Read networks, separated by commas or spaces."""
    try:
        found = tuple(map(ip_network, given.replace(",", " ").split()))
    except ValueError as error:
        raise ValueError(f"{error}; {_NETWORKS}") from None
    if not found:
        raise ValueError(_NETWORKS)
    return found
