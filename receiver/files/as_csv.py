"""Every table as a CSV file: for programs, and for spreadsheets."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from aiohttp import web

from ..disclosure import TYPES, Figures
from ..options import Options
from ..publishing import TOTALS, Publisher
from . import device_tables
from .documents import Documents
from .table import CSV, FOLDERS, Rows, Table, Write

_TOTALS: Final = (
    "reports_integrations",
    "reports_statistics",
    "reports_addons",
    "reports_environment",
    "reports_lifecycle",
    "reports_interface",
    "energy",
    "certificate",
    "unclean",
)


def routes(publisher: Publisher, options: Options) -> list[web.RouteDef]:
    """Return the routes of all tables."""
    documents = Documents(publisher, options, CSV)
    return [
        documents.route(f"/{folder}/{name}.csv", partial(_written, table, write))
        for folder, write in FOLDERS.items()
        for name, table in TABLES.items()
    ]


def _written(table: Table, write: Write, publisher: Publisher) -> bytes:
    return write(table.columns, table.rows(publisher))


def _counts(name: str, column: str) -> Table:
    """Return the table of a figure that is a table of counts."""
    return Table((column, "installations"), lambda publisher: publisher.figures[name].items())


def _totals_of(name: str, column: str, *more: str) -> Table:
    """Return the table of a figure whose rows have totals, with more of their counts."""

    def rows(publisher: Publisher) -> Rows:
        for key, row in publisher.figures[name].items():
            yield key, row["total"], *(row[one] for one in more)

    return Table((column, "installations", *more), rows)


def _parts_of(name: str, column: str, parts: str, part: str) -> Table:
    """Return the table of all parts of a figure whose rows have them."""

    def rows(publisher: Publisher) -> Rows:
        return _nested({key: row[parts] for key, row in publisher.figures[name].items()})

    return Table((column, part, "installations"), rows)


def _versions_of(name: str, column: str) -> Table:
    return _parts_of(name, column, "versions", "version")


def _nested(tables: Mapping[str, Mapping[str, int]]) -> Rows:
    for key, table in tables.items():
        for name, number in table.items():
            yield key, name, number


def _totals(publisher: Publisher) -> Rows:
    figures = publisher.figures
    yield "installations", figures["active_installations"]
    for name in _TOTALS:
        yield name, figures[name]
    for name, number in figures["supervisor"].items():
        yield f"supervisor_{name}", number


def _statistics(publisher: Publisher) -> Rows:
    for name, one in publisher.figures["statistics"].items():
        yield name, one["installations"], *one.get("quartiles", ("", "", ""))


def _history(publisher: Publisher) -> Rows:
    for one in publisher.history:
        types = one["installation_types"]
        yield one["day"], one["active_installations"], *(types[name] for name in TYPES.values())


def _history_totals(publisher: Publisher) -> Rows:
    return _nested({one["day"]: {name: one[name] for name in TOTALS} for one in publisher.history})


def _by_day(key: str) -> Callable[[Publisher], Rows]:
    return lambda publisher: _nested({one["day"]: one[key] for one in publisher.history})


def _regions(publisher: Publisher) -> Rows:
    figures: Figures = publisher.figures
    return _nested(figures["regions"])


def _history_of(key: str, column: str) -> Table:
    return Table(("day", column, "installations"), _by_day(key))


TABLES: Final[Mapping[str, Table]] = {
    "totals": Table(("name", "installations"), _totals),
    "installation_types": _counts("installation_types", "type"),
    "versions": _counts("versions", "version"),
    "countries": _counts("countries", "country"),
    "regions": Table(("country", "region", "installations"), _regions),
    "integrations": _counts("integrations", "domain"),
    "custom_integrations": _totals_of("custom_integrations", "domain"),
    "custom_integration_versions": _versions_of("custom_integrations", "domain"),
    "addons": _totals_of("addons", "slug", "protected", "auto_update"),
    "addon_versions": _versions_of("addons", "slug"),
    "boards": _counts("boards", "board"),
    "operating_system_versions": _counts("operating_system_versions", "version"),
    "architectures": _counts("archs", "architecture"),
    "recorders": _totals_of("recorders", "engine"),
    "recorder_versions": _versions_of("recorders", "engine"),
    "statistics": Table(
        ("name", "installations", "quartile_1", "median", "quartile_3"), _statistics
    ),
    "systems": _totals_of("systems", "system"),
    "system_versions": _versions_of("systems", "system"),
    "host_systems": _totals_of("host_systems", "system"),
    "host_system_versions": _versions_of("host_systems", "system"),
    "kernels": _totals_of("kernels", "kernel"),
    "kernel_versions": _versions_of("kernels", "kernel"),
    "cpu_architectures": _counts("cpu_architectures", "architecture"),
    "virtualizations": _counts("virtualizations", "virtualization"),
    "containers": _counts("containers", "container"),
    "python_versions": _counts("python_versions", "version"),
    "cores": _counts("cores", "cores"),
    "memory": _counts("memory", "gib"),
    "starts": _totals_of("starts", "version", "unclean"),
    "previous_ends": _counts("previous_ends", "end"),
    "start_durations": _counts("start_durations", "seconds"),
    "setup_failures": _totals_of("setup_failures", "domain"),
    "setup_failure_reasons": _parts_of("setup_failures", "domain", "reasons", "reason"),
    "custom_setup_failures": _counts("custom_setup_failures", "reason"),
    "cloud": _counts("cloud", "state"),
    "faults": _totals_of("faults", "error"),
    "fault_files": _parts_of("faults", "error", "files", "file"),
    "stop_durations": _counts("stop_durations", "seconds"),
    "clean_runs": _counts("clean_runs", "seconds"),
    "unclean_runs": _counts("unclean_runs", "seconds"),
    "unclean_ends": _counts("unclean_ends", "row"),
    "nearly_full": _totals_of("nearly_full", "what", "full"),
    "panels": _totals_of("panels", "panel"),
    "panel_use": _parts_of("panels", "panel", "opened", "opened"),
    "history": Table(("day", "installations", *TYPES.values()), _history),
    "history_totals": Table(("day", "name", "installations"), _history_totals),
    "history_versions": _history_of("versions", "version"),
    "history_integrations": _history_of("integrations", "domain"),
    "history_custom_integrations": _history_of("custom_integrations", "domain"),
    "history_addons": _history_of("addons", "slug"),
    "history_systems": _history_of("systems", "system"),
    "history_virtualizations": _history_of("virtualizations", "virtualization"),
    "history_medians": Table(("day", "name", "median"), _by_day("medians")),
    **device_tables.TABLES,
}
