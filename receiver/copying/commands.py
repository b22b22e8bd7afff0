"""What an operator can have done with all that is kept: copied, backed up, looked through."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from ..aggregate import count
from ..counting import Counts
from ..options import Options
from ..schema import STATISTICS, TABLES
from ..storage import FOREVER
from ..stores import Place, back_up, faults, filling, new_backup, reading
from .checking import check_rows
from .copying import copy_all

DAY: Final = 24 * 3600

type Say = Callable[[str], None]


class CopyError(Exception):
    """What was copied is not what is there; the message says what differs."""


def copy(source: Options, target: Options, say: Say) -> None:
    """Copy all, and compare what both count; raises CopyError where that differs."""
    _fill(source.place, target.place, target.retention_days, say)
    one, other = map(_counts, (source, target))
    if differs := _difference(one, other):
        raise CopyError(
            f"The figures differ: {differs}. If receivers go on at {source.place}, stop them and "
            "copy again"
        )
    say(f"The figures are equal: {one.installations} installations count")


def backup(options: Options, target: Path, say: Say) -> None:
    """Copy all into a new file, which is there whole or not at all."""
    if back_up(options.place, target):
        return
    with new_backup(target) as unfinished:
        _fill(options.place, unfinished, options.retention_days, say, private=True)


def check(options: Options, say: Say) -> bool:
    """Look through all, say what was found, and tell whether nothing is wrong."""
    found = faults(options.place)
    for one in found:
        say(one)
    with reading(options.place) as kept:
        checked = check_rows(kept)
    say(str(checked))
    return not found and checked.sound


def _fill(
    source: Place, target: Place, retention_days: int, say: Say, *, private: bool = False
) -> None:
    # The source first, so that nothing is made where that is not there.
    with (
        reading(source) as kept,
        filling(target, retention_days=retention_days, private=private) as filled,
        reading(target) as copied,
    ):
        copy_all(kept, copied, filled, say)


def _counts(options: Options) -> Counts:
    days = options.count_after
    return count(options.place, days * DAY, FOREVER, processes=options.counting_processes).counts


def _difference(one: Counts, other: Counts) -> str:
    """Return what differs, by the names of tables: none of a home."""
    found = []
    if one.installations != other.installations:
        found.append(f"{one.installations} installations and {other.installations}")
    found += [table for table in TABLES if one[table] != other[table]]
    found += [name for name in STATISTICS if one.statistics[name] != other.statistics[name]]
    return ", ".join(found)
