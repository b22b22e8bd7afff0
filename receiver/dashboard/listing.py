"""Long tables that are searched, sorted and paged by links, so that they need no script."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from .charts import versions, wording

ROWS: Final = 100  # on one page
COMMON: Final = 90  # percent: what more than that have, nearly everybody has
LONGEST_QUERY: Final = 100
HIDE: Final = "hide"


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A row: a name of someone else's making, and its numbers."""

    name: str
    known: str = ""
    total: int
    share: float
    extra: float | str = ""

    @property
    def label(self) -> str:
        """Return the name as it is shown."""
        return self.known or wording.name(self.name)

    @property
    def beside(self) -> str:
        """Return what Home Assistant calls what people know by another name."""
        return wording.name(self.name) if self.known else ""

    @property
    def common(self) -> bool:
        """Tell whether nearly everybody has it, as far as rounded figures tell."""
        return self.share > COMMON

    def matches(self, text: str) -> bool:
        """Tell whether a text is in one of its names."""
        return any(wording.folded(text) in wording.folded(one) for one in (self.name, self.known))

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
    "name": (lambda item: item.label.casefold(), False),
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
    rare: bool = False
    """Whether what nearly everybody has is left out."""
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
        """Return the query that leaves nothing out."""
        return replace(self, text="", rare=False, page=1)

    def direction(self, column: str) -> str:
        """Return the value of aria-sort for a column."""
        if column != self.sort:
            return "none"
        return "descending" if self.descending else "ascending"

    def __str__(self) -> str:
        order = "desc" if self.descending else "asc"
        fields = {"q": self.text, "sort": self.sort, "order": order}
        fields |= {"common": HIDE} if self.rare else {}
        return f"?{urlencode({**fields, 'page': self.page}, errors='replace')}"


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
        rare=parameters.get("common") == HIDE,
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A page of the rows that match."""

    query: Query
    items: Sequence[Item]
    matching: int
    searched: int
    common: int  # rows that nearly everybody has
    total: int
    pages: int
    longest: float  # share, for the bars

    def bar(self, item: Item) -> float:
        """Return the length of a row's bar in percent."""
        return round(wording.share(item.share, self.longest), 2)


def select(items: Iterable[Item], query: Query) -> Listing:
    """Search, sort and cut; a page behind the last is the last."""
    everything = list(items)
    common = sum(item.common for item in everything)
    searched = [item for item in everything if not (query.rare and item.common)]
    found = [item for item in searched if item.matches(query.text)]
    found.sort(key=lambda item: item.name)
    found.sort(key=ORDERS[query.sort][0], reverse=query.descending)
    pages = max(-(-len(found) // ROWS), 1)
    page = min(max(query.page, 1), pages)
    return Listing(
        query=query.on(page),
        items=found[(page - 1) * ROWS : page * ROWS],
        matching=len(found),
        searched=len(searched),
        common=common,
        total=len(everything),
        pages=pages,
        longest=max((item.share for item in searched), default=0),
    )
