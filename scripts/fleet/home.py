"""One made-up home: what it has, when it came and updates, and what it reports on a day."""

import random
import uuid
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from scripts.fleet import names, shared
from scripts.fleet.chance import one, some
from scripts.fleet.releases import others_version, system_version, version_on

DAYS: Final = 90
# Of those that are there today, as many were there from the beginning.
EARLY: Final = 0.6
# Of what a home has, so much came during these days.
NEW: Final = 0.18
# Days between two updates, by how many homes do it so.
HABITS: Final = {4: 22, 10: 18, 30: 28, 75: 20, 200: 8, 500: 4}
SUPERVISED: Final = frozenset({"Home Assistant OS", "Home Assistant Supervised"})
ON_OS: Final = "Home Assistant OS"

type Report = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """What does not change; a thing that it has is there from the day that stands beside it."""

    uuid: str
    place: Mapping[str, str]
    """Headers by which a proxy tells where it is."""
    kind: str
    updates: tuple[date, ...]
    """When it was brought up to date, oldest first; it came with the first one."""
    things: Mapping[str, Sequence[tuple[str, date]]]
    flags: Mapping[str, bool]
    words: Mapping[str, str]
    numbers: Mapping[str, int]
    shares: Mapping[str, Any]
    """What else its reports have, as they are for this project's receiver only."""
    tells_of_life: bool
    unstable: bool

    def updated(self, day: date) -> date:
        """Return when it was last brought up to date."""
        return self.updates[bisect_right(self.updates, day) - 1]

    def version(self, day: date) -> str:
        """Return the version that runs on a day."""
        return version_on(self.updated(day))

    def has(self, what: str, day: date) -> list[str]:
        """Return what it has of a kind on a day."""
        return [name for name, since in self.things[what] if since <= day]


def home(chance: random.Random, today: date) -> Home:
    """Return a home that came before today."""
    kind, keenness = one(chance, names.TYPES), chance.lognormvariate(0, 0.45)
    country = one(chance, names.COUNTRIES)
    state = {"CF-Region-Code": one(chance, names.STATES)} if country == "US" else {}
    return Home(
        uuid=uuid.UUID(int=chance.getrandbits(128)).hex,
        place={"CF-IPCountry": country, **state},
        kind=kind,
        updates=_updates(chance, today),
        things={
            "integrations": _since(chance, some(chance, names.INTEGRATIONS, keenness), today),
            "custom": _since(chance, some(chance, names.CUSTOM_SHARES, keenness), today),
            "addons": _since(chance, some(chance, names.ADDON_SHARES, keenness), today),
        },
        flags={
            "usage": chance.random() < 0.88,
            "statistics": chance.random() < 0.8,
            "certificate": chance.random() < 0.17,
            "energy": chance.random() < 0.4,
            "healthy": chance.random() < 0.97,
            "supported": chance.random() < 0.94,
            "protected": chance.random() < 0.8,
            "auto_update": chance.random() < 0.35,
        },
        words={"board": one(chance, names.BOARDS), "engine": one(chance, names.ENGINES)},
        numbers={
            "state_count": int(keenness * chance.lognormvariate(6.1, 0.6)),
            "automation_count": int(keenness * chance.lognormvariate(2.7, 0.9)),
            "user_count": chance.choice((1, 1, 2, 2, 2, 3, 3, 4, 5)),
        },
        shares=shared.chosen(chance, kind),
        tells_of_life=chance.random() < shared.SHARING,
        unstable=chance.random() < 0.12,
    )


def report(home: Home, day: date) -> Report:
    """Return what a home reports on a day."""
    body: Report = {
        "uuid": home.uuid,
        "version": home.version(day),
        "installation_type": home.kind,
        **shared.of_report(home.shares, home.updated(day)),
    }
    if home.kind in SUPERVISED:
        body |= _supervisor(home, day)
    if home.flags["usage"]:
        body |= _usage(home, day)
    if home.flags["statistics"]:
        body |= _statistics(home, day)
    return body


def _updates(chance: random.Random, today: date) -> tuple[date, ...]:
    """Return the days of updates; an early home had its last one before all began."""
    pace = one(chance, HABITS)
    early = chance.random() < EARLY
    # The younger, the more came: the fleet grows ever faster.
    age = DAYS + chance.randrange(pace) if early else int(DAYS * (1 - chance.random() ** 0.8))
    return tuple(today - timedelta(days) for days in range(age, -1, -pace))


def _since(chance: random.Random, found: list[str], today: date) -> list[tuple[str, date]]:
    """Return each with the day from which it is there."""
    before = today - timedelta(DAYS)
    return [
        (name, before + timedelta(chance.randrange(DAYS) if chance.random() < NEW else -1))
        for name in found
    ]


def _usage(home: Home, day: date) -> Report:
    updated = home.updated(day)
    engines = {"sqlite": "3.50.4" if updated >= date(2026, 3, 1) else "3.49.2"}
    engine = home.words["engine"]
    told: Report = {
        "integrations": home.has("integrations", day),
        "custom_integrations": [
            {"domain": name, "version": others_version(name, updated)}
            for name in home.has("custom", day)
        ],
        "certificate": home.flags["certificate"],
        "energy": {"configured": home.flags["energy"]},
        "recorder": {"engine": engine, "version": engines.get(engine, "11.8.3")},
    }
    return told | (_addons(home, day) if home.kind in SUPERVISED else {})


def _addons(home: Home, day: date) -> Report:
    # What updates by itself has the day's version.
    updated = day if home.flags["auto_update"] else home.updated(day)
    flags = {name: home.flags[name] for name in ("protected", "auto_update")}
    return {
        "addons": [
            {"slug": slug, "version": others_version(slug, updated), **flags}
            for slug in home.has("addons", day)
        ]
    }


def _supervisor(home: Home, day: date) -> Report:
    board = home.words["board"]
    arch = "amd64" if board in {"ova", "generic-x86-64"} else "aarch64"
    told: Report = {
        "supervisor": {name: home.flags[name] for name in ("healthy", "supported")} | {"arch": arch}
    }
    if home.kind == ON_OS:
        system = {"board": board, "version": system_version(home.updated(day))}
        told["operating_system"] = system
    return told


def _statistics(home: Home, day: date) -> Report:
    used = len(home.has("integrations", day))
    told: Report = {**home.numbers, "integration_count": used}
    # A home grows with what is in it.
    for name in ("state_count", "automation_count"):
        told[name] = home.numbers[name] * (8 + used) // 40 + 1
    if home.kind in SUPERVISED:
        told["addon_count"] = len(home.has("addons", day))
    return told
