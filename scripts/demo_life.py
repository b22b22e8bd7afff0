"""Show the life of an installation: more is shared, the host is killed, and the receiver tells."""

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from typing import Any, Final

from scripts.demo_state import DemoError
from scripts.home_assistant import HomeAssistantProcess
from scripts.host_api import HostApi, WebSocketClient
from scripts.logged_report import ID_KEY
from scripts.onboarding import choose
from scripts.receiver_process import ReceiverProcess

OPTIONS: Final = "/api/config/config_entries/options/flow"
MORE: Final = {"environment": True, "lifecycle": True, "interface": True}
TIMEOUT: Final = 60
POLL_INTERVAL: Final = 0.2
FIGURES: Final = "/stability.json"
SHOWN: Final = ("starts", "previous_ends")

type Section = tuple[str, list[str]]


async def share_more(api: HostApi, client: WebSocketClient) -> None:
    """Turn on all that the destination takes, as the options page does."""
    await choose(client)
    [entry] = await client.command("config_entries/get", domain="analytics")
    flow = await api.post(OPTIONS, {"handler": entry["entry_id"]})
    form = await api.post(f"{OPTIONS}/{flow['flow_id']}", {"next_step_id": "more"})
    end = await api.post(f"{OPTIONS}/{form['flow_id']}", MORE)
    if end["type"] != "create_entry":
        raise DemoError(f"What else is shared could not be chosen: {end}")


async def kill(host: HomeAssistantProcess) -> None:
    """End the host as the kernel does when memory runs out."""
    if host.pid:
        os.kill(host.pid, signal.SIGKILL)
    await host.wait_until_stopped()


async def newest(client: WebSocketClient) -> int:
    """Return the number of the newest entry in the journal, 0 where there is none."""
    entries = (await client.command("analytics/journal", limit=1))["entries"]
    number: int = entries[0]["number"] if entries else 0
    return number


async def sections(
    receiver: ReceiverProcess, client: WebSocketClient, *, after: int
) -> AsyncIterator[Section]:
    """Yield what to print once the start after the kill was sent: a later entry of the journal.

    Raises DemoError where that does not come.
    """
    events = await _sent(client, after)
    yield (
        "More was shared, and Home Assistant was killed: what the next start told",
        [_shown(event) for event in events],
    )
    await receiver.figures_since(time.time())
    stability = await receiver.get(FIGURES)
    if not any(stability["previous_ends"].get(event["previous_end"]) for event in events):
        raise DemoError(f"The receiver publishes no start after a kill: {stability}")
    yield (
        "What the receiver publishes of it",
        [
            f"{receiver.url}{FIGURES}: {json.dumps({name: stability[name] for name in SHOWN})}",
            f"The page: {receiver.url}/stability",
        ],
    )


async def _sent(client: WebSocketClient, after: int) -> list[dict[str, Any]]:
    """Return the events that this start has sent, oldest first, once the start is among them."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        entries = (await client.command("analytics/journal"))["entries"]
        events = [
            entry["payload"]
            for entry in reversed(entries)
            if entry["number"] > after and entry["outcome"] == "sent"
            if entry["payload"].get("event") in {"fault", "start"}
        ]
        if any(event["event"] == "start" for event in events):
            return events
        await asyncio.sleep(POLL_INTERVAL)
    raise DemoError("Home Assistant told of no start after the kill.")


def _shown(event: dict[str, Any]) -> str:
    """Return an event as JSON, with four digits of the id, which is a secret."""
    return json.dumps({**event, ID_KEY: f"{event[ID_KEY][:4]}…"}, ensure_ascii=False)
