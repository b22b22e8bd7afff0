"""The times in a crash report, told by a clock that may have been set since they were noted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

type Json = dict[str, Any]

# How a fault is marked that the interpreter itself wrote down, of which its file has the time.
NATIVE_MECHANISM: Final = "native"
ATTR_TIMESTAMP: Final = "timestamp"


def written(seconds: float) -> str:
    """Return a time since the epoch as a report has it: UTC, to the second."""
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()


def shifted(event: Json, seconds: float) -> Json:
    """Return a report with its times so much later: by so much the clock was set."""
    return _changed(event, lambda time: time + timedelta(seconds=seconds))


def not_after(event: Json, sent_at: str) -> Json:
    """Return a report in which nothing is later than that it is sent."""
    latest = datetime.fromisoformat(sent_at)
    return _changed(event, lambda time: min(time, latest))


def is_of_an_earlier_run(event: Json) -> bool:
    """Tell whether a report of ours is of a run that is over, and its time that of a file."""
    return any(
        raised["mechanism"]["type"] == NATIVE_MECHANISM for raised in event["exception"]["values"]
    )


def _changed(event: Json, change: Callable[[datetime], datetime]) -> Json:
    marks = event.get("breadcrumbs", {}).get("values", [])
    changed = _with_time(event, change)
    if marks:
        changed["breadcrumbs"] = {"values": [_with_time(mark, change) for mark in marks]}
    return changed


def _with_time(part: Json, change: Callable[[datetime], datetime]) -> Json:
    """Return a part with another time; without one that is none, or can't be told."""
    try:
        told = change(datetime.fromisoformat(part[ATTR_TIMESTAMP])).isoformat(timespec="seconds")
    except (KeyError, ValueError, OverflowError):
        return {key: value for key, value in part.items() if key != ATTR_TIMESTAMP}
    return {**part, ATTR_TIMESTAMP: told}
