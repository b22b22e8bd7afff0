"""Long tables that are searched, sorted and paged by links, so that they need no script."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from .. import sorting
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
ORDERS: Final[sorting.Orders[Item]] = {
    "name": (lambda item: item.label.casefold(), False),
    "installations": (lambda item: item.total, True),
    "extra": (lambda item: _ordered(item.extra), True),
}


def _ordered(extra: float | str) -> Any:
    """Return what sorts the last column, whose texts are versions."""
    return versions.order(extra) if isinstance(extra, str) else extra


@dataclass(frozen=True, kw_only=True, slots=True)
class Query(sorting.Sorting):
    """What the address asks for."""

    ORDERS: ClassVar[sorting.Orders[Item]] = ORDERS

    text: str = ""
    rare: bool = False
    """Whether what nearly everybody has is left out."""

    @property
    def cleared(self) -> "Query":
        """Return the query that leaves nothing out."""
        return replace(self, text="", rare=False, page=1)

    def __str__(self) -> str:
        order = "desc" if self.descending else "asc"
        fields = {"q": self.text, "sort": self.sort, "order": order}
        fields |= {"common": HIDE} if self.rare else {}
        return f"?{urlencode({**fields, 'page': self.page}, errors='replace')}"


def read(parameters: Mapping[str, str]) -> Query:
    """Read the address; what is not understood is as if it was not there."""
    return Query(
        text=parameters.get("q", "").strip()[:LONGEST_QUERY],
        rare=parameters.get("common") == HIDE,
        **sorting.read(parameters, ORDERS),
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
    shown = sorting.cut(found, query, ORDERS, ROWS)
    return Listing(
        query=query.on(shown.page),
        items=shown.rows,
        matching=len(found),
        searched=len(searched),
        common=common,
        total=len(everything),
        pages=shown.pages,
        longest=max((item.share for item in searched), default=0),
    )
