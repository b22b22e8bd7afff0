"""The public JSON files: in the form of Home Assistant's, for what reads those, and our own."""

import re
from collections import Counter
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
SCHEMA_VERSION: Final = 3
_RELEASE: Final = re.compile(r"\d{4}\.\d{1,2}(?!\d)", re.ASCII)
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
        **{f"reports_{name}": number for name, number in figures["filled"].items()},
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
                engine: {"count_configured": one["total"], "versions": one["versions"]}
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
        "versions": _releases(one["versions"]),
    }


def _releases(versions: Mapping[str, int]) -> dict[str, int]:
    """Add up the counts of each monthly release, without what belongs to none."""
    total: Counter[str] = Counter()
    for version, number in versions.items():
        if found := _RELEASE.match(version):
            total[found[0]] += number
    return total


def _median(statistic: Mapping[str, Any]) -> int:
    """Return the median of those that have any: theirs leaves zeros out."""
    quartiles = statistic.get("quartiles_of_any")
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
