"""What the long tables show, and the page of each of their rows: names that others made."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from . import integrations
from .charts import History, rank, trends
from .charts.versions import newest_first
from .charts.wording import name, noun, number, percent, share
from .listing import COMMON, Item, Query, select
from .views import Context, Figures


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A table of names that others made: where its figures are, and what they are parts of."""

    path: str
    table: str
    whole: str
    title: str
    one: str
    lead: str
    extra: str = ""
    known: Callable[[str], str] = lambda _: ""
    """Return the name that people know one by; empty where there is none."""


KINDS: Final = (
    Kind(
        path="integrations",
        table="integrations",
        whole="reports_integrations",
        title="Integrations",
        one="integration",
        lead="Built-in integrations in use, each with its domain in Home Assistant.",
        known=integrations.known,
    ),
    Kind(
        path="custom-integrations",
        table="custom_integrations",
        whole="reports_integrations",
        title="Custom integrations",
        one="custom integration",
        lead="Integrations that people installed themselves, by the domain that they call theirs.",
        extra="Most used version",
    ),
    Kind(
        path="apps",
        table="addons",
        whole="reports_addons",
        title="Apps",
        one="app",
        lead="Apps, also known as add-ons, by their slug. They need a Supervisor.",
        extra="Updated automatically",
    ),
)


def items(figures: Figures, kind: Kind) -> list[Item]:
    """Return all rows of a table."""
    whole = figures.get(kind.whole, 0)
    rows = figures.get(kind.table, {}).items()
    if kind.table == "integrations":
        return [
            Item(name=key, known=kind.known(key), total=total, share=share(total, whole))
            for key, total in rows
        ]
    counted = [(key, row, row["total"]) for key, row in rows if row["total"]]
    return [
        Item(name=key, total=total, share=share(total, whole), extra=_extra(kind, row))
        for key, row, total in counted
    ]


def _extra(kind: Kind, row: Mapping[str, Any]) -> float | str:
    if kind.table == "addons":
        return share(row.get("auto_update", 0), row["total"])
    versions = row.get("versions", {})
    most_used = max(newest_first(versions), key=lambda version: versions[version], default="")
    return name(most_used) if most_used else ""


def listing(kind: Kind, figures: Figures, _: History, query: Query) -> Context:
    """Return the values of the page of the rows that the address asks for."""
    return {"kind": kind, "listing": select(items(figures, kind), query), "common": COMMON}


def detail(kind: Kind, figures: Figures, history: History, key: str) -> Context | None:
    """Return the values of the page of one name; None where there is no figure for it."""
    row = figures.get(kind.table, {}).get(key)
    total = row if isinstance(row, int) else (row or {}).get("total", 0)
    if not total:
        return None
    whole = figures.get(kind.whole, 0)
    more = {} if isinstance(row, int) else dict(row)
    return {
        "kind": kind,
        "label": kind.known(key) or name(key),
        "beside": name(key) if kind.known(key) else "",
        "facts": [
            (percent(share(total, whole)), f"of {number(whole)} {noun(whole)} that tell"),
            (number(total), noun(total)),
            place(total, items(figures, kind)),
            *_flags(more, total),
        ],
        "chart": trends.usage(history, kind.table, kind.whole, key),
        "versions": rank(
            more.get("versions", {}),
            total,
            key="versions",
            title="Versions",
            column="Version",
            of="that use it",
            ties=newest_first,
        ),
        # Its documentation has a page of this name, if it is one of Home Assistant's.
        "documented": kind.table == "integrations" and key.isascii() and key.isidentifier(),
        "key": key,
    }


class Counted(Protocol):
    """What is told of how many installations have something."""

    @property
    def total(self) -> int:
        """Return how many have it."""


def place(total: int, everything: Collection[Counted]) -> tuple[str, str]:
    """Return the place of a number among those of all, as a fact."""
    better = sum(other.total > total for other in everything)
    return f"#{number(1 + better)}", f"of {number(len(everything))}, by installations"


def _flags(row: Mapping[str, Any], total: int) -> list[tuple[str, str]]:
    flags = (("protected", "run it protected"), ("auto_update", "let it update by itself"))
    return [
        (percent(share(row[key], total)), f"{text} ({number(row[key])})")
        for key, text in flags
        if row.get(key)
    ]
