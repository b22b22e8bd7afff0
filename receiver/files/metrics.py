"""For those who watch: /metrics in the text format of Prometheus.

It is public, so the receiver's own counters are rounded down like all others, and change with
the figures only: exact ones would tell how many installations there are, and live ones when one of
them reports, to whoever sends k-1 requests of his own.
"""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any, Final

from aiohttp import web

from ..disclosure import Figures
from ..intake import Outcome
from ..keys import CLOCK, OUTCOMES, STORE
from ..options import Options
from ..publishing import Publisher
from ..storage.writing import Store
from .health import NEVER_STORED
from .prometheus import Samples, labelled, nested, single, write

TEXT: Final = {
    "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
    # Names come from strangers.
    "X-Content-Type-Options": "nosniff",
}

# Of the figures that are tables: how the metric and its label are called.
TABLES: Final[Mapping[str, tuple[str, str]]] = {
    "installation_types": ("installations_by_type", "type"),
    "versions": ("installations_by_version", "version"),
    "countries": ("installations_by_country", "country"),
    "integrations": ("integration_installations", "domain"),
    "custom_integrations": ("custom_integration_installations", "domain"),
    "addons": ("addon_installations", "slug"),
    "boards": ("installations_by_board", "board"),
    "operating_system_versions": ("installations_by_operating_system_version", "version"),
    "archs": ("installations_by_architecture", "architecture"),
    "recorders": ("recorder_installations", "engine"),
    "supervisor": ("supervisors", "state"),
    "systems": ("installations_by_system", "system"),
    "host_systems": ("installations_by_host_system", "system"),
    "kernels": ("installations_by_kernel", "kernel"),
    "cpu_architectures": ("installations_by_cpu_architecture", "architecture"),
    "virtualizations": ("installations_by_virtualization", "virtualization"),
    "containers": ("installations_by_container", "container"),
    "python_versions": ("installations_by_python_version", "version"),
    "cores": ("installations_by_cores", "cores"),
    "memory": ("installations_by_memory_gib", "gib"),
    "starts": ("start_installations", "version"),
    "previous_ends": ("previous_end_installations", "end"),
    "start_durations": ("start_duration_installations", "seconds"),
    "setup_failures": ("setup_failure_installations", "domain"),
    "custom_setup_failures": ("custom_setup_failure_installations", "reason"),
    "cloud": ("cloud_installations", "state"),
    "faults": ("fault_installations", "error"),
    "stop_durations": ("stop_duration_installations", "seconds"),
    "clean_runs": ("clean_run_installations", "seconds"),
    "unclean_runs": ("unclean_run_installations", "seconds"),
    "unclean_ends": ("unclean_end_installations", "row"),
    "nearly_full": ("fullness_installations", "what"),
    "panels": ("panel_installations", "panel"),
}
TOTALS: Final[Mapping[str, str]] = {
    "active_installations": "installations",
    "reports_integrations": "reports_with_integrations",
    "reports_statistics": "reports_with_statistics",
    "reports_addons": "reports_with_addons",
    "reports_environment": "reports_with_environment",
    "reports_lifecycle": "reports_with_lifecycle",
    "reports_interface": "reports_with_interface",
    "unclean": "unclean_installations",
    "energy": "energy_installations",
    "certificate": "certificate_installations",
}
# Of those whose rows have tables of parts: the table, the metric, and both labels.
PARTS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "custom_integrations": (
        "versions",
        "custom_integration_version_installations",
        "domain",
        "version",
    ),
    "addons": ("versions", "addon_version_installations", "slug", "version"),
    "recorders": ("versions", "recorder_version_installations", "engine", "version"),
    "systems": ("versions", "installations_by_system_version", "system", "version"),
    "host_systems": ("versions", "installations_by_host_system_version", "system", "version"),
    "kernels": ("versions", "installations_by_kernel_version", "kernel", "version"),
    "setup_failures": ("reasons", "setup_failure_reason_installations", "domain", "reason"),
    "faults": ("files", "fault_file_installations", "error", "file"),
    "panels": ("opened", "panel_use_installations", "panel", "opened"),
}
# Of those whose rows have one count beside their total: that count, the metric and its label.
RATED: Final[Mapping[str, tuple[str, str, str]]] = {
    "starts": ("unclean", "unclean_start_installations", "version"),
    "nearly_full": ("full", "nearly_full_installations", "what"),
}
# Of the figures of devices, whose parts are in the files.
DEVICES: Final[Mapping[str, tuple[str, str]]] = {
    "reaches": ("device_reach_installations", "reached"),
    "classes": ("device_class_installations", "class"),
    "integrations": ("device_integration_installations", "domain"),
    "kinds": ("device_kind_installations", "kind"),
    "makers": ("device_manufacturer_installations", "manufacturer"),
}


def routes(publisher: Publisher, options: Options) -> list[web.RouteDef]:
    """Return the route for those who watch."""
    return [web.get("/metrics", _Metrics(publisher, options.smallest_group).answer)]


class _Requests:
    """How many requests had which outcome, as it was when the newest figures were first read."""

    def __init__(self, k: int) -> None:
        self._k = k
        self._of: Figures | None = None
        self._counts: dict[str, int] = {}

    def at(self, figures: Figures, outcomes: Mapping[str, int]) -> Mapping[str, int]:
        """Return the counts, all of them: one that is missing would tell that nothing happened."""
        # Where counts are exact, nothing is gained by late ones.
        if figures is not self._of or self._k == 1:
            self._of = figures
            self._counts = {one: outcomes.get(one, 0) // self._k * self._k for one in Outcome}
        return self._counts


class _Metrics:
    """The text of /metrics: what is published is written once for each publication."""

    def __init__(self, publisher: Publisher, k: int) -> None:
        self._publisher = publisher
        self._requests = _Requests(k)
        self._of: Figures | None = None
        self._aggregates = b""
        self._own = b""
        self._whole = b""
        self._turn = asyncio.Lock()

    async def answer(self, request: web.Request) -> web.Response:
        """Tell how the receiver is, and what is published."""
        async with self._turn:
            whole = await self._current(request.app)
        return web.Response(body=whole, headers=TEXT | NEVER_STORED)

    async def _current(self, app: web.Application) -> bytes:
        """Return the text; the same bytes for all, since some read them slowly."""
        figures = self._publisher.figures
        outcomes, clock = app[OUTCOMES], app[CLOCK]
        clock.look()
        told = self._requests.at(figures, outcomes)
        lines = _own(
            self._publisher,
            told,
            store=app[STORE],
            believed=not clock.doubted,
        )
        own = "".join(lines).encode()
        if figures is not self._of:
            # Not in the event loop: reports must not wait for it.
            self._aggregates = await asyncio.to_thread(_written, figures)
            self._of, self._own = figures, b""
        if own != self._own:
            self._own, self._whole = own, own + self._aggregates
        return self._whole


def _written(figures: Figures) -> bytes:
    return "".join(_aggregates(figures)).encode("utf-8", "replace")


def _own(
    publisher: Publisher, outcomes: Mapping[str, int], *, store: Store, believed: bool
) -> Iterator[str]:
    """Yield how the receiver is."""
    updated = publisher.figures["last_updated"] / 1000
    yield write("requests_total", labelled("outcome", outcomes), kind="counter")
    yield write("last_published_timestamp_seconds", single(updated))
    yield write("aggregation_duration_seconds", single(round(publisher.seconds, 1)))
    yield write("storage_available", single(int(store.available)))
    yield write("storage_on_disk", single(int(store.on_disk)))
    yield write("clock_believed", single(int(believed)))
    yield write("smallest_group", single(publisher.figures["smallest_group"]))


def _aggregates(figures: Figures) -> Iterator[str]:
    """Yield what is published."""
    for name, metric in TOTALS.items():
        yield write(metric, single(figures[name]))
    for name, (metric, label) in TABLES.items():
        yield write(metric, labelled(label, _totals(figures[name])))
    for name, (parts, metric, label, part) in PARTS.items():
        tables = {key: row[parts] for key, row in figures[name].items()}
        yield write(metric, nested(label, part, tables))
    for name, (part, metric, label) in RATED.items():
        yield write(metric, labelled(label, {key: v[part] for key, v in figures[name].items()}))
    yield write("installations_by_region", nested("country", "region", figures["regions"]))
    yield write("statistic_installations", _statistics(figures))
    yield write("statistic_quartile", _quartiles(figures))
    yield from _devices(figures["devices"])


def _devices(devices: Figures) -> Iterator[str]:
    yield write("installations_with_devices", single(devices["installations"]))
    for name, (metric, label) in DEVICES.items():
        yield write(metric, labelled(label, _totals(devices[name])))
    models = {maker: _totals(of) for maker, of in devices["models"].items()}
    yield write("device_model_installations", nested("manufacturer", "model", models))


def _totals(table: Mapping[str, Any]) -> dict[str, int]:
    """Return the totals of rows; what has nothing else is one."""
    return {name: one if isinstance(one, int) else one["total"] for name, one in table.items()}


def _statistics(figures: Figures) -> Samples:
    for name, one in figures["statistics"].items():
        yield {"name": name}, one["installations"]


def _quartiles(figures: Figures) -> Samples:
    for name, one in figures["statistics"].items():
        for quantile, value in zip(("0.25", "0.5", "0.75"), one.get("quartiles", ()), strict=False):
            yield {"name": name, "quantile": quantile}, value
