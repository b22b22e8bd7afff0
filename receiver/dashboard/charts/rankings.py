"""Counts by name, most first: bars, and the table of all of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from . import wording

SHOWN: Final = 8  # bars of a chart; its table has all rows

type Sort = Callable[[Iterable[str]], list[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A name, its installations, and what part they are of all that tell, in percent."""

    label: str
    count: int
    share: float
    tone: str
    bar: float  # percent of the longest
    whole: int = 0  # what the share is a part of, where that differs from row to row
    beside: str = ""  # what else it is called
    address: str = ""  # of a page about it

    @property
    def percent(self) -> str:
        """Return the share as it is written."""
        return wording.percent(self.share)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranking:
    """Rows with the names of their chart and columns."""

    key: str
    title: str
    column: str
    whole: int  # what the shares are parts of, 0 where each row has its own; how that is called
    of: str
    rows: tuple[Row, ...]
    shown: int

    @property
    def bars(self) -> tuple[Row, ...]:
        """Return the rows that the chart has."""
        return self.rows[: self.shown]

    @property
    def rest(self) -> int:
        """Return how many rows only the table has."""
        return max(len(self.rows) - self.shown, 0)


def rank(
    counts: Mapping[str, int],
    whole: int,
    *,
    key: str,
    title: str,
    column: str,
    of: str = "installations",
    label: Callable[[str], str] = wording.name,
    tone: Callable[[str], str] = lambda _: "accent",
    shown: int = SHOWN,
    ties: Sort = sorted,
    order: Callable[[str], Any] | None = None,
    beside: Callable[[str], str] = lambda _: "",
    link: Callable[[str], str] = lambda _: "",
) -> Ranking:
    """Order counts by size, names of the same by `ties`; or by another order of names."""
    most = max(counts.values(), default=0)
    ordered = sorted(ties(counts), key=order or (lambda name: -counts[name]))
    rows = tuple(
        Row(
            label=label(name),
            count=counts[name],
            share=wording.share(counts[name], whole),
            tone=tone(name),
            bar=round(wording.share(counts[name], most), 2),
            beside=beside(name),
            address=link(name),
        )
        for name in ordered
        if counts[name]
    )
    return Ranking(key=key, title=title, column=column, whole=whole, of=of, rows=rows, shown=shown)


def rates(
    table: Mapping[str, Mapping[str, int]],
    part: str,
    *,
    key: str,
    title: str,
    column: str,
    of: str,
    label: Callable[[str], str] = wording.name,
    ties: Sort = sorted,
) -> Ranking:
    """Return what share of each row's total a part of it is, largest totals first."""
    ordered = sorted(ties(table), key=lambda name: -table[name]["total"])
    rows = tuple(
        Row(
            label=label(name),
            count=row[part],
            share=wording.share(row[part], row["total"]),
            tone="accent",
            bar=round(wording.share(row[part], row["total"]), 2),
            whole=row["total"],
        )
        for name, row in ((one, table[one]) for one in ordered)
        if row["total"]
    )
    return Ranking(key=key, title=title, column=column, whole=0, of=of, rows=rows, shown=SHOWN)
