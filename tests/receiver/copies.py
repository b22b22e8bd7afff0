"""What is kept somewhere, with names in the place of codes: of a copy it has to be the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from receiver.options import Options
from receiver.storage import Event, Row, Servers, Stored, layout
from receiver.stores import filling, reading
from tests.receiver import child
from tests.receiver.homes import device, home, told_by
from tests.receiver.reports import fault_event, start_event, valid_report
from tests.receiver.rows import event, keep_all, row, told, told_of_event

type Place = Path | Servers
type Tells = tuple[Any, ...]

DAY = 24 * 3600
FIGURES = b'{"figures": 1}'
DAYS = {"2026-11-28": b'{"day": 28}', "2026-11-29": b'{"day": 29}'}


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """All that is kept."""

    rows: dict[bytes, Tells]
    published: tuple[int, bytes] | None
    days: dict[str, bytes]
    dropped: dict[str, int]


def contents(place: Place) -> Contents:
    """Return what is kept there."""
    with reading(place) as kept:
        entries = {key: one for part in kept.entries() for key, one in part.items()}
        names = {code: (table, name) for code, table, name in kept.names()}
        return Contents(
            rows={key: tells(one, names) for key, one in entries.items()},
            published=kept.published(0),
            days=dict(kept.history(kept.days())),
            dropped=dict(kept.dropped()),
        )


def tells(packed: bytes, names: dict[int, tuple[str, Any]]) -> Tells:
    """Return what a row tells, whatever its codes are."""
    stored = Stored.unpack(packed)

    def named(words: Iterable[int]) -> list[str]:
        return sorted(str(one if one & layout.NUMBER else names.get(one)) for one in words)

    events = [(one.time, one.doubted, named(one.codes)) for one in stored.events]
    seen = (stored.first_seen, stored.last_seen, stored.first_doubted, stored.last_doubted)
    return *seen, named(stored.report), events


def key_of(number: int) -> bytes:
    """Return the key of one of some installations, which are spread over all slots."""
    return number.to_bytes(16, "little")


def reports(number: int) -> bool:
    """Tell whether one of a fleet reports."""
    return number % 4 != 3


def stock(database: Path, now: int, numbers: Iterable[int] = range(40)) -> None:
    """Put a fleet into a file, as a receiver would have kept it, figures and all.

    Every fourth tells of its devices, and all others report.
    """
    records: list[Row | Event] = [
        row(key_of(number), now - number % 9 * DAY, told=told_by(home(device(model=f"{number}"))))
        for number in numbers
        if not reports(number)
    ]
    records += [
        one
        for number in filter(reports, numbers)
        for one in (
            row(
                key_of(number),
                now - number % 9 * DAY,
                told=told(**valid_report(integrations=["hue", f"own_{number}"])),
                dropped=("surplus",),
                doubted=number % 13 == 5,
            ),
            event(key_of(number), now - 60, told=told_of_event(start_event(cloud="connected"))),
            event(key_of(number), now - 30, told=told_of_event(fault_event())),
        )
    ]
    keep_all(database, records)
    with filling(database, retention_days=60) as filled:
        filled.put_published(now, FIGURES)
        filled.put_days(DAYS, ())


def copy(source: Place, target: Place, *more: str) -> tuple[int, str, str]:
    """Copy by the command line; return its status, what it printed and what it complained of."""
    done = child.run("copy", str(source), str(target), "--count-after", "0", *more)
    return done.returncode, done.stdout, done.stderr


def options(place: Place) -> Options:
    """Return what an operator would choose for a place."""
    return Options(store=place, count_after=0)
