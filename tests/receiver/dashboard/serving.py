"""The pages on a real socket, of figures that a test makes up."""

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from receiver.dashboard import routes
from receiver.devices import Newest
from receiver.options import Options
from receiver.paths import everywhere
from tests.receiver.figures import example_figures, example_history
from tests.receiver.markup import Document, Element

type Client = TestClient[web.Request, web.Application]

BASE_URL = "https://analytics.example.com"
# Paths of the public address: all links begin with it.
ROOTS = ("", "/my/analytics")
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "../../etc/passwd",
    "..",
    "a/b?c#d",
    "javascript:alert(1)",
    "__proto__",
    "constructor",
    "\u202eevil\u202c",
    "שלום עולם",
    "{{ 7 * 7 }}",
    "half \ud800 character",
    "line\nbreak\x00",
    "very_long_" * 60,
    "' style='color:red",
    "]]></svg><script>alert(1)</script>",
)
# Days since each, newest first.
RELEASED = {
    "2026.11.2": 13,
    "2026.11.1": 20,
    "2026.10.4": 36,
    "2026.10.1": 49,
    "2026.9.4": 68,
    "2026.8.3": 100,
    "2026.7.4": 130,
    "2026.6.2": 160,
}


@dataclass(kw_only=True, slots=True)
class Publication:
    """What the pages read, without a receiver around it."""

    figures: dict[str, Any] = field(default_factory=example_figures)
    history: list[dict[str, Any]] = field(default_factory=example_history)


def nothing() -> Publication:
    """Return what there is before the first report."""
    return Publication(figures={"last_updated": 0, "active_installations": 0}, history=[])


def hostile() -> Publication:
    """Return figures in which everything that others name has a hostile name."""
    publication = Publication()
    figures, history = publication.figures, publication.history
    for name in HOSTILE:
        row = {"total": 500, "versions": {name: 500}, "protected": 400, "auto_update": 300}
        for table in ("boards", "versions", "countries", "archs", "operating_system_versions"):
            figures[table][name] = 50
        figures["installation_types"][name] = 50
        figures["regions"]["US"][name] = 50
        figures["integrations"][name] = 500
        figures["recorders"][name] = row
        figures["custom_integrations"][name] = row
        figures["addons"][name] = row
        _hostile_levels(figures, name)
        _hostile_devices(figures["devices"], name)
        for entry in history:
            entry["versions"][name] = entry["installation_types"][name] = 50
            entry["integrations"][name] = entry["addons"][name] = 500
            entry["custom_integrations"][name] = 500
    return publication


def _hostile_levels(figures: dict[str, Any], name: str) -> None:
    """Name also what the schema lets no client name."""
    for table in ("virtualizations", "containers", "cpu_architectures", "python_versions"):
        figures[table][name] = 500
    for table in ("previous_ends", "cloud", "custom_setup_failures", "unclean_ends"):
        figures[table][name] = 500
    figures["starts"][name] = {"total": 500, "unclean": 45}
    figures["nearly_full"][name] = {"total": 500, "full": 45}
    parts = {"versions": ("systems", "host_systems", "kernels"), "files": ("faults",)}
    parts |= {"reasons": ("setup_failures",), "opened": ("panels",)}
    for part, tables in parts.items():
        for table in tables:
            figures[table][name] = {"total": 500, part: {"5" if part == "opened" else name: 500}}


def _hostile_devices(devices: dict[str, Any], name: str) -> None:
    """Name makers, models, and all that is told of these."""
    row = {"total": 500, "devices": {"2": 500}}
    parts = ("ids", "software", "hardware", "kinds", "integrations", "hubs")
    model = row | {part: {name: 500} for part in parts}
    devices["reaches"][name] = devices["classes"][name] = devices["integrations"][name] = row
    devices["kinds"][name] = 500
    devices["makers"][name] = row | {"spellings": {name: 500}}
    devices["models"][name] = {name: model, "plain": model}
    devices["models"]["shelly"][name] = model


def small() -> Publication:
    """Return figures of a few installations that have nothing in common."""
    figures = {
        "last_updated": example_figures()["last_updated"],
        "smallest_group": 5,
        "active_installations": 15,
        "reports_integrations": 10,
    }
    return Publication(figures=figures, history=[])


def grown() -> Publication:
    """Return figures that are their history's newest day, of which each release wins over most."""
    publication = Publication()
    history = publication.history
    for age, entry in enumerate(reversed(history)):
        entry["versions"] = _adoption(entry["active_installations"], age)
    for table in ("active_installations", "installation_types", "versions"):
        publication.figures[table] = history[-1][table]
    return publication


def _adoption(installations: int, age: int) -> dict[str, int]:
    """Return the installations of each version, so many days ago."""
    newer, counts = 0.0, {}
    for version, since in RELEASED.items():
        reached = 0.9 * (1 - math.exp((age - since) / 11)) if since > age else 0.0
        counts[version] = round(installations * (reached - newer)) // 5 * 5
        newer = reached
    return {version: count for version, count in counts.items() if count}


def many(rows: int = 350) -> Publication:
    """Return figures with long tables."""
    publication = Publication()
    for number in range(rows):
        publication.figures["integrations"][f"made_up_{number:03}"] = 5 * (1 + number % 60)
    return publication


def many_models(number: int = 450) -> Publication:
    """Return figures with more models than one page has, of one maker."""
    publication = Publication()
    models = publication.figures["devices"]["models"]["shelly"]
    for one in range(number):
        models[f"Made up {one:03}"] = models["Shelly 2.5"] | {"total": 5 * (1 + one % 60)}
    return publication


async def _table(_: web.Request) -> web.Response:
    return web.Response(text="name,installations")


@asynccontextmanager
async def serving(publication: Publication, **options: Any) -> AsyncIterator[Client]:
    """Serve the pages."""
    app = web.Application()
    chosen = Options(**options)
    tables = [
        web.get(f"/{folder}/{name}.csv", _table)
        for folder in ("spreadsheet", "csv")
        for name in ("countries", "integrations")
    ]
    app.add_routes(everywhere(chosen.root, [*tables, *routes(publication, chosen, Newest())]))
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        yield client


async def read(client: Client, path: str, status: int = 200) -> Element:
    """Read a page, which has to be well-formed."""
    answer = await client.get(path)
    assert answer.status == status
    document = _document(await answer.text())
    assert document.faults == []
    return document.root


@lru_cache(maxsize=64)
def _document(text: str) -> Document:
    """Read a page once: most are the same where something else differs."""
    return Document(text)
