"""What is said of the journal, as JSON."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from homeassistant.util import dt as dt_util

from ..models import Kind
from ..outbound import OPEN, Entry, Found, Opened

SHOWN: Final = (
    "number",
    "time",
    "ended",
    "kind",
    "destination",
    "url",
    "attempt",
    "tiers",
    "dropped",
    "size",
    "outcome",
    "reason",
    "status",
)


def listed(found: Found, page: slice) -> dict[str, Any]:
    """Return a page of what was found, and what there is to choose from in all of the journal."""
    return {
        "entries": [_line(entry) for entry in found.wanted[page]],
        "total": len(found.wanted),
        "kinds": Counter(entry.kind for entry in found.entries),
        "destinations": _destinations(found.entries),
        "outcomes": Counter(entry.outcome or OPEN for entry in found.entries),
        "days": _days(found.wanted),
    }


def opened(found: Opened) -> dict[str, Any]:
    """Return an entry with what left, and what there was before it."""
    return {
        **_line(found.entry),
        "payload": found.entry.payload,
        "body": found.body,
        "previous": sent_before(found.previous),
    }


def sent_before(entry: Entry | None) -> dict[str, Any] | None:
    """Return of an entry what another is compared with."""
    if entry is None:
        return None
    return {"number": entry.number, "time": entry.time, "payload": entry.payload}


def _line(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in SHOWN}


def _destinations(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return who was sent something, under the name that each had last."""
    known: dict[str, dict[str, Any]] = {}
    for entry in entries:
        first = {"url": entry.url, "name": entry.destination, "count": 0}
        known.setdefault(entry.url, first)["count"] += 1
    return [*known.values()]


def _days(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return how much was sent on which day of the home's calendar, in their order."""
    days: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if (day := _day(entry.time)) is None:
            continue
        sums = days.setdefault(day, {"day": day, "sent": 0, "failed": 0, "bytes": 0})
        sums["sent"] += entry.outcome == Kind.SENT
        sums["failed"] += entry.outcome not in (None, Kind.SENT)
        sums["bytes"] += entry.size
    return [days[day] for day in sorted(days)]


def _day(time: str) -> str | None:
    """Return the day of a time; None for what somebody else has written into the file."""
    try:
        moment = dt_util.parse_datetime(time)
        return dt_util.as_local(moment).date().isoformat() if moment else None
    except (ValueError, OverflowError):
        return None
