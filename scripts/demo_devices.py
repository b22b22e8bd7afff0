"""Show a snapshot of devices: what is sent, what the receiver keeps, and that it is public."""

import asyncio
import json
import shutil
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import aiohttp

from receiver.devices import segment
from scripts.demo_state import DemoError
from scripts.home_assistant import ROOT, HomeAssistantProcess
from scripts.host_api import HostApi, WebSocketClient
from scripts.kept_rows import Tells, told_by_snapshot
from scripts.onboarding import wait_until_loaded
from scripts.receiver_process import ReceiverProcess

INTEGRATION: Final = ROOT / "scripts" / "demo_integration" / "demo_infrared"
SENDER: Final = "infrared.demo_sender"
# Built-in integrations of devices that only listen, with the answers to their questions. All else
# that Home Assistant takes into snapshots needs hardware or an account.
DEVICES: Final[Mapping[str, Mapping[str, str]]] = {
    "lg_infrared": {"next_step_id": "tv", "device_type": "tv", "infrared_entity_id": SENDER},
    "silvercrest_infrared": {"device_type": "stvd45a1", "infrared_entity_id": SENDER},
}
SINCE: Final = "2026.4"
FLOW: Final = "/api/config/config_entries/flow"
STORE: Final = ".storage/core.analytics"
TIME: Final = "snapshot_submission_time"
IDENTIFIER: Final = "submission_identifier"
DAY: Final = 86_400
SOON: Final = 3.0  # seconds
PAUSE: Final = timedelta(hours=11)
TIMEOUT: Final = 60
POLL_INTERVAL: Final = 0.2

type Payload = Mapping[str, Any]
type Section = tuple[str, list[str]]


def known() -> tuple[str, ...]:
    """Return the integrations of such devices that this host has, none before 2026.4."""
    package = find_spec("homeassistant")
    components = Path((package and package.origin) or "").parent / "components"
    return tuple(domain for domain in DEVICES if (components / domain).is_dir())


def install(config_dir: Path) -> None:
    """Put the sender where a host finds it."""
    place = config_dir / "custom_components" / INTEGRATION.name
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(INTEGRATION, place, ignore=shutil.ignore_patterns("__pycache__"))


def settings(database: str) -> dict[str, object]:
    """Return where snapshots go, which turns them on and is no yes."""
    return {"snapshots_url": database}


async def sections(
    host: HomeAssistantProcess, api: HostApi, client: WebSocketClient, receiver: ReceiverProcess
) -> AsyncIterator[Section]:
    """Yield what to print; raises DemoError where a device does not end up on the public page."""
    if not known():
        yield (
            "No snapshot of devices",
            [f"It takes {SINCE}: older hosts send none, or have no device that needs no hardware."],
        )
        return
    for domain in known():
        await _add(api, client, domain)
    await client.command("analytics/snapshots", on=True)
    entry = await _sent(host, client)
    yield (
        "A snapshot of devices, as it was sent",
        [
            "The devices were added by their dialogs, and analytics/snapshots said yes. One leaves",
            "a day, at a time that was drawn; so that nobody has to wait, that was set to now.",
            *described(entry),
        ],
    )
    tells = await _kept(host.config_dir, receiver, entry["payload"])
    shown = [f"{table}: {json.dumps(tells[table], ensure_ascii=False)}" for table in sorted(tells)]
    yield (
        "What the receiver keeps of it",
        [
            "One row under a hash of the identifier that the receiver gave, with the day only.",
            "Nothing joins it with the reports of this home:",
            *shown,
        ],
    )
    yield "A device of this home is on a public page", await _published(receiver, tells)


async def _kept(config_dir: Path, receiver: ReceiverProcess, payload: Payload) -> Tells:
    """Return what is kept of a snapshot; raises DemoError where that is not what was sent."""
    stored = json.loads((config_dir / STORE).read_text(encoding="utf-8"))
    kept = receiver.kept_snapshot(stored["data"].get(IDENTIFIER) or "")
    expected = told_by_snapshot(payload)
    if kept is None or kept.tells != expected:
        raise DemoError(f"The receiver does not keep the snapshot: {kept}, expected {expected}")
    return expected


async def _published(receiver: ReceiverProcess, tells: Tells) -> list[str]:
    """Say where one can be seen; raises DemoError where none can."""
    await receiver.figures_since(time.time())
    paths = [*pages(tells)]
    for path in paths:
        try:
            await receiver.get_page(path)
        except aiohttp.ClientResponseError as error:
            raise DemoError(f"A device of this home is on no page: {error}") from None
    return [
        "k = 1 in this demo: what a single home has is shown. By default nothing is that fewer",
        "than 5 homes have, and every number is a multiple of 5.",
        *(f"{receiver.url}{path}" for path in paths),
    ]


def pages(tells: Tells) -> Iterator[str]:
    """Yield where the makers and the models of a snapshot are shown."""
    for maker in tells["makers"]:
        yield f"/devices/manufacturers/{segment(maker)}"
    # Not all devices tell their model.
    for maker, model in tells.get("models", []):
        yield f"/devices/models/{segment(maker)}/{segment(model)}"


async def _add(api: HostApi, client: WebSocketClient, domain: str) -> None:
    """Add an integration as its dialog does, unless an earlier start did."""
    if await client.command("config_entries/get", domain=domain):
        return
    step = await api.post(FLOW, {"handler": domain})
    while step["type"] in {"form", "menu"} and not step.get("errors"):
        asked = [field["name"] for field in step["data_schema"]]
        answers = {name: value for name, value in DEVICES[domain].items() if name in asked}
        step = await api.post(f"{FLOW}/{step['flow_id']}", answers)
    if step["type"] != "create_entry":
        raise DemoError(f"{domain} could not be added: {step}")


async def _sent(host: HomeAssistantProcess, client: WebSocketClient) -> dict[str, Any]:
    """Return the journal's entry of today's snapshot, whose time of day is let come now."""
    before = await _newest(client)
    if not (before and _is_of_today(before)):
        await _let_it_be_time(host.config_dir, client)
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        entry = await _newest(client)
        if entry and _is_of_today(entry):
            number = entry["number"]
            opened: dict[str, Any] = await client.command("analytics/journal/entry", number=number)
            return opened
        await asyncio.sleep(POLL_INTERVAL)
    status = await client.command("analytics/status")
    raise DemoError(f"No snapshot was sent. The plugin says: {json.dumps(status['snapshots'])}")


def _is_of_today(entry: Mapping[str, Any]) -> bool:
    """Tell whether this is so new that none follows soon, also after another start of the demo."""
    age = datetime.now(UTC) - datetime.fromisoformat(entry["time"])
    return entry["outcome"] == "sent" and age < PAUSE


async def _newest(client: WebSocketClient) -> dict[str, Any] | None:
    found = await client.command("analytics/journal/list", kinds=["snapshot"], limit=1)
    return next(iter(found["entries"]), None)


async def _let_it_be_time(config_dir: Path, client: WebSocketClient) -> None:
    """Set the time of day that was drawn to now, while the plugin is not loaded."""
    [entry] = await client.command("config_entries/get", domain="analytics")
    chosen = {"entry_id": entry["entry_id"]}
    await client.command("config_entries/disable", **chosen, disabled_by="user")
    path = config_dir / STORE
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["data"][TIME] = (time.time() + SOON) % DAY
    path.write_text(json.dumps(stored), encoding="utf-8")
    await client.command("config_entries/disable", **chosen, disabled_by=None)
    await wait_until_loaded(client)


def described(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a snapshot tells, device by device, and how many entities of which kinds."""
    yield f"{entry['size']} bytes to {entry['url']}, {entry['outcome']} with {entry['status']}:"
    for domain, facts in entry["payload"].items():
        for device in facts["devices"]:
            told = {key: value for key, value in device.items() if key != "entities"}
            yield f"{domain}: {json.dumps(told, ensure_ascii=False)}"
            entities = Counter(json.dumps(entity) for entity in device["entities"])
            yield from (f"  {number} of {entity}" for entity, number in entities.most_common())
