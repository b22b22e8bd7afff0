"""What becomes of the row of an installation that reports or tells an event."""

from collections.abc import Callable

from ...schema import SETUP_FAILURES, Name
from ..layout import Stored, is_sound, moment, words
from ..rows import Event, Row
from . import changes

# A row with what stands beside it: `due`, `latest` and `doubted`.
type Values = tuple[int, int, bool, bytes]
# What a code stands for: table and name, None if that is nothing.
type NameOf = Callable[[int], tuple[str, Name] | None]


def changed(row: bytes | None, record: Row | Event, codes: bytes, name_of: NameOf) -> Values | None:
    """Return what is to be written, None if that is nothing.

    A row that can't be read is none: this takes its place.
    """
    row = sound(row)
    time, doubted = _time(record), record.doubted
    if isinstance(record, Row):
        if row is None:
            return time, time, doubted, changes.new_row(codes, time, doubted=doubted)
        if not doubted and changes.unchanged(row, codes, time):
            return None
    stored = Stored.unpack(row) if row else Stored()
    if isinstance(record, Row):
        changes.keep_report(stored, words(codes), time, doubted=doubted)
    else:
        changes.keep_event(stored, words(codes), time, doubted=doubted)
        cut_failures(stored, name_of)
    values = values_of(stored)
    return None if values[-1] == row else values


def sound(row: bytes | None) -> bytes | None:
    """Return a row that can be read, None where there is none."""
    return row if row and is_sound(row) else None


def is_refused(row: bytes | None, record: Row | Event) -> bool:
    """Tell whether a record is not to be kept, since there is no row whose place it could take."""
    return isinstance(record, Row) and record.known and sound(row) is None


def _time(record: Row | Event) -> int:
    """Return when something came, as it is to be kept."""
    time = moment(record.time)
    # What two kinds of reports of one home tell must not be joined by the second.
    return time - time % changes.DAY if isinstance(record, Row) and record.coarse else time


def cut_failures(stored: Stored, name_of: NameOf) -> None:
    """Leave out failures to set integrations up that are too many."""
    changes.cut_failures(stored, lambda code: _failure(name_of(code)))


def _failure(known: tuple[str, Name] | None) -> changes.Failure | None:
    """Return which integration failed and why, if that is what a code stands for."""
    match known:
        case table, (str(domain), None | str() as reason) if table == SETUP_FAILURES:
            return domain, reason
    return None


def values_of(stored: Stored) -> Values:
    """Return a row with what stands beside it."""
    return stored.due, stored.latest, stored.doubted, stored.pack()
