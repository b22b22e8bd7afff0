"""Long tables that are searched, sorted and paged by links, so that they need no script."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from .charts import versions, wording

ROWS: Final = 100  # on one page
LONGEST_QUERY: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A row: a name of someone else's making, and its numbers."""

    name: str
    total: int
    share: float
    extra: float | str = ""

    @property
    def label(self) -> str:
        """Return the name as it is shown."""
        return wording.name(self.name)

    @property
    def percent(self) -> str:
        """Return the share as it is written."""
        return wording.percent(self.share)

    @property
    def segment(self) -> str:
        """Return the name in the address of its page; empty where it has none."""
        return wording.segment(self.name)


# What can be sorted by, and which way it is sorted first.
ORDERS: Final[Mapping[str, tuple[Callable[[Item], Any], bool]]] = {
    "name": (lambda item: item.name.casefold(), False),
    "installations": (lambda item: item.total, True),
    "extra": (lambda item: _ordered(item.extra), True),
}


def _ordered(extra: float | str) -> Any:
    """Return what sorts the last column, whose texts are versions."""
    return versions.order(extra) if isinstance(extra, str) else extra


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What the address asks for."""

    text: str = ""
    sort: str = "installations"
    descending: bool = True
    page: int = 1

    def sorted_by(self, column: str) -> "Query":
        """Return the query of the link in a column's head: a second click turns it around."""
        first = ORDERS[column][1]
        descending = not self.descending if column == self.sort else first
        return replace(self, sort=column, descending=descending, page=1)

    def on(self, page: int) -> "Query":
        """Return the query of another page."""
        return replace(self, page=page)

    @property
    def cleared(self) -> "Query":
        """Return the query that searches for nothing."""
        return replace(self, text="", page=1)

    def direction(self, column: str) -> str:
        """Return the value of aria-sort for a column."""
        if column != self.sort:
            return "none"
        return "descending" if self.descending else "ascending"

    def __str__(self) -> str:
        order = "desc" if self.descending else "asc"
        fields = {"q": self.text, "sort": self.sort, "order": order, "page": self.page}
        return f"?{urlencode(fields, errors='replace')}"


def read(parameters: Mapping[str, str]) -> Query:
    """Read the address; what is not understood is as if it was not there."""
    sort = parameters.get("sort", "")
    sort = sort if sort in ORDERS else Query().sort
    order = parameters.get("order")
    page = parameters.get("page", "")
    return Query(
        text=parameters.get("q", "").strip()[:LONGEST_QUERY],
        sort=sort,
        descending=order == "desc" if order in {"asc", "desc"} else ORDERS[sort][1],
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A page of the rows that match."""

    query: Query
    items: Sequence[Item]
    matching: int
    total: int
    pages: int
    longest: float  # share, for the bars

    def bar(self, item: Item) -> float:
        """Return the length of a row's bar in percent."""
        return round(wording.share(item.share, self.longest), 2)


def select(items: Iterable[Item], query: Query) -> Listing:
    """Search, sort and cut; a page behind the last is the last."""
    everything = list(items)
    wanted = query.text.casefold().replace(" ", "_")
    found = [item for item in everything if wanted in item.name.casefold().replace(" ", "_")]
    found.sort(key=lambda item: item.name)
    found.sort(key=ORDERS[query.sort][0], reverse=query.descending)
    pages = max(-(-len(found) // ROWS), 1)
    page = min(max(query.page, 1), pages)
    return Listing(
        query=query.on(page),
        items=found[(page - 1) * ROWS : page * ROWS],
        matching=len(found),
        total=len(everything),
        pages=pages,
        longest=max((item.share for item in everything), default=0),
    )
