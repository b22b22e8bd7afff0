"""What the first page shows: who reports, from where, and what runs there."""

from typing import Final

from ..schema import STATES
from . import device_charts
from .charts import History, Ranking, rank, tone, trends, worldmap
from .charts.versions import newest_first
from .charts.wording import ENGINES, TYPES, name, percent, share
from .views import Context, Figures

ON_OS: Final = "on Home Assistant OS"


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
        "devices": device_charts.overview(figures),
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
        ties=newest_first,
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
            ties=newest_first,
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
