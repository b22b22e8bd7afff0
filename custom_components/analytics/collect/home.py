"""Read what the guard must know of this home: its names, secrets and networks.

None of it is ever part of a report. A source that fails is logged once and done without; but a disk
that can't be read raises OSError, for then the guard would not know what it must not let pass.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_interface, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from ..code import host_domains
from ..const import LOGGER
from ..guard import PUBLIC_NAMES
from ..models import Knowledge, Network
from .secrets_file import read_secrets
from .source import Source, is_cancelled

SECRETS_FILE: Final = "secrets.yaml"
# Bits of the prefix, by version of IP: wider networks, as 10.0.0.0/8, are everybody's.
WIDEST: Final = {4: 16, 6: 48}


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """What the host has in memory of this home; the rest lies on the disk."""

    secrets_file: str
    names: set[str] = field(repr=False)
    people: set[str] = field(repr=False)
    networks: set[Network] = field(repr=False)

    def knowledge(self) -> Knowledge:
        """Read the host's domains and the secrets, too. Blocking. Raises OSError."""
        names = self.names | read_secrets(self.secrets_file)
        return Knowledge(
            built_in=host_domains(),
            secrets=_folded(names | self.people),
            people=_folded(self.people),
            networks=tuple(self.networks),
            public=PUBLIC_NAMES,
        )


async def async_home(source: Source) -> Home:
    """Return what is this home's own, as far as that is in memory."""
    people = await _isolated(source, _user_names) | await _isolated(source, _person_names)
    names: set[str] = set()
    for read_names in (_place_names, _host_names, _proxy_login, _file_names):
        names |= await _isolated(source, read_names)
    networks: set[Network] = set()
    for read_networks in (_host_networks, _adapter_networks):
        networks |= await _isolated(source, read_networks)
    return Home(
        secrets_file=source.hass.config.path(SECRETS_FILE),
        names=names,
        people=people,
        networks=networks,
    )


def _folded(names: set[str]) -> frozenset[str]:
    return frozenset(name.strip().casefold() for name in names)


async def _isolated[T](source: Source, read: Callable[[Source], Awaitable[Iterable[T]]]) -> set[T]:
    """Read one source; nothing if it fails, in whatever way the host can fail."""
    name = read.__name__.strip("_").replace("_", " ")
    try:
        found = set(await read(source))
    except (Exception, asyncio.CancelledError) as error:
        if is_cancelled(error):
            raise
        if name not in source.failing:
            source.failing.add(name)
            LOGGER.warning(
                "The guard does without the %s of this home until they can be read again (%s)",
                name,
                type(error).__name__,
            )
        return set()
    source.failing.discard(name)
    return found


async def _user_names(source: Source) -> Iterable[str]:
    """Return the users' names, and those they log in with; the host's own users have no secret."""
    users = [user for user in await source.hass.auth.async_get_users() if not user.system_generated]
    logins = [each.data.get("username") for user in users for each in user.credentials]
    return [name for name in (*(user.name for user in users), *logins) if isinstance(name, str)]


async def _person_names(source: Source) -> Iterable[str]:
    """Return the names of the persons, who need not be users."""
    return [state.name for state in source.hass.states.async_all("person")]


async def _place_names(source: Source) -> Iterable[str]:
    """Return the name of the home."""
    return [source.hass.config.location_name]


async def _host_names(source: Source) -> Iterable[str]:
    """Return the names of the host, of a proxy and of what is reached without that.

    Whole, and their first label; of what NO_PROXY means by the end of its name that end.
    """
    names = [host for host in _hosts(source) if not _is_network(host)]
    ends = [name.lstrip("*.") for name in names if name[0] in "*."]
    hosts = [name for name in names if name[0] not in "*."]
    return [*ends, *hosts, *(name.split(".")[0] for name in hosts)]


async def _host_networks(source: Source) -> Iterable[Network]:
    """Return their addresses, each a network of one, and what networks NO_PROXY has of a home."""
    networks = [ip_network(host, strict=False) for host in _hosts(source) if _is_network(host)]
    return [each for each in networks if each.prefixlen >= WIDEST[each.version]]


async def _proxy_login(source: Source) -> Iterable[str]:
    """Return what a proxy knows this home by."""
    proxy = source.way_out.proxy
    return [proxy.user, proxy.password] if proxy else []


async def _file_names(source: Source) -> Iterable[str]:
    """Return where the certificates lie that are trusted here."""
    if not (file := source.way_out.ca_file):
        return []
    path = Path(file)
    return [file, path.name, path.stem]


async def _adapter_networks(source: Source) -> Iterable[Network]:
    """Return the networks that the host is part of, none where `network` is not loaded."""
    if "network" not in source.hass.config.components:
        return []
    from homeassistant.components.network import async_get_adapters

    return [
        _network_around(f"{address['address']}/{address['network_prefix']}")
        for adapter in await async_get_adapters(source.hass)
        for address in (*adapter["ipv4"], *adapter["ipv6"])
    ]


def _hosts(source: Source) -> list[str]:
    """Return the hosts of the home's URLs, its proxy and NO_PROXY; what is no URL has none."""
    hosts: list[str] = []
    config, proxy = source.hass.config, source.way_out.proxy
    for url in (config.internal_url, config.external_url, proxy.url if proxy else None):
        with suppress(ValueError):
            hosts.append(urlsplit(url or "").hostname or "")
    return [host for host in (*hosts, *(proxy.exceptions if proxy else ())) if host.strip("*.")]


@lru_cache(maxsize=64)  # to read one takes longer than all the rest of an adapter
def _network_around(interface: str) -> Network:
    return ip_interface(interface).network


def _is_network(host: str) -> bool:
    """Tell an address, or a network of some, from a name."""
    try:
        ip_network(host, strict=False)
    except ValueError:
        return False
    return True
