"""For those who watch: /metrics in the text format of Prometheus, and /healthz.

Both are public, so the receiver's own counters are rounded down like all others: exact ones would
tell how many installations there are, and when one of them reports.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from aiohttp import web

from .disclosure import Figures
from .keys import OUTCOMES, WRITER
from .options import Options
from .publisher import Publisher

TEXT: Final = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
PREFIX: Final = "open_analytics"
NEVER_STORED: Final = {"Cache-Control": "no-store"}
_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})

# Of the figures that are tables: how the metric and its label are called.
_TABLES: Final[Mapping[str, tuple[str, str]]] = {
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
}
_TOTALS: Final[Mapping[str, str]] = {
    "active_installations": "installations",
    "reports_integrations": "reports_with_integrations",
    "reports_statistics": "reports_with_statistics",
    "reports_addons": "reports_with_addons",
    "energy": "energy_installations",
    "certificate": "certificate_installations",
}
_VERSIONS: Final[Mapping[str, tuple[str, str]]] = {
    "custom_integrations": ("custom_integration_version_installations", "domain"),
    "addons": ("addon_version_installations", "slug"),
    "recorders": ("recorder_version_installations", "engine"),
}

type Labels = Mapping[str, str]
type Samples = Iterator[tuple[Labels, float]]


def routes(publisher: Publisher, options: Options) -> list[web.RouteDef]:
    """Return the routes for those who watch."""
    return [
        web.get("/metrics", partial(_metrics, publisher, options)),
        web.get("/healthz", partial(_health, publisher)),
    ]


async def _metrics(publisher: Publisher, options: Options, request: web.Request) -> web.Response:
    k = options.smallest_group
    outcomes = {name: count - count % k for name, count in request.app[OUTCOMES].items()}
    own = _own(publisher, outcomes, available=request.app[WRITER].available)
    text = "".join([*own, *_aggregates(publisher.figures)])
    return web.Response(body=text.encode("utf-8", "replace"), headers=TEXT | NEVER_STORED)


async def _health(publisher: Publisher, request: web.Request) -> web.Response:
    problems = []
    if not request.app[WRITER].available:
        problems.append("the database can't be written")
    if not publisher.fresh:
        problems.append("the figures are too old: the log says why none were published")
    return web.json_response(
        {"status": "failing" if problems else "ok", "problems": problems},
        status=web.HTTPServiceUnavailable.status_code if problems else web.HTTPOk.status_code,
        headers=NEVER_STORED,
    )


def _own(publisher: Publisher, outcomes: Mapping[str, int], *, available: bool) -> Iterator[str]:
    """Yield how the receiver is."""
    updated = publisher.figures["last_updated"] / 1000
    yield _metric("requests_total", _labelled("outcome", outcomes), kind="counter")
    yield _metric("last_published_timestamp_seconds", _one(updated))
    yield _metric("aggregation_duration_seconds", _one(round(publisher.seconds, 3)))
    yield _metric("storage_available", _one(int(available)))
    yield _metric("smallest_group", _one(publisher.figures["smallest_group"]))


def _aggregates(figures: Figures) -> Iterator[str]:
    """Yield what is published."""
    for name, metric in _TOTALS.items():
        yield _metric(metric, _one(figures[name]))
    for name, (metric, label) in _TABLES.items():
        yield _metric(
            metric, _labelled(label, {key: _total(v) for key, v in figures[name].items()})
        )
    for name, (metric, label) in _VERSIONS.items():
        tables = {key: row["versions"] for key, row in figures[name].items()}
        yield _metric(metric, _nested(label, "version", tables))
    yield _metric("installations_by_region", _nested("country", "region", figures["regions"]))
    yield _metric("statistic_installations", _statistics(figures))
    yield _metric("statistic_quartile", _quartiles(figures))


def _total(value: int | Mapping[str, int]) -> int:
    return value if isinstance(value, int) else value["total"]


def _one(value: float) -> Samples:
    yield {}, value


def _labelled(label: str, table: Mapping[str, int]) -> Samples:
    for name, number in table.items():
        yield {label: name}, number


def _nested(outer: str, inner: str, tables: Mapping[str, Mapping[str, int]]) -> Samples:
    for key, table in tables.items():
        for name, number in table.items():
            yield {outer: key, inner: name}, number


def _statistics(figures: Figures) -> Samples:
    for name, one in figures["statistics"].items():
        yield {"name": name}, one["installations"]


def _quartiles(figures: Figures) -> Samples:
    for name, one in figures["statistics"].items():
        for quantile, value in zip(("0.25", "0.5", "0.75"), one.get("quartiles", ()), strict=False):
            yield {"name": name, "quantile": quantile}, value


def _metric(name: str, samples: Samples, *, kind: str = "gauge") -> str:
    """Return a metric with all its samples, as the format wants it; empty ones are left out."""
    full = f"{PREFIX}_{name}"
    lines = [f"{full}{_labels(labels)} {value}\n" for labels, value in samples]
    return f"# TYPE {full} {kind}\n{''.join(lines)}" if lines else ""


def _labels(labels: Labels) -> str:
    shown = ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items())
    return f"{{{shown}}}" if shown else ""
