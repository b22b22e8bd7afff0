"""What an operator can choose: how it is read, and what it is for."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from . import values
from .options import PREFIX


class Choice(NamedTuple):
    """How an option is read, and what the help says of it."""

    read: Callable[[str], Any]
    metavar: str
    help: str
    # An earlier name, which still counts.
    former: str = ""


CHOICES: Final[Mapping[str, Choice]] = {
    "host": Choice(
        values.hosts,
        "HOST",
        "address to listen on, 0.0.0.0 for each of IPv4, :: for each of IPv6; may be repeated",
    ),
    "port": Choice(values.number(0, 65_535), "PORT", "port to listen on, 0 for any free one"),
    "store": Choice(
        values.place,
        "FILE|URL",
        "the SQLite file that keeps everything, made if missing, or servers of a Valkey cluster, "
        "as in valkey://10.0.0.1:6379,10.0.0.2:6379 (valkeys:// for TLS); --database is the same",
        former="database",
    ),
    "store_user": Choice(values.text, "NAME", "the cluster's user"),
    "store_password": Choice(values.text, "", ""),
    "store_password_file": Choice(
        values.readable,
        "FILE",
        f"file that has the cluster's password; without one {PREFIX}STORE_PASSWORD is it",
    ),
    "store_ca": Choice(
        values.readable, "FILE", "certificates of authorities that the cluster's are signed by"
    ),
    "store_certificate": Choice(
        values.readable, "FILE", "certificate that this receiver shows the cluster"
    ),
    "store_key": Choice(values.readable, "FILE", "key of that certificate"),
    "durability": Choice(
        values.durability,
        "disk|memory",
        "where a report has to be on two of the cluster's servers before it is answered",
    ),
    "counting_processes": Choice(
        values.number(1, 64), "N", "count a cluster's rows in so many processes"
    ),
    "base_url": Choice(
        values.url, "URL", "public address, for links to this receiver; may have a path"
    ),
    "title": Choice(values.name, "TEXT", "name on the pages"),
    "retention_days": Choice(
        values.number(1, 3_650), "DAYS", "keep an installation for so long after its last report"
    ),
    "smallest_group": Choice(
        values.number(1, 1_000_000),
        "K",
        "round published counts down to multiples of K, 1 for exact",
    ),
    "count_after": Choice(
        values.number(0, 3_650),
        "DAYS",
        "count an installation once it has reported for so many days, 0 at once",
    ),
    "publish_every": Choice(values.number(1, 604_800), "SECONDS", "time between publications"),
    "geo": Choice(
        values.existing,
        "FILE",
        "file in MaxMind's format that knows countries, or a folder of such",
    ),
    "trusted_proxy": Choice(
        values.networks,
        "CIDR",
        "networks of the proxies whose headers are believed; may be repeated",
    ),
    "rate_limit": Choice(
        values.number(0, 1_000_000), "N", "reports a minute from one address, 0 for no limit"
    ),
}
