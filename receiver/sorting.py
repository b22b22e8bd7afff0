"""How the address of a long table sorts it, and which page of it that asks for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Self

INSTALLATIONS: Final = "installations"
# Digits of a page's number.
_LONGEST: Final = 5

# What can be sorted by, and whether the largest come first then.
type Orders[Row] = Mapping[str, tuple[Callable[[Row], Any], bool]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sorting:
    """What an address asks for of the order of rows."""

    ORDERS: ClassVar[Orders[Any]] = {}
    """All that its links sort by."""

    sort: str = INSTALLATIONS
    descending: bool = True
    page: int = 1

    def sorted_by(self, column: str) -> Self:
        """Return the query of the link in a column's head: a second click turns it around."""
        first = self.ORDERS[column][1]
        descending = not self.descending if column == self.sort else first
        return replace(self, sort=column, descending=descending, page=1)

    def on(self, page: int) -> Self:
        """Return the query of another page."""
        return replace(self, page=page)

    def direction(self, column: str) -> str:
        """Return the value of aria-sort for a column."""
        if column != self.sort:
            return "none"
        return "descending" if self.descending else "ascending"


def read(parameters: Mapping[str, str], orders: Orders[Any]) -> dict[str, Any]:
    """Return the fields of a `Sorting`; what is not understood is as if it was not there."""
    sort = parameters.get("sort", "")
    sort = sort if sort in orders else INSTALLATIONS
    order = parameters.get("order")
    page = parameters.get("page", "")
    return {
        "sort": sort,
        "descending": order == "desc" if order in {"asc", "desc"} else orders[sort][1],
        "page": int(page) if page.isascii() and page.isdigit() and len(page) <= _LONGEST else 1,
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut[Row]:
    """A page of rows; one behind the last is the last."""

    rows: Sequence[Row]
    page: int
    pages: int


def cut[Row](found: Iterable[Row], asked: Sorting, orders: Orders[Row], most: int) -> Cut[Row]:
    """Sort rows, and return the page that is asked for, with so many of them."""
    ordered = sorted(found, key=orders[asked.sort][0], reverse=asked.descending)
    pages = max(-(-len(ordered) // most), 1)
    page = min(max(asked.page, 1), pages)
    return Cut(rows=ordered[(page - 1) * most : page * most], page=page, pages=pages)
