"""What is counted of a field: names, by the table that they are counted in, and numbers.

A field says so beside how it is checked, and everybody else reads it there: what a row holds, how
it is counted, and which tables there are.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any, Final

from .words import OTHER, UNKNOWN

# Of tables in which an installation can have several parts of one name: that it has any.
ANY: Final = None
# That something is told at all, that it is not empty, and that it is so.
REPORTED: Final = "reported"
FILLED: Final = "filled"

# Of a table's names; a fleet of millions has far fewer that are real.
MAX_NAMES: Final = 200_000
# Of their texts: longer ones than real ones must be fewer.
MAX_NAME_BYTES: Final = 32 << 20

# A text or a number, or several facts that are of one thing.
type Name = str | int | tuple[str | int | bool | None, ...]
# A table, and what of it an installation has.
type Names = tuple[str, Sequence[Name]]


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted of a value: in which tables, or as which number.

    Who tells the value at all counts as somebody who `reported` something. Where events of one
    installation tell several things of one table, each counts once, but of a table of the `latest`
    only what was told last.
    """

    tables: tuple[str, ...] = ()
    names: Callable[[Any], Iterable[Names]] = lambda _: ()
    reported: str | None = None
    number: str | None = None
    latest: bool = False


NOTHING: Final = Counted()


def one(table: str, *, latest: bool = False) -> Counted:
    """Count a value as it is."""
    return Counted((table,), lambda value: ((table, (value,)),), latest=latest)


def yes(name: str, key: str | None = None) -> Counted:
    """Count who says yes, or whose object does under a key."""

    def names(value: Any) -> Iterable[Names]:
        return ((REPORTED, (name,)),) if (value if key is None else value[key]) else ()

    return Counted((REPORTED,), names)


def number(name: str) -> Counted:
    """Keep a number, of which quartiles are made."""
    return Counted(number=name)


def part(table: str, key: str) -> Counted:
    """Count one part of an object, where it is known."""

    def names(value: Mapping[str, Any]) -> Iterable[Names]:
        return () if value[key] is None else ((table, (value[key],)),)

    return Counted((table,), names)


def parts(*of: Counted) -> Counted:
    """Count several things of one object."""
    return Counted(
        tuple(dict.fromkeys(table for each in of for table in each.tables)),
        lambda value: [names for each in of for names in each.names(value)],
    )


def together(table: str, *keys: str) -> Counted:
    """Count parts of an object as one name."""
    get = itemgetter(*keys)
    return Counted((table,), lambda value: ((table, (get(value),)),))


def versioned(table: str, key: str, version: Callable[[Any], Any] = lambda told: told) -> Counted:
    """Count a name with its version; those of different things under one word tell nothing."""

    def names(value: Mapping[str, Any]) -> Iterable[Names]:
        name = value[key]
        known = None if name in {OTHER, UNKNOWN} else version(value["version"])
        return ((table, ((name, known),)),)

    return Counted((table,), names)


def each(table: str) -> Counted:
    """Count each text of a list."""
    return Counted((table,), lambda value: ((table, value),))


def each_together(table: str, *keys: str) -> Counted:
    """Count the same parts of each object of a list as one name."""
    get = itemgetter(*keys)
    return Counted((table,), lambda value: ((table, [*map(get, value)]),))


def several(table: str, name: str, key: str) -> Counted:
    """Count pairs of which somebody may have several of one name, and that they have any of it."""
    get = itemgetter(name, key)

    def names(value: Iterable[Mapping[str, Any]]) -> Iterable[Names]:
        pairs = [*map(get, value)]
        return ((table, [*dict.fromkeys((*pairs, *((first, ANY) for first, _ in pairs)))]),)

    return Counted((table,), names)


def alone(of: Counted) -> Counted:
    """Count an object as a list with nothing else in it would be."""
    return Counted(of.tables, lambda value: of.names((value,)))


def filled(name: str, of: Counted) -> Counted:
    """Count besides who has the list, and who has any in it."""

    def names(value: Sequence[Any]) -> Iterable[Names]:
        return (*of.names(value), (FILLED, (name,))) if value else of.names(value)

    return Counted((*of.tables, FILLED), names, name)


def reporting(name: str, of: Counted) -> Counted:
    """Count besides who tells it."""
    return replace(of, reported=name)
