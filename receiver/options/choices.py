"""What an operator can choose: by flags, else by environment variables of the same names."""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from ..storage import FOREVER, Durability, Servers
from . import values
from .values import Network

PREFIX: Final = "OPEN_ANALYTICS_"


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """The operator's choices; `base_url` is without a slash at its end, empty where unknown."""

    host: tuple[str, ...] = ("127.0.0.1",)
    port: int = 8080
    store: Path | Servers = Path("analytics.db")
    store_user: str = ""
    store_password: str = field(default="", repr=False)
    store_password_file: Path | None = None
    store_ca: Path | None = None
    store_certificate: Path | None = None
    store_key: Path | None = None
    durability: Durability = Durability.DISK
    counting_processes: int = 1
    base_url: str = ""
    title: str = "Open Analytics"
    retention_days: int = 60
    smallest_group: int = 5
    count_after: int = 7
    publish_every: int = 3600
    geo: Path | None = None
    trusted_proxy: tuple[Network, ...] = ()
    rate_limit: int = 60

    @property
    def address(self) -> str:
        """Return where it can be reached: in public, else on this machine."""
        return self.base_url or f"http://{values.reachable(self.host[0])}:{self.port}"

    @property
    def root(self) -> str:
        """Return the path of the public address, empty where it has none."""
        return urlsplit(self.base_url).path

    @property
    def place(self) -> Path | Servers:
        """Return where rows are kept, with all that it takes to get there."""
        if isinstance(self.store, Path):
            return self.store
        return replace(
            self.store,
            user=self.store_user,
            password=self.store_password,
            ca=self.store_ca,
            certificate=self.store_certificate,
            key=self.store_key,
            durability=self.durability,
        )

    @property
    def counted(self) -> tuple[str, ...]:
        """Return the flags that another process needs to count what is there."""
        store = self.store.absolute() if isinstance(self.store, Path) else self.store
        chosen = {name: getattr(self, name) for name in _COUNTING} | {"store": store}
        return tuple(
            part
            for name, value in chosen.items()
            if value not in (None, "")
            for part in (_flag(name), str(value))
        )

    @property
    def secrets(self) -> dict[str, str]:
        """Return variables of its environment that it needs beside these."""
        return {PREFIX + "STORE_PASSWORD": self.store_password} if self.store_password else {}

    def __str__(self) -> str:
        """Return all choices as the flags that make them, one a line; no secret is among them."""
        return "\n".join(
            f"{_flag(one.name)} {_shown(getattr(self, one.name))}"
            for one in fields(self)
            if one.name not in _SECRET and not self._needless(one.name)
        )

    def _needless(self, name: str) -> bool:
        """Tell whether an option is about a cluster, where there is none."""
        return name in _OF_CLUSTERS and isinstance(self.store, Path)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return "none" if value is None or value == "" else str(value)


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


class _Choice(NamedTuple):
    read: Callable[[str], Any]
    metavar: str
    help: str
    # An earlier name, which still counts.
    former: str = ""


_COUNTING: Final = (
    *("store", "store_user", "store_ca", "store_certificate", "store_key", "durability"),
    *("counting_processes", "smallest_group", "count_after"),
)
# What says nothing about a file.
_OF_CLUSTERS: Final = frozenset(
    {
        *("store_user", "store_password_file", "store_ca", "store_certificate", "store_key"),
        *("durability", "counting_processes"),
    }
)
# Never a flag, for those can be seen by all users of a machine, nor shown.
_SECRET: Final = frozenset({"store_password"})
_CHOICES: Final[Mapping[str, _Choice]] = {
    "host": _Choice(
        values.hosts,
        "HOST",
        "address to listen on, 0.0.0.0 for each of IPv4, :: for each of IPv6; may be repeated",
    ),
    "port": _Choice(values.number(0, 65_535), "PORT", "port to listen on, 0 for any free one"),
    "store": _Choice(
        values.place,
        "FILE|URL",
        "the SQLite file that keeps everything, made if missing, or servers of a Valkey cluster, "
        "as in valkey://10.0.0.1:6379,10.0.0.2:6379 (valkeys:// for TLS); --database is the same",
        former="database",
    ),
    "store_user": _Choice(values.text, "NAME", "the cluster's user"),
    "store_password": _Choice(values.text, "", ""),
    "store_password_file": _Choice(
        values.readable,
        "FILE",
        f"file that has the cluster's password; without one {PREFIX}STORE_PASSWORD is it",
    ),
    "store_ca": _Choice(
        values.readable, "FILE", "certificates of authorities that the cluster's are signed by"
    ),
    "store_certificate": _Choice(
        values.readable, "FILE", "certificate that this receiver shows the cluster"
    ),
    "store_key": _Choice(values.readable, "FILE", "key of that certificate"),
    "durability": _Choice(
        values.durability,
        "disk|memory",
        "where a report has to be on two of the cluster's servers before it is answered",
    ),
    "counting_processes": _Choice(
        values.number(1, 64), "N", "count a cluster's rows in so many processes"
    ),
    "base_url": _Choice(
        values.url, "URL", "public address, for links to this receiver; may have a path"
    ),
    "title": _Choice(values.name, "TEXT", "name on the pages"),
    "retention_days": _Choice(
        values.number(1, 3_650), "DAYS", "keep an installation for so long after its last report"
    ),
    "smallest_group": _Choice(
        values.number(1, 1_000_000),
        "K",
        "round published counts down to multiples of K, 1 for exact",
    ),
    "count_after": _Choice(
        values.number(0, 3_650),
        "DAYS",
        "count an installation once it has reported for so many days, 0 at once",
    ),
    "publish_every": _Choice(values.number(1, 604_800), "SECONDS", "time between publications"),
    "geo": _Choice(
        values.existing,
        "FILE",
        "file in MaxMind's format that knows countries, or a folder of such",
    ),
    "trusted_proxy": _Choice(
        values.networks,
        "CIDR",
        "networks of the proxies whose headers are believed; may be repeated",
    ),
    "rate_limit": _Choice(
        values.number(0, 1_000_000), "N", "reports a minute from one address, 0 for no limit"
    ),
}


def _parser(command: str, description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"open-analytics-receiver{command}",
        description=description,
        epilog=f"Each option is also an environment variable: {PREFIX}SMALLEST_GROUP=5 for "
        "--smallest-group 5. Flags win.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for name, choice in _CHOICES.items():
        if name in _SECRET:
            continue
        default = _shown(getattr(Options(), name))
        parser.add_argument(
            *map(_flag, filter(None, (name, choice.former))),
            dest=name,
            action="append",
            metavar=choice.metavar,
            help=f"{choice.help} (default: {default})".replace("%", "%%"),
        )
    return parser


def _chosen(
    parser: argparse.ArgumentParser, flags: argparse.Namespace, environ: Mapping[str, str]
) -> Options:
    """Read every choice, and exit with the option's name and the remedy where that fails."""
    chosen: dict[str, Any] = {}
    for name, choice in _CHOICES.items():
        given: list[str] = getattr(flags, name, None) or []
        # What may be repeated adds up; of the rest the last one counts.
        many = isinstance(getattr(Options(), name), tuple)
        source, text = _flag(name), ",".join(given if many else given[-1:])
        if not given:
            named = [PREFIX + one.upper() for one in (name, choice.former) if one]
            source = next((one for one in named if environ.get(one)), "")
            if not source:
                continue
            text = environ[source]
        try:
            chosen[name] = choice.read(text)
        except ValueError as error:
            parser.error(f"{source}: {error}")
    # It wins: a variable may be left from before.
    if file := chosen.get("store_password_file"):
        chosen["store_password"] = file.read_text(encoding="utf-8").strip()
    return Options(**chosen)


RUN: Final = """\
Take Home Assistant's reports, and publish their sums.

other commands:
  backup FILE   copy all that is kept into a new file, while the receiver runs
  copy FROM TO  copy all that is kept to another file or cluster, while FROM's receivers run
  check         tell whether what is kept can be read
  aggregate     print the sums of all that is kept as JSON"""


def parse(argv: Sequence[str], environ: Mapping[str, str]) -> Options:
    """Read the options, or exit with status 2 and the name of the one that is wrong."""
    parser = _parser("", RUN)
    return _chosen(parser, parser.parse_args(argv), environ)


def parse_aggregate(
    argv: Sequence[str], environ: Mapping[str, str]
) -> tuple[Options, argparse.Namespace]:
    """Read the options of counting: `time` in milliseconds, `until` in seconds, and `uses`."""
    parser = _parser(
        " aggregate", "Print the figures that the database makes, as they would be published."
    )
    now = time.time_ns() // 1_000_000
    parser.add_argument("--time", type=int, default=now, help="now, in milliseconds since 1970")
    parser.add_argument(
        "--until",
        type=int,
        default=FOREVER,
        help="leave out what is later than this, in seconds since 1970",
    )
    parser.add_argument(
        "--uses",
        action="store_true",
        help="print on a second line, in words of four bytes, how often each code is in a row",
    )
    flags = parser.parse_args(argv)
    return _chosen(parser, flags, environ), flags


def parse_backup(argv: Sequence[str], environ: Mapping[str, str]) -> tuple[Options, Path]:
    """Read the options of a backup, and the file that it goes to."""
    parser = _parser(" backup", "Copy all that is kept into a new file, while the receiver runs.")
    parser.add_argument("file", type=Path, metavar="FILE", help="the new file; must not exist")
    flags = parser.parse_args(argv)
    return _chosen(parser, flags, environ), flags.file


def parse_copy(argv: Sequence[str], environ: Mapping[str, str]) -> tuple[Options, Options]:
    """Read the options of a copy: those of where it is from, and of where it goes to."""
    parser = _parser(
        " copy",
        "Copy all that is kept to another file or cluster, which no receiver may have; run again "
        "it goes on. User, password and certificates are those of the cluster, or of both.",
    )
    for place, text in (("source", "FROM"), ("target", "TO")):
        parser.add_argument(place, metavar=text, help="a file, or servers, as --store has them")
    flags = parser.parse_args(argv)
    options = _chosen(parser, flags, environ)
    try:
        places = [values.place(one) for one in (flags.source, flags.target)]
    except ValueError as error:
        parser.error(str(error))
    if places[0] == places[1]:
        parser.error("FROM and TO are the same")
    source, target = (replace(options, store=one) for one in places)
    return source, target


def parse_check(argv: Sequence[str], environ: Mapping[str, str]) -> Options:
    """Read the options of a check."""
    parser = _parser(" check", "Tell whether what is kept can be read, and whether that will last.")
    return _chosen(parser, parser.parse_args(argv), environ)
