"""A journal for the page to show: as if all of it had been sent."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.analytics.outbound.journal_file import JournalFile
from custom_components.analytics.tiers import encode

from ..home import Home
from ..waiting import becomes

ID = "0123456789abcdef" * 2
NEWEST = datetime(2026, 11, 21, 12, tzinfo=UTC)


def entry(number: int = 0, **other: Any) -> dict[str, Any]:
    """Return an entry that was opened so many hours before the newest, and how it ended."""
    return {
        "time": (NEWEST - timedelta(hours=number)).isoformat(),
        "destination": "There",
        "url": "https://there.example.com/v1",
        "tiers": {"base": 1},
        "payload": {"uuid": ID, "version": f"2026.11.{number}"},
        "outcome": "sent",
        **other,
    }


async def fill(home: Home, entries: Iterable[Mapping[str, Any]]) -> None:
    """Put entries into the journal in place of what is there, oldest first."""
    [loaded] = await home.entries()
    disable = {"entry_id": loaded["entry_id"]}
    await home.command("config_entries/disable", **disable, disabled_by="user")
    file = JournalFile(home.host.config_dir / ".storage")
    file.delete()
    for each in entries:
        line = {**each}
        payload, outcome = line.pop("payload"), line.pop("outcome")
        body = encode(payload)
        number = file.open({"size": len(body), **line}, payload, body)
        if outcome:
            file.append({"number": number, "ended": line["time"], "outcome": outcome})
    await home.command("config_entries/disable", **disable, disabled_by=None)
    await becomes(lambda: _is_loaded(home), expected=True)


async def _is_loaded(home: Home) -> bool:
    return await home.status() is not None


def exported(text: str) -> list[dict[str, Any]]:
    """Return the entries of an exported file."""
    entries: list[dict[str, Any]] = json.loads(text)["entries"]
    return entries
