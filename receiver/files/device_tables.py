"""The tables of devices as files, each with all rows that there are."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..devices import at_least, classes, label_of
from ..publishing import Publisher
from .cells import Cell
from .table import Rows, Table

_MAKER: Final = "manufacturer"
_MODEL: Final = "model"


def _devices(publisher: Publisher) -> Mapping[str, Any]:
    """Return the figures of devices; those of earlier versions have none."""
    return publisher.figures.get("devices") or {}


def _many_of(name: str, column: str) -> Table:
    """Return the table of a figure whose rows tell how many devices there are."""

    def rows(publisher: Publisher) -> Rows:
        for key, row in _devices(publisher).get(name, {}).items():
            yield key, row["total"], at_least(row["devices"])

    return Table((column, "installations", "devices"), rows)


def _integrations(publisher: Publisher) -> Rows:
    for domain, row in _devices(publisher).get("integrations", {}).items():
        yield domain, classes.of(domain), row["total"], at_least(row["devices"])


def _kinds(publisher: Publisher) -> Rows:
    yield from _devices(publisher).get("kinds", {}).items()


def _makers(publisher: Publisher) -> Rows:
    for key, row in _devices(publisher).get("makers", {}).items():
        yield key, label_of(key, row), row["total"], at_least(row["devices"])


def _spellings(publisher: Publisher) -> Rows:
    for key, row in _devices(publisher).get("makers", {}).items():
        for spelling, number in row["spellings"].items():
            yield key, spelling, number


def _models(publisher: Publisher) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for maker, models in _devices(publisher).get("models", {}).items():
        for model, row in models.items():
            yield maker, model, row


def _totals(publisher: Publisher) -> Rows:
    for maker, model, row in _models(publisher):
        yield maker, model, row["total"], at_least(row["devices"])


def _parts_of(part: str, column: str) -> Table:
    """Return the table of one part of all models."""

    def rows(publisher: Publisher) -> Rows:
        for maker, model, row in _models(publisher):
            for name, number in row[part].items():
                yield maker, model, name, number

    return Table((_MAKER, _MODEL, column, "installations"), rows)


def _history_of(name: str, *columns: str) -> Table:
    """Return the table of what is kept of devices, of the last day of each month."""

    def rows(publisher: Publisher) -> Rows:
        for one in publisher.history:
            if devices := one.get("devices"):
                yield from ((one["day"], *row) for row in _flat(devices[name]))

    return Table(("day", *columns, "installations"), rows)


def _flat(table: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    for key, value in table.items():
        if isinstance(value, int):
            yield key, value
        else:
            yield from ((key, *row) for row in _flat(value))


TABLES: Final[Mapping[str, Table]] = {
    "device_reaches": _many_of("reaches", "reached"),
    "device_classes": _many_of("classes", "class"),
    "device_integrations": Table(("domain", "class", "installations", "devices"), _integrations),
    "device_kinds": Table(("kind", "installations"), _kinds),
    "manufacturers": Table((_MAKER, "manufacturer_name", "installations", "devices"), _makers),
    "manufacturer_spellings": Table((_MAKER, "spelling", "installations"), _spellings),
    "models": Table((_MAKER, _MODEL, "installations", "devices"), _totals),
    "model_devices": _parts_of("devices", "at_least"),
    "model_ids": _parts_of("ids", "model_id"),
    "model_software": _parts_of("software", "version"),
    "model_hardware": _parts_of("hardware", "version"),
    "model_kinds": _parts_of("kinds", "kind"),
    "model_integrations": _parts_of("integrations", "domain"),
    "model_hubs": _parts_of("hubs", "domain"),
    "history_device_reaches": _history_of("reaches", "reached"),
    "history_device_classes": _history_of("classes", "class"),
    "history_device_integrations": _history_of("integrations", "domain"),
    "history_manufacturers": _history_of("makers", _MAKER),
    "history_models": _history_of("models", _MAKER, _MODEL),
}
