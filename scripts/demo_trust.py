"""Show what can be seen and switched off: the preview, the journal, and the opt-out file."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scripts.demo_receiver import differences, latest_report
from scripts.demo_state import DemoError
from scripts.host_api import WebSocketClient
from scripts.logged_report import ID_KEY
from scripts.receiver_process import ReceiverProcess

OPT_OUT_FILE = ".opt-out-from-anonymous-statistics"

type Section = tuple[str, list[str]]


async def sections(
    client: WebSocketClient, folder: Path, receiver: ReceiverProcess
) -> AsyncIterator[Section]:
    """Yield what to print, a heading and lines each; raises DemoError where a promise is broken."""
    yield "A preview of the next report", await _preview(client)
    yield "The journal", await _journal(client, receiver)
    yield "Off means off", await _opt_out(client, folder, receiver)


async def _preview(client: WebSocketClient) -> list[str]:
    shown = await client.command("analytics/preview", preferences={"base": True})
    return [
        "analytics/preview, for basic analytics only; zeros stand for the id, and nothing is sent:",
        json.dumps(shown["payload"]),
    ]


async def _journal(client: WebSocketClient, receiver: ReceiverProcess) -> list[str]:
    entry = await latest_report(client)
    kept = receiver.kept(entry["payload"][ID_KEY])
    if kept is None or differences(entry["payload"], kept.tells):
        raise DemoError("The journal does not show what was sent.")
    return [
        "analytics/journal, the newest report, is what the receiver keeps, and the id:",
        f"{entry['size']} bytes to {entry['url']}, {entry['outcome']} with {entry['status']}.",
    ]


async def _opt_out(client: WebSocketClient, folder: Path, receiver: ReceiverProcess) -> list[str]:
    """Make the opt-out file, ask for a report, and take the file away again."""
    file, before = folder / OPT_OUT_FILE, await receiver.requests()
    file.touch()
    try:
        status: dict[str, Any] = await client.command("analytics/status")
        answer = await client.command("analytics/send")
    finally:
        file.unlink()
    if answer["outcome"] != "blocked" or await receiver.requests() != before:
        raise DemoError("A report was sent in spite of the opt-out file.")
    return [
        f"With {OPT_OUT_FILE} in the configuration folder",
        f"analytics/status says: blocked by {json.dumps(status['blocked'])}",
        f"analytics/send says: {json.dumps(answer['outcome'])}, and the receiver got nothing.",
        "The file was deleted again.",
    ]
