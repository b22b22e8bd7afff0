"""Everything that a publication tells, read as anybody can read it: over HTTP."""

import csv
import io
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from urllib.parse import urlencode

import orjson
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from receiver import dashboard, files
from receiver.clock import Clock
from receiver.dashboard.tables import KINDS
from receiver.devices import Newest
from receiver.disclosure import Figures
from receiver.files import as_csv, as_json
from receiver.files.table import FOLDERS
from receiver.keys import CLOCK, OUTCOMES, STORE
from receiver.options import Options
from receiver.publishing import Entry
from receiver.publishing.history import entry
from tests.receiver import visible
from tests.receiver.markup import Document

type Client = TestClient[web.Request, web.Application]

# Numbers that count no installations.
JSON_ASIDE = {
    "last_updated",
    "schema_version",
    "avg_users",
    "avg_automations",
    "avg_integrations",
    "avg_addons",
    "avg_states",
    "page",
    "pages",
    "matching",
    # Of a maker; of a page it is a list.
    "models",
}
CSV_ASIDE = {"quartile_1", "median", "quartile_3"}
# Columns of names that can be numbers: steps and versions.
CSV_ASIDE |= {"cores", "gib", "seconds", "opened", "version", "at_least", "models"}
# Columns of names of strangers.
CSV_ASIDE |= {"manufacturer", "manufacturer_name", "spelling", "model", "model_id"}
DEVICE_FILES = ("/devices.{}?q=", "/devices.{}?q=a&page=2", "/devices/manufacturers.{}")
# Of all models, which have a file of the same form each.
MODELS = 3
METRICS_ASIDE = {
    "open_analytics_last_published_timestamp_seconds",
    "open_analytics_aggregation_duration_seconds",
    "open_analytics_storage_available",
    "open_analytics_storage_on_disk",
    "open_analytics_clock_believed",
    "open_analytics_smallest_group",
    "open_analytics_statistic_quartile",
}
# Not the same tables in other orders.
PAGE = re.compile(r"/(?!metrics)[^?#]*(?<!\.json)(?<!\.csv)")
SAMPLE = re.compile(
    r'(?P<name>\w+)(?:\{(?P<labels>(?:\w+="(?:[^"\\\n]|\\.)*",?)*)\})? (?P<value>\S+)'
)


@dataclass(kw_only=True, slots=True)
class Publication:
    """Figures and history, without a receiver around them."""

    figures: Figures
    history: list[Entry] = field(default_factory=list)
    seconds: float = 0.0
    fresh: bool = True


@dataclass(kw_only=True, slots=True)
class Storage:
    """What is asked of the writer."""

    available: bool = True
    on_disk: bool = True
    upgrading: bool = False


def publication(*days: Figures) -> Publication:
    """Return the last of these as today's figures, and all as the history."""
    return Publication(
        figures=days[-1],
        history=[entry(f"2026-11-{number:02}", day) for number, day in enumerate(days, 1)],
    )


@asynccontextmanager
async def serving(published: Any, **options: Any) -> AsyncIterator[Client]:
    """Serve what others read."""
    app = web.Application()
    app[OUTCOMES] = options.pop("outcomes", {})
    app[CLOCK] = Clock()
    app[STORE] = options.pop("storage", Storage())
    chosen = Options(smallest_group=published.figures["smallest_group"], **options)
    newest = Newest()
    for one in (files, dashboard):
        app.add_routes(one.routes(published, chosen, newest))
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        yield client


async def read(client: Client, path: str, status: int = 200) -> bytes:
    """Read a file."""
    answer = await client.get(path)
    assert answer.status == status, path
    return await answer.read()


async def counts(client: Client) -> list[tuple[str, int]]:
    """Return every number that counts installations, and the file that it is in."""
    found: list[tuple[str, int]] = []
    for path in as_json.FILES:
        content = orjson.loads(await read(client, path))
        found += [(path, number) for number in numbers(content)]
    for folder, name in product(FOLDERS, as_csv.TABLES):
        path = f"/{folder}/{name}.csv"
        found += [(path, number) for number in cells(await read(client, path))]
    for path in DEVICE_FILES:
        json, table = path.format("json"), path.format("csv")
        found += [(json, one) for one in numbers(orjson.loads(await read(client, json)))]
        found += [(table, one) for one in cells(await read(client, table))]
    for one in orjson.loads(await read(client, "/devices.json"))["models"][:MODELS]:
        named = urlencode({key: one[key] for key in ("manufacturer", "model")})
        model = f"/devices/model.json?{named}"
        found += [(model, number) for number in numbers(orjson.loads(await read(client, model)))]
    text = (await read(client, "/metrics")).decode()
    found += [(name, int(value)) for name, _, value in samples(text) if name not in METRICS_ASIDE]
    return found


async def seen(client: Client) -> list[tuple[str, visible.Seen]]:
    """Return every number that the pages tell, and the page that it is on."""
    found: list[tuple[str, visible.Seen]] = []
    waiting = ["/", *(f"/{kind.path}?common=hide" for kind in KINDS)]
    known = {*waiting}
    while waiting:
        path = waiting.pop()
        page = Document((await read(client, path)).decode()).root
        found += [(path, one) for one in visible.read(page)]
        links = {link.attributes["href"] for link in page.all("a")}
        new = {one for one in links if PAGE.fullmatch(one)} - known
        waiting += new
        known |= new
    return found


def numbers(content: Any, name: str = "") -> Iterator[int]:
    """Yield the counts in JSON. A name that a report made up is no exception."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield from numbers(value, key)
    elif isinstance(content, list):
        for value in content:
            yield from numbers(value)
    elif isinstance(content, int) and name not in JSON_ASIDE:
        yield content


def rows(content: bytes) -> list[dict[str, str]]:
    """Return the rows of a CSV file by the names of its columns."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def cells(content: bytes) -> Iterator[int]:
    """Yield the counts in CSV."""
    for row in rows(content):
        for column, cell in row.items():
            if cell.isdigit() and column not in CSV_ASIDE:
                yield int(cell)


def samples(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, labels and value of each metric; whatever is not in the format is an error."""
    for line in text.splitlines():
        if not line.startswith("# TYPE "):
            match = SAMPLE.fullmatch(line)
            assert match, line
            yield match["name"], match["labels"] or "", match["value"]
