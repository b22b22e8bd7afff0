"""Tell the country of a sender, and the state in the US, from the address that it sends from.

Nothing that the sender says about itself is believed: headers count where a named proxy sent them.
The address is looked up and forgotten; it is neither stored nor logged.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any, Final, Protocol, Self

import maxminddb
from multidict import CIMultiDictProxy

from ..options import Network
from ..schema import STATE_CODES

type Address = IPv4Address | IPv6Address
type Headers = CIMultiDictProxy[str]

# Two letters, as ISO 3166 has them. Cloudflare says XX for unknown and T1 for Tor.
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_NO_COUNTRY: Final = "XX"
UNITED_STATES: Final = "US"
# An address with a port, as some proxies write it: `192.0.2.1:443`, `[2001:db8::1]:443`.
_WITH_PORT: Final = re.compile(r"\[([^\[\]]+)\](?::\d+)?|([\d.]+):\d+")

# Where files have the country, and the state: MaxMind's, DB-IP's, IPinfo's, and those made of CSV.
COUNTRIES: Final[tuple[tuple[str, ...], ...]] = (
    ("country", "iso_code"),
    ("country_code",),
    ("country_iso_code",),
    ("country",),
)
REGIONS: Final[tuple[tuple[str | int, ...], ...]] = (
    ("subdivisions", 0, "iso_code"),
    ("state1",),
    ("region_code",),
    ("region",),
)


class GeoError(Exception):
    """A file that knows countries can't be used; the message says why, and what to do."""


class Reader(Protocol):
    """What looks an address up; maxminddb's reader is one."""

    def get(self, ip_address: Address) -> Any:
        """Return the record of an address, or None."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A country by its two letters, and the state by its two letters where that is the US."""

    country: str | None = None
    region: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """Who sent a request, and the place that a named proxy tells of it, if one does."""

    address: Address | None
    told: Place | None = None


@dataclass(frozen=True, slots=True)
class Proxies:
    """The networks whose headers are believed."""

    trusted: tuple[Network, ...]

    def sender(self, peer: str | None, headers: Headers) -> Sender:
        """Return who really sent a request that came from this peer."""
        address = _address(peer)
        if address is None or not self._trust(address):
            return Sender(address=address)
        return Sender(address=self._behind(address, headers), told=_told(headers))

    def _behind(self, proxy: Address, headers: Headers) -> Address:
        """Return the last address in the chain that is not a named proxy's."""
        address = proxy
        for hop in reversed(",".join(headers.getall("X-Forwarded-For", ())).split(",")):
            told = _address(hop)
            # Whatever is left of what can't be read, anybody may have written.
            if told is None:
                return address
            address = told
            if not self._trust(address):
                return address
        return address

    def _trust(self, address: Address) -> bool:
        return any(address in network for network in self.trusted)


class Geo:
    """Files in MaxMind's format, one or several: some have IPv4 and IPv6 apart."""

    def __init__(self, readers: Iterable[Reader] = ()) -> None:
        """Look up in these, in this order."""
        self._readers = tuple(readers)

    @classmethod
    def open(cls, path: Path | None) -> Self:
        """Open a file, or all files of a folder."""
        if path is None:
            return cls()
        files = sorted(path.glob("*.mmdb")) if path.is_dir() else [path]
        if not files:
            raise GeoError(f"There is no .mmdb file in {path}: name a file in MaxMind's format")
        return cls([_open(file) for file in files])

    def place(self, sender: Sender) -> Place:
        """Return where a sender is: by the files, or without any by what a named proxy tells."""
        if not self._readers:
            return sender.told or Place()
        # Headers don't count: a proxy that is not Cloudflare's may pass on a client's own.
        if sender.address is not None:
            for reader in self._readers:
                found = _found(reader, sender.address)
                if found.country:
                    return found
        return Place()


def place(country: Any, region: Any) -> Place:
    """Return a place from whatever says so, without what is no country or no state of the US."""
    if not isinstance(country, str) or not _COUNTRY.fullmatch(country) or country == _NO_COUNTRY:
        return Place()
    if country != UNITED_STATES or not isinstance(region, str):
        return Place(country=country)
    return Place(country=country, region=STATE_CODES.get(region.strip().casefold()))


def _open(file: Path) -> Reader:
    try:
        if not file.is_file():
            # Opening a pipe would wait for whoever writes into it.
            raise FileNotFoundError("there is no such file")
        reader = maxminddb.open_database(file)
        known = any(_place_in(record).country for _, record in reader)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        raise GeoError(
            f"{file} can't be used ({error}): name a file in MaxMind's format"
        ) from error
    if not known:
        raise GeoError(
            f"{file} knows no countries: name a file in MaxMind's format whose records have "
            "country.iso_code, country_code, country_iso_code, or two letters as country"
        )
    return reader


def _found(reader: Reader, address: Address) -> Place:
    try:
        record = reader.get(address)
    # Raised for an IPv6 address where the file has IPv4 only, and for damaged records.
    except (ValueError, maxminddb.InvalidDatabaseError):
        return Place()
    return _place_in(record)


def _place_in(record: Any) -> Place:
    """Return the place that a record has, in whichever of the common forms."""
    if not isinstance(record, Mapping):
        return Place()
    countries = (_part(record, *path) for path in COUNTRIES)
    country = next((one for one in countries if isinstance(one, str)), None)
    regions = (_part(record, *path) for path in REGIONS)
    return place(country, next((one for one in regions if isinstance(one, str)), None))


def _part(record: Any, *path: str | int) -> Any:
    """Return a part of a nested record, None where there is no such part."""
    for step in path:
        try:
            record = record[step]
        except (KeyError, IndexError, TypeError):
            return None
    return record


def _told(headers: Headers) -> Place | None:
    """Return the place that Cloudflare tells, None if it tells none."""
    country = _only(headers, "CF-IPCountry")
    return None if country is None else place(country, _only(headers, "CF-Region-Code"))


def _only(headers: Headers, name: str) -> str | None:
    """Return a header's value. Where it is there twice, one is not the proxy's."""
    values = headers.getall(name, ())
    return values[0] if len(values) == 1 else None


def _address(text: str | None) -> Address | None:
    """Read an address; IPv4 in IPv6's clothes is IPv4."""
    text = (text or "").strip()
    if match := _WITH_PORT.fullmatch(text):
        text = match[1] or match[2]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
