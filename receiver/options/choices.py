"""What an operator can choose: by flags, else by environment variables of the same names."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from . import values
from .values import Network

PREFIX: Final = "OPEN_ANALYTICS_"


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """The operator's choices; `base_url` is without a slash at its end, empty where unknown."""

    host: tuple[str, ...] = ("127.0.0.1",)
    port: int = 8080
    database: Path = Path("analytics.db")
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

    def __str__(self) -> str:
        """Return all choices as the flags that make them, one a line."""
        return "\n".join(
            f"{_flag(field.name)} {_shown(getattr(self, field.name))}" for field in fields(self)
        )


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


_CHOICES: Final[Mapping[str, _Choice]] = {
    "host": _Choice(
        values.hosts,
        "HOST",
        "address to listen on, 0.0.0.0 for each of IPv4, :: for each of IPv6; may be repeated",
    ),
    "port": _Choice(values.number(0, 65_535), "PORT", "port to listen on, 0 for any free one"),
    "database": _Choice(
        values.file, "FILE", "the SQLite file that keeps everything; made if missing"
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
        default = _shown(getattr(Options(), name))
        parser.add_argument(
            _flag(name),
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
        given: list[str] = getattr(flags, name) or []
        # What may be repeated adds up; of the rest the last one counts.
        many = isinstance(getattr(Options(), name), tuple)
        source, text = _flag(name), ",".join(given if many else given[-1:])
        if not given:
            source = PREFIX + name.upper()
            text = environ.get(source, "")
            if not text:
                continue
        try:
            chosen[name] = choice.read(text)
        except ValueError as error:
            parser.error(f"{source}: {error}")
    return Options(**chosen)


RUN: Final = """\
Take Home Assistant's reports, and publish their sums.

other commands:
  backup FILE   copy the database into a new file, while the receiver runs
  aggregate     print the sums of the database as JSON"""


def parse(argv: Sequence[str], environ: Mapping[str, str]) -> Options:
    """Read the options, or exit with status 2 and the name of the one that is wrong."""
    parser = _parser("", RUN)
    return _chosen(parser, parser.parse_args(argv), environ)


def parse_backup(argv: Sequence[str], environ: Mapping[str, str]) -> tuple[Options, Path]:
    """Read the options of a backup, and the file that it goes to."""
    parser = _parser(" backup", "Copy the database into a new file, while the receiver runs.")
    parser.add_argument("file", type=Path, metavar="FILE", help="the new file; must not exist")
    flags = parser.parse_args(argv)
    return _chosen(parser, flags, environ), flags.file
