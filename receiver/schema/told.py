"""What a report or an event tells: what of it is counted, which is all that a row holds of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from .counted import NOTHING, REPORTED, Counted, Name, Names, one
from .devices import TABLES as OF_DEVICES
from .extended import EVENTS, WHOLE_EVENTS
from .objects import Key
from .reports import FIELDS

# A field, what is counted of it, and who counts as one who reported that.
type _Fields = tuple[tuple[str, Callable[[Any], Iterable[Names]], str | None], ...]

_PLACES: Final = one("places")
# Who tells of events at all.
_LIFE: Final = "lifecycle"


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody has: names, by the table that they are counted in, each once, and numbers."""

    names: Mapping[str, Sequence[Name]]
    numbers: Mapping[str, int]

    def at(self, country: str | None, region: str | None) -> Self:
        """Return the same, told from a place, where that is known."""
        if not country:
            return self
        places = dict(_PLACES.names((country, region)))
        return type(self)({**self.names, **places}, self.numbers)


def told_of_report(report: Mapping[str, Any]) -> Told:
    """Return what a report tells that was checked."""
    names = _names(report, _REPORT)
    return Told(names, {name: report[key] for key, name in _NUMBERS if key in report})


def told_of_event(event: Mapping[str, Any]) -> Told:
    """Return what an event tells that was checked."""
    kind = event["event"]
    whole = WHOLE_EVENTS.get(kind, NOTHING).names(event)
    return Told(_names(event, _EVENTS.get(kind, ()), [(REPORTED, [_LIFE]), *whole]), {})


def _names(told: Mapping[str, Any], fields: _Fields, more: Iterable[Names] = ()) -> dict[str, Any]:
    """Return the names of all fields that are told, by table."""
    found: dict[str, Any] = {}
    for table, names in more:
        found[table] = [*found.get(table, ()), *names]
    by = []
    for key, names_of, reported in fields:
        if key in told:
            if reported:
                by.append(reported)
            for table, names in names_of(told[key]):
                found[table] = [*found[table], *names] if table in found else names
    if by:
        # Several fields are of one kind.
        found[REPORTED] = [*found.get(REPORTED, ()), *dict.fromkeys(by)]
    return found


def _counted(keys: Mapping[str, Key]) -> _Fields:
    counted = [(name, key.counted) for name, key in keys.items() if key.counted.tables]
    return tuple((name, one.names, one.reported) for name, one in counted)


_REPORT: Final = _counted(FIELDS)
_EVENTS: Final = {event: _counted(keys) for event, keys in EVENTS.items()}
_NUMBERS: Final = tuple(
    (name, key.counted.number) for name, key in FIELDS.items() if key.counted.number is not None
)
_ALL: Final = (
    _PLACES,
    Counted((REPORTED,)),
    *(key.counted for keys in (FIELDS, *EVENTS.values()) for key in keys.values()),
    *WHOLE_EVENTS.values(),
)
TABLES: Final = (
    *dict.fromkeys(table for counted in _ALL for table in counted.tables),
    *OF_DEVICES,
)
"""All that names are counted in."""
LATEST: Final = frozenset(table for counted in _ALL if counted.latest for table in counted.tables)
"""Those of events in which an installation counts with what it told last only."""
