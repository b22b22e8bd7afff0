"""The devices as JSON and CSV: the rows that an address asks for, a page of them at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from aiohttp import web

from ..devices import Catalogue, Found, Maker, Model, Newest, Query, most_first, query
from ..options import Options
from ..publishing import Publisher
from .as_json import JSON
from .cells import Cell
from .documents import Documents
from .table import CSV, FOLDERS, Write

# On one page of a file.
ROWS: Final = 500
MODELS: Final = "/devices"
MAKERS: Final = "/devices/manufacturers"
MODEL: Final = "/devices/model.json"
PARTS: Final = ("ids", "software", "hardware", "kinds", "integrations", "hubs")

# Of CSV files, whose cells have no more than one text or several words.
MAKER_COLUMNS: Final = (
    *("manufacturer", "manufacturer_name", "models", "installations", "devices", "first_month"),
)
MODEL_COLUMNS: Final = (
    *("manufacturer", "manufacturer_name", "model", "installations", "devices", "reached"),
    *("classes", "integrations", "kinds", "first_month"),
)

type Row = dict[str, Any]


def routes(publisher: Publisher, options: Options, newest: Newest) -> list[web.RouteDef]:
    """Return the routes of all files."""
    files = Files(newest)
    as_json, as_csv = Documents(publisher, options, JSON), Documents(publisher, options, CSV)
    found = [
        as_json.asked(f"{MODELS}.json", query.read, files.models),
        as_json.asked(f"{MAKERS}.json", query.read_makers, files.makers),
        as_json.asked(MODEL, One.read, files.model),
    ]
    for folder, write in FOLDERS.items():
        root = "" if folder == "csv" else f"/{folder}"
        models, makers = partial(files.models_table, write), partial(files.makers_table, write)
        found += [
            as_csv.asked(f"{root}{MODELS}.csv", query.read, models),
            as_csv.asked(f"{root}{MAKERS}.csv", query.read_makers, makers),
        ]
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class One:
    """Which model an address asks for."""

    manufacturer: str
    model: str

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> "One":
        """Read the address."""
        names = (parameters.get(name, "")[: query.LONGEST] for name in ("manufacturer", "model"))
        return cls(**dict(zip(("manufacturer", "model"), names, strict=True)))

    def __str__(self) -> str:
        fields = {"manufacturer": self.manufacturer, "model": self.model}
        return f"?{urlencode(fields, errors='replace')}"


class Files:
    """The files of a publication's devices."""

    def __init__(self, newest: Newest) -> None:
        """Name what reads them."""
        self._newest = newest

    def models(self, publisher: Publisher, asked: Query) -> bytes:
        """Return a page of models as JSON."""
        found = query.models(self._read(publisher), asked, ROWS)
        return self._json(publisher, found, "models", map(model_row, found.rows))

    def makers(self, publisher: Publisher, asked: Query) -> bytes:
        """Return a page of makers as JSON."""
        found = query.makers(self._read(publisher), asked, ROWS)
        return self._json(publisher, found, "manufacturers", map(maker_row, found.rows))

    def model(self, publisher: Publisher, asked: One) -> bytes | None:
        """Return all that is told of one model as JSON; None where there is no figure for it."""
        catalogue = self._read(publisher)
        maker = catalogue.maker(asked.manufacturer)
        one = None if maker is None else catalogue.known.get((maker, asked.model))
        if one is None:
            return None
        history = [
            {"day": entry["day"], "installations": number, "of": devices["installations"]}
            for entry in publisher.history
            if (devices := entry.get("devices"))
            and (number := devices["models"].get(one.maker, {}).get(one.model))
        ]
        told = self._told(publisher) | model_row(one) | {"at_least": one.row["devices"]}
        told |= {part: one.row[part] for part in PARTS}
        return orjson.dumps(told | {"history": history})

    def models_table(self, write: Write, publisher: Publisher, asked: Query) -> bytes:
        """Return a page of models as CSV."""
        found = query.models(self._read(publisher), asked, ROWS)
        return write(MODEL_COLUMNS, (_cells(model_row(one), MODEL_COLUMNS) for one in found.rows))

    def makers_table(self, write: Write, publisher: Publisher, asked: Query) -> bytes:
        """Return a page of makers as CSV."""
        found = query.makers(self._read(publisher), asked, ROWS)
        return write(MAKER_COLUMNS, (_cells(maker_row(one), MAKER_COLUMNS) for one in found.rows))

    def _read(self, publisher: Publisher) -> Catalogue:
        return self._newest.read(publisher.figures, publisher.history)

    def _told(self, publisher: Publisher) -> Row:
        """Return what each file begins with."""
        return {
            "last_updated": publisher.figures["last_updated"],
            "sharing": self._read(publisher).installations,
        }

    def _json(
        self, publisher: Publisher, found: Found[Any], name: str, rows: Iterable[Row]
    ) -> bytes:
        head = {"page": found.query.page, "pages": found.pages, "matching": found.matching}
        return orjson.dumps(self._told(publisher) | head | {name: list(rows)})


def model_row(one: Model) -> Row:
    """Return the row of a model."""
    return {
        "manufacturer": one.maker,
        "manufacturer_name": one.made_by,
        "model": one.model,
        "ids": one.row["ids"],
        "installations": one.total,
        "devices": one.devices,
        "reached": one.groups,
        "classes": one.classes,
        "integrations": one.row["integrations"],
        "kinds": one.row["kinds"],
        "first_month": one.first,
    }


def maker_row(one: Maker) -> Row:
    """Return the row of a maker."""
    return {
        "manufacturer": one.key,
        "manufacturer_name": one.label,
        "spellings": one.row["spellings"],
        "models": one.models,
        "installations": one.total,
        "devices": one.devices,
        "first_month": one.first,
    }


def _cells(row: Row, columns: Iterable[str]) -> tuple[Cell, ...]:
    """Return the cells of a row; those that have several words in order of how many have them."""
    return tuple(
        value if isinstance(value, str | int) else " ".join(_words(value))
        for value in (row[column] for column in columns)
    )


def _words(value: Any) -> Iterable[str]:
    return most_first(value) if isinstance(value, dict) else value
