"""The commands' options: read from flags, else from environment variables of the same names."""

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from ..storage import FOREVER
from . import values
from .choices import CHOICES
from .options import PREFIX, SECRET, Options, flag, shown


def _parser(command: str, description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"open-analytics-receiver{command}",
        description=description,
        epilog=f"Each option is also an environment variable: {PREFIX}SMALLEST_GROUP=5 for "
        "--smallest-group 5. Flags win.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for name, choice in CHOICES.items():
        if name in SECRET:
            continue
        default = shown(getattr(Options(), name))
        parser.add_argument(
            *map(flag, filter(None, (name, choice.former))),
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
    for name, choice in CHOICES.items():
        given: list[str] = getattr(flags, name, None) or []
        # What may be repeated adds up; of the rest the last one counts.
        many = isinstance(getattr(Options(), name), tuple)
        source, text = flag(name), ",".join(given if many else given[-1:])
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
        try:
            chosen["store_password"] = values.secret(file)
        except ValueError as error:
            parser.error(f"{flag('store_password_file')}: {error}")
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
