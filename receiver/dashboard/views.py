"""What each page shows: figures in, the values of its template out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..schema import MAX_ITEMS, STATES
from .charts import History, Ranking, ranges, rank, tone, trends, worldmap
from .charts.wording import ENGINES, TYPES, name, noun, number, percent, share
from .listing import Item, Listing, Query, select

# In one report: three of its lists are of names that anybody can choose.
MOST_NAMES: Final = 3 * MAX_ITEMS

type Figures = Mapping[str, Any]
type Context = dict[str, Any]


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


ON_OS: Final = "on Home Assistant OS"
KINDS: Final = (
    Kind(
        path="integrations",
        table="integrations",
        whole="reports_integrations",
        title="Integrations",
        one="integration",
        lead="Built-in integrations in use, by the domain that Home Assistant knows them by.",
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


def overview(figures: Figures, history: History) -> Context:
    """Return the values of the first page."""
    whole = figures.get("active_installations", 0)
    usage = figures.get("reports_integrations", 0)
    return {
        "whole": whole,
        "facts": _facts(figures, whole, usage),
        "types_chart": trends.types(history),
        "releases_chart": trends.releases(history),
        "map": worldmap.draw(figures.get("countries", {}), whole),
        "countries": rank(
            figures.get("countries", {}),
            whole,
            key="countries",
            title="Countries",
            column="Country",
            label=worldmap.country,
        ),
        "states": rank(
            figures.get("regions", {}).get("US", {}),
            figures.get("countries", {}).get("US", 0),
            key="states",
            title="In the United States, by state",
            column="State",
            of="in the United States",
            label=lambda code: STATES.get(code, name(code)),
        ),
        "rankings": _rankings(figures, whole, usage),
        "versions": _versions(figures, trends.charted_releases(history)),
    }


def _facts(figures: Figures, whole: int, usage: int) -> list[tuple[str, str]]:
    supervisor = figures.get("supervisor", {})
    total = supervisor.get("total", 0)
    parts = (
        ("tell which integrations they use", share(usage, whole)),
        ("tell how many entities they have", share(figures.get("reports_statistics", 0), whole)),
        ("have the energy dashboard set up", share(figures.get("energy", 0), usage)),
        ("have a TLS certificate of their own", share(figures.get("certificate", 0), usage)),
        ("of Supervisors are healthy", share(supervisor.get("healthy", 0), total)),
        ("of Supervisors run a supported system", share(supervisor.get("supported", 0), total)),
    )
    return [(percent(value), text) for text, value in parts if value]


def _versions(figures: Figures, charted: list[str]) -> Ranking:
    return rank(
        figures.get("versions", {}),
        figures.get("active_installations", 0),
        key="versions",
        title="Versions today",
        column="Version",
        tone=lambda version: tone(version, charted),
    )


def _rankings(figures: Figures, whole: int, usage: int) -> list[Ranking]:
    """Return the smaller charts, without those that have nothing to show."""
    boards = figures.get("boards", {})
    on_os = figures.get("installation_types", {}).get("os", 0)
    recorders = {key: one["total"] for key, one in figures.get("recorders", {}).items()}
    supervised = figures.get("supervisor", {}).get("total", 0)
    rankings = (
        rank(
            figures.get("installation_types", {}),
            whole,
            key="kinds",
            title="Installation types",
            column="Type",
            label=lambda key: TYPES.get(key, name(key)),
            tone=lambda key: key if key in TYPES else "other",
        ),
        rank(boards, on_os, key="boards", title="Boards", column="Board", of=ON_OS),
        rank(
            figures.get("operating_system_versions", {}),
            on_os,
            key="systems",
            title="Operating system versions",
            column="Version",
            of=ON_OS,
        ),
        rank(
            figures.get("archs", {}),
            supervised,
            key="architectures",
            title="Architectures",
            column="Architecture",
            of="with a Supervisor",
        ),
        rank(
            recorders,
            usage,
            key="databases",
            title="Databases of the history",
            column="Database",
            of="that tell what they use",
            label=lambda key: ENGINES.get(key, name(key)),
        ),
    )
    return [ranking for ranking in rankings if ranking.rows]


def items(figures: Figures, kind: Kind) -> list[Item]:
    """Return all rows of a table."""
    whole = figures.get(kind.whole, 0)
    rows = figures.get(kind.table, {}).items()
    if kind.table == "integrations":
        return [Item(name=key, total=total, share=share(total, whole)) for key, total in rows]
    counted = [(key, row, row["total"]) for key, row in rows if row["total"]]
    return [
        Item(name=key, total=total, share=share(total, whole), extra=_extra(kind, row))
        for key, row, total in counted
    ]


def _extra(kind: Kind, row: Mapping[str, Any]) -> float | str:
    if kind.table == "addons":
        return share(row.get("auto_update", 0), row["total"])
    versions = row.get("versions", {})
    return name(max(versions, key=lambda version: versions[version])) if versions else ""


def listing(figures: Figures, kind: Kind, query: Query) -> Listing:
    """Return the rows that the address asks for."""
    return select(items(figures, kind), query)


def detail(figures: Figures, history: History, kind: Kind, key: str) -> Context | None:
    """Return the values of the page of one name; None where there is no figure for it."""
    row = figures.get(kind.table, {}).get(key)
    total = row if isinstance(row, int) else (row or {}).get("total", 0)
    if not total:
        return None
    whole = figures.get(kind.whole, 0)
    more = {} if isinstance(row, int) else dict(row)
    return {
        "label": name(key),
        "facts": [
            (percent(share(total, whole)), f"of {number(whole)} {noun(whole)} that tell"),
            (number(total), noun(total)),
            _place(total, items(figures, kind)),
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
        ),
        # Its documentation has a page of this name, if it is one of Home Assistant's.
        "documented": kind.table == "integrations" and key.isascii() and key.isidentifier(),
        "key": key,
    }


def _place(total: int, everything: list[Item]) -> tuple[str, str]:
    better = sum(other.total > total for other in everything)
    return f"#{number(1 + better)}", f"of {number(len(everything))}, by installations"


def _flags(row: Mapping[str, Any], total: int) -> list[tuple[str, str]]:
    flags = (("protected", "run it protected"), ("auto_update", "let it update by itself"))
    return [
        (percent(share(row[key], total)), f"{text} ({number(row[key])})")
        for key, text in flags
        if row.get(key)
    ]


def about(*_: object) -> Context:
    """Return how many names made-up reports can ask for at once."""
    return {"most_names": MOST_NAMES}


def statistics(figures: Figures, history: History) -> Context:
    """Return the values of the page of distributions."""
    found = ranges.read(figures.get("statistics", {}))
    return {"ranges": [(one, trends.medians(history, one.key)) for one in found]}
