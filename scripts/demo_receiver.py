"""Show that the report of the demo is in a receiver: as it keeps it, and as it publishes it."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from scripts.demo_state import DemoError
from scripts.host_api import WebSocketClient
from scripts.kept_rows import Tells, told_by
from scripts.logged_report import ID_KEY, LoggedReport
from scripts.receiver_process import Kept, ReceiverProcess

type Section = tuple[str, list[str]]


async def sections(
    receiver: ReceiverProcess, client: WebSocketClient, logged: LoggedReport
) -> AsyncIterator[Section]:
    """Yield what to print; raises DemoError where the receiver has not what the log shows."""
    kept = await _kept(receiver, client, logged)
    # A report of an earlier demo is no proof, and one that tells the same changes no row. The
    # receiver was started by this demo.
    if not (await receiver.requests()).get("accepted"):
        raise DemoError("The receiver got no report in this demo, only in an earlier one.")
    if found := differences(logged.report, kept.tells):
        raise DemoError("\n".join(["The log does not show what the receiver keeps:", *found]))
    yield (
        "What the receiver keeps of it",
        [*_described(kept), "", "The log and the receiver agree."],
    )
    yield "The figures that the receiver publishes", await _published(receiver, kept)


def differences(logged: Mapping[str, Any], kept: Tells) -> list[str]:
    """Say in what the logged report does not tell what is kept."""
    told = told_by(logged)
    return [
        f"{key}: the log tells {_shown(told, key)}, the receiver keeps {_shown(kept, key)}"
        for key in sorted({*told, *kept})
        if _shown(told, key) != _shown(kept, key)
    ]


async def latest_report(client: WebSocketClient) -> dict[str, Any]:
    """Return the journal's newest entry that is a report, not an event or a snapshot."""
    entries = (await client.command("analytics/journal"))["entries"]
    return next(
        entry for entry in entries if ID_KEY in entry["payload"] and "event" not in entry["payload"]
    )


async def _kept(receiver: ReceiverProcess, client: WebSocketClient, logged: LoggedReport) -> Kept:
    """Return the row of the installation, whose whole id only the journal tells."""
    entry = await latest_report(client)
    if kept := receiver.kept(entry["payload"][ID_KEY]):
        return kept
    raise DemoError(f"The receiver has no report of this installation: {logged.outcome}")


def _described(kept: Kept) -> list[str]:
    return [
        "One row of its database: what it counts, without the id, of which there is a hash, and",
        "without the address that it came from:",
        f"key: {kept.key}",
        f"last seen: {datetime.fromtimestamp(kept.last_seen).astimezone():%H:%M:%S}",
        *(f"{key}: {_shown(kept.tells, key)}" for key in sorted(kept.tells)),
    ]


async def _published(receiver: ReceiverProcess, kept: Kept) -> list[str]:
    figures = await receiver.figures_since(kept.last_seen + 1)
    [version] = kept.tells["versions"]
    if version not in figures["versions"]:
        raise DemoError(f"The receiver publishes nothing of {version}: {figures}")
    shown = {name: figures[name] for name in ("active_installations", "versions")}
    return [
        "It rounds down to multiples of 1, and counts who reports at once, which is for this demo",
        "only: by default nothing under 5 is shown, and an installation counts once it has",
        "reported for 7 days.",
        f"{receiver.url}/current_data.json: {shown}",
    ]


def _shown(tells: Tells, key: str) -> str:
    """Return a part as JSON, in which 1 and true differ."""
    return json.dumps(tells[key], ensure_ascii=False) if key in tells else "nothing"
