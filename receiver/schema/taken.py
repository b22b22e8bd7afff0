"""Take what was sent: check it, and leave of it what is counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .checks import Check
from .extended import check_event
from .objects import MAX_DROPPED
from .reports import check_report
from .told import Told, told_of_event, told_of_report


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What was taken: what it tells, and the names of keys that were dropped."""

    # A bearer secret.
    uuid: str = field(repr=False)
    told: Told
    dropped: tuple[str, ...]


def validate(raw: Any) -> Taken:
    """Return what a report tells, or raise ReportError with the first field that is wrong."""
    return _taken(raw, check_report, told_of_report)


def validate_event(raw: Any) -> Taken:
    """Return what an event tells, or raise ReportError with the first field that is wrong."""
    return _taken(raw, check_event, told_of_event)


def _taken(raw: Any, check: Check, told: Callable[[Mapping[str, Any]], Told]) -> Taken:
    dropped: set[str] = set()
    value = check(raw, dropped)
    noted = sorted(dropped)[:MAX_DROPPED]
    return Taken(uuid=value["uuid"], told=told(value), dropped=tuple(noted))
