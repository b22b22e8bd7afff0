"""Show a crash report: a demo integration raises, and a real server, Bugsink, has the report."""

import asyncio
import json
import random
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

from scripts.bugsink import Bugsink
from scripts.demo_state import DemoError
from scripts.home_assistant import ROOT
from scripts.host_api import WebSocketClient
from scripts.onboarding import choose

INTEGRATION = ROOT / "scripts" / "demo_integration" / "demo_fault"
EXCEPTION = "DemoFaultError"
TIMEOUT = 60
POLL_INTERVAL = 0.2

type Section = tuple[str, list[str]]


def install(config_dir: Path) -> None:
    """Put the demo integration where a host finds it, as a user would."""
    place = config_dir / "custom_components" / INTEGRATION.name
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(INTEGRATION, place, ignore=shutil.ignore_patterns("__pycache__"))


def settings(bugsink: Bugsink) -> dict[str, object]:
    """Return where crash reports go."""
    return {"crash_reports": {"dsn": bugsink.dsn}}


async def sections(client: WebSocketClient, bugsink: Bugsink) -> AsyncIterator[Section]:
    """Yield what to print, a heading and lines each; raises DemoError where a promise is broken."""
    planted = plant()
    await _provoke(client, planted)
    record = await _arrival(client, bugsink)
    yield "A crash report, as Bugsink has it", [*described(record)]
    if found := leaked(planted, [*bugsink.envelopes(), json.dumps(record).encode()]):
        raise DemoError(f"The crash report tells what was planted: {', '.join(found)}.")
    yield (
        "What the crash report does not tell",
        [
            "These were in local variables and in the exception, and nowhere in what arrived:",
            *(f"{name}: {value}" for name, value in planted.items()),
        ],
    )
    [issue] = [issue for issue in await bugsink.issues() if issue["id"] == record["issue"]]
    yield (
        "Its issue, for as long as this demo runs",
        [
            f"Address    {bugsink.issue_url(issue)}",
            f"User       {bugsink.username}",
            f"Password   {bugsink.password}",
        ],
    )


def plant() -> dict[str, str | float]:
    """Return what an integration may know of a home, different each time."""
    chance = random.SystemRandom()
    return {
        "token": secrets.token_urlsafe(24),
        "email": f"{secrets.token_hex(6)}@example.org",
        "latitude": round(chance.uniform(-80, 80), 6),
        "longitude": round(chance.uniform(-180, 180), 6),
    }


def leaked(planted: Mapping[str, str | float], arrived: list[bytes]) -> list[str]:
    """Name what was planted and is in something that arrived."""
    return [
        name
        for name, value in planted.items()
        if any(str(value).lstrip("-").encode() in body for body in arrived)
    ]


def described(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield the type, the stack and the tags of an event that Bugsink keeps, one a line."""
    yield f"Type: {', '.join(_types(record['data']))}"
    yield from (f"{key}: {value}" for key, value in _tags(record["data"]).items())
    yield ""
    yield from record["stacktrace_md"].splitlines()


async def _provoke(client: WebSocketClient, planted: Mapping[str, str | float]) -> None:
    kept = (await client.command("analytics"))["preferences"]
    await choose(client, {**kept, "diagnostics": True})
    await client.command(
        "call_service", domain=INTEGRATION.name, service="raise", service_data=planted
    )


async def _arrival(client: WebSocketClient, bugsink: Bugsink) -> dict[str, Any]:
    """Return the demo integration's event; raises DemoError with what is known where none comes."""
    try:
        async with asyncio.timeout(TIMEOUT):
            while True:
                for record in await bugsink.records():
                    if any(kind.endswith(EXCEPTION) for kind in _types(record["data"])):
                        return record
                await asyncio.sleep(POLL_INTERVAL)
    except TimeoutError:
        status = json.dumps(await client.command("analytics/status"))
        reasons = [f"The plugin says: {status}", *bugsink.complaints()]
        raise DemoError("\n".join(["No crash report arrived.", *reasons])) from None


def _types(event: Mapping[str, Any]) -> list[str]:
    """Return the exceptions' types, with their modules; what was logged comes first."""
    raised = event.get("exception", {}).get("values", [])
    return [".".join(filter(None, (one.get("module"), one.get("type")))) for one in raised[::-1]]


def _tags(event: Mapping[str, Any]) -> dict[str, Any]:
    return dict(event.get("tags", {}))
