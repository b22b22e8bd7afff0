"""Make up installations that report over HTTP, so that a dashboard has something to show."""

import asyncio
import random
import uuid
from collections.abc import Sequence
from typing import Any, Final

import aiohttp

from scripts.fleet_life import events, one, shared

CONNECTIONS: Final = 16
# By how common they are; none of this is measured anywhere.
VERSIONS: Final = {
    "2026.11.2": 40,
    "2026.11.1": 14,
    "2026.10.4": 25,
    "2026.9.3": 9,
    "2025.12.5": 12,
}
TYPES: Final = {
    "Home Assistant OS": 68,
    "Home Assistant Container": 25,
    "Home Assistant Supervised": 4,
    "Home Assistant Core": 2,
    "Unknown": 1,
}
COUNTRIES: Final = {
    "US": 24, "DE": 18, "GB": 9, "NL": 8, "FR": 8, "IT": 5, "AU": 4, "CA": 4, "ES": 4, "SE": 3,
    "BE": 3, "PL": 3, "CH": 2, "AT": 2, "NO": 2, "DK": 2, "BR": 2, "ZA": 1, "NZ": 1, "IN": 1,
    "JP": 1,
}  # fmt: skip
STATES: Final = {"CA": 5, "TX": 4, "NY": 3, "FL": 3, "WA": 2, "CO": 2, "OH": 1, "GA": 1}
INTEGRATIONS: Final = (
    "automation", "backup", "esphome", "hue", "mqtt", "zha", "sonos", "cast", "met", "sun",
    "matter", "zwave_js", "shelly", "unifi", "tuya", "wled", "plex", "spotify", "ring",
    "nest", "tado", "knx",
    "homekit", "bluetooth", "energy", "recorder", "history", "mobile_app", "person", "zone",
)  # fmt: skip
CUSTOM: Final = ("hacs", "frigate", "adaptive_lighting", "browser_mod", "powercalc", "watchman")
ADDONS: Final = (
    "core_mosquitto",
    "core_ssh",
    "core_configurator",
    "a0d7b954_nodered",
    "core_samba",
)
BOARDS: Final = {"rpi4-64": 35, "rpi5-64": 25, "generic-x86-64": 22, "green": 10, "yellow": 8}


async def report(receiver: str, number: int, seed: int = 0) -> None:
    """Let so many installations report, and tell of their lives; raises aiohttp.ClientError."""
    chance = random.Random(seed)  # noqa: S311 - the same fleet each time
    made = [installation(chance) for _ in range(number)]
    waiting = [(body, place, list(events(chance, body))) for body, place in made]
    async with aiohttp.ClientSession(raise_for_status=True) as session:

        async def send_all() -> None:
            while waiting:
                body, place, life = waiting.pop()
                async with session.post(f"{receiver}/v1", json=body, headers=place):
                    pass
                for event in life:
                    async with session.post(f"{receiver}/v1/events", json=event):
                        pass

        await asyncio.gather(*(send_all() for _ in range(CONNECTIONS)))


def installation(chance: random.Random) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the report of one installation, and the headers by which a proxy tells its place."""
    kind, version = one(chance, TYPES), one(chance, VERSIONS)
    used = sorted(chance.sample(INTEGRATIONS, chance.randint(8, len(INTEGRATIONS))))
    body: dict[str, Any] = {
        "uuid": uuid.UUID(int=chance.getrandbits(128)).hex,
        "version": version,
        "installation_type": kind,
        "integrations": used,
        "custom_integrations": [
            {"domain": domain, "version": f"{chance.randint(1, 3)}.{chance.randint(0, 4)}.0"}
            for domain in chance.sample(CUSTOM, chance.randint(0, 4))
        ],
        "certificate": chance.random() < 0.2,
        "energy": {"configured": chance.random() < 0.5},
        "recorder": {"engine": one(chance, {"sqlite": 85, "mysql": 11, "postgresql": 4})}
        | {"version": one(chance, {"3.50.4": 3, "3.49.2": 1})},
        "state_count": int(chance.lognormvariate(6, 0.8)),
        "automation_count": int(chance.lognormvariate(3, 0.9)),
        "integration_count": len(used),
        "user_count": chance.choice((1, 1, 2, 2, 3, 4, 5)),
        **shared(chance, kind),
    }
    if kind in {"Home Assistant OS", "Home Assistant Supervised"}:
        body |= _supervised(chance, on_os=kind == "Home Assistant OS")
    country = one(chance, COUNTRIES)
    state = {"CF-Region-Code": one(chance, STATES)} if country == "US" else {}
    return body, {"CF-IPCountry": country, **state}


def _supervised(chance: random.Random, *, on_os: bool) -> dict[str, Any]:
    """Return what an installation with a Supervisor reports besides."""
    addons: Sequence[str] = chance.sample(ADDONS, chance.randint(0, len(ADDONS)))
    board = one(chance, BOARDS)
    arch = "amd64" if "x86" in board else "aarch64"
    system = {"operating_system": {"board": board, "version": one(chance, {"17.1": 7, "16.3": 3})}}
    return {
        "supervisor": {"healthy": chance.random() < 0.97, "supported": True, "arch": arch},
        "addons": [
            {"slug": slug, "protected": True, "version": "6.5.2", "auto_update": True}
            for slug in addons
        ],
        "addon_count": len(addons),
    } | (system if on_os else {})
