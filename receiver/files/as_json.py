"""The public JSON files: in the form of Home Assistant's, for what reads those, and our own."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from aiohttp import web

from ..disclosure import LEVELS, Figures
from ..options import Options
from ..publishing import Entry, Publisher
from .documents import Documents, Make

JSON: Final = "application/json"
# As of Home Assistant's own file: which shape it has.
SCHEMA_VERSION: Final = 2
# Home Assistant calls them averages, and publishes medians under these names, too.
MEDIANS: Final[Mapping[str, str]] = {
    "avg_users": "user_count",
    "avg_automations": "automation_count",
    "avg_integrations": "integration_count",
    "avg_addons": "addon_count",
    "avg_states": "state_count",
}

type Content = Callable[[Publisher], Any]


def routes(publisher: Publisher, options: Options) -> list[web.RouteDef]:
    """Return the routes of all files."""
    documents = Documents(publisher, options, JSON)
    return [documents.route(path, _made_of(content)) for path, content in FILES.items()]


def current(figures: Figures) -> dict[str, Any]:
    """Return what is known today: numbers all of them, 0 where one is not published."""
    return {
        "last_updated": figures["last_updated"],
        "active_installations": figures["active_installations"],
        "extended_data_from": figures["active_installations"],
        "installation_types": figures["installation_types"],
        "versions": figures["versions"],
        "countries": figures["countries"],
        "integrations": figures["integrations"],
        "reports_integrations": figures["reports_integrations"],
        "reports_statistics": figures["reports_statistics"],
        "reports_addons": figures["reports_addons"],
        **{name: _median(figures["statistics"][of]) for name, of in MEDIANS.items()},
        "operating_system": {
            "boards": figures["boards"],
            "versions": figures["operating_system_versions"],
        },
        "supervisor": {
            "arch": figures["archs"],
            "unhealthy": figures["supervisor"]["unhealthy"],
            "unsupported": figures["supervisor"]["unsupported"],
        },
        "energy": {"count_configured": figures["energy"]},
        "recorder": {
            "engines": {
                engine: {"count": one["total"], "versions": one["versions"]}
                for engine, one in figures["recorders"].items()
            }
        },
        "certificate_count_configured": figures["certificate"],
    }


def data(publisher: Publisher) -> dict[str, Any]:
    """Return what is known today, and the days before."""
    return {
        "schema_version": SCHEMA_VERSION,
        "current": current(publisher.figures),
        "history": [_past(one) for one in publisher.history],
    }


def _level(names: tuple[str, ...]) -> Content:
    """Return the file of a level that only this receiver takes."""
    named = ("last_updated", *names)
    return lambda publisher: {name: publisher.figures[name] for name in named}


def _past(one: Entry) -> dict[str, Any]:
    midnight = datetime.fromisoformat(one["day"]).replace(tzinfo=UTC)
    return {
        # A text, as Home Assistant's file has it.
        "timestamp": str(int(midnight.timestamp()) * 1000),
        "active_installations": one["active_installations"],
        "installation_types": one["installation_types"],
        "versions": one["versions"],
    }


def _median(statistic: Mapping[str, Any]) -> int:
    quartiles = statistic.get("quartiles")
    return quartiles[1] if quartiles else 0


def _made_of(content: Content) -> Make:
    return lambda publisher: orjson.dumps(content(publisher))


FILES: Final[Mapping[str, Content]] = {
    "/current_data.json": lambda publisher: current(publisher.figures),
    "/data.json": data,
    "/custom_integrations.json": lambda publisher: publisher.figures["custom_integrations"],
    "/addons.json": lambda publisher: publisher.figures["addons"],
    **{f"/{level}.json": _level(names) for level, names in LEVELS.items()},
}
