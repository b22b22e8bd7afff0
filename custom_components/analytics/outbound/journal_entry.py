"""An entry of the journal, and what a line of its file must look like.

Anybody may have written into the file: what is not as it should be is told from what is.
"""

from dataclasses import dataclass, field, fields
from typing import Any, Final

import orjson
import voluptuous as vol

from ..models import JsonValue

MAX_NUMBER: Final = 2**53
MAX_DEPTH: Final = 50  # nothing of ours is nested so deeply

type Line = dict[str, Any]

# Numbers that can be added up, and shown.
_NUMBER: Final = vol.All(int, vol.Range(min=0, max=MAX_NUMBER))
_COUNTS: Final = vol.Schema({str: _NUMBER})
# What an entry is made of, as it lies in the file.
SCHEMA: Final = vol.Schema(
    {
        vol.Required("number"): vol.All(int, vol.Range(min=1, max=MAX_NUMBER)),
        vol.Required("time"): str,
        vol.Optional("kind"): str,
        vol.Required("destination"): str,
        vol.Required("url"): str,
        vol.Required("tiers"): _COUNTS,
        vol.Required("size"): _NUMBER,
        vol.Optional("dropped"): _COUNTS,
        vol.Optional("payload"): object,
        vol.Optional("attachment"): vol.Any(None, str),
        vol.Optional("beside"): _NUMBER,
        vol.Optional("ended"): str,
        vol.Optional("outcome"): str,
        vol.Optional("reason"): vol.Any(None, str),
        vol.Optional("status"): vol.Any(None, _NUMBER),
        vol.Optional("attempt"): _NUMBER,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One request: what was sent to whom, under which consent, and how it ended.

    `beside` is how many bytes of it lie compressed beside the file.
    """

    number: int
    time: str
    kind: str
    destination: str
    url: str
    tiers: dict[str, int]
    size: int
    dropped: dict[str, int] = field(default_factory=dict)
    payload: JsonValue = None
    attachment: str | None = None
    beside: int = 0
    ended: str | None = None
    outcome: str | None = None
    reason: str | None = None
    status: int | None = None
    attempt: int = 1

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON, with the payload itself: to copy a large one holds up the loop."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def take(raw: bytes, entries: dict[int, Line]) -> bool:
    """Add a line of the file to the entries; False for one that can't be read."""
    try:
        line = orjson.loads(raw)
        merged = SCHEMA({**entries.get(line["number"], {}), **line})
    except (ValueError, TypeError, KeyError, vol.Invalid):
        return False
    if is_too_deep(merged):
        return False
    entries[merged["number"]] = merged
    return True


def is_too_deep(value: JsonValue) -> bool:
    """Tell whether a value is nested more deeply than whoever reads it can bear."""
    level = _parts([value])
    for _ in range(MAX_DEPTH):
        if not level:
            return False
        level = [part for each in level for part in _parts(each)]
    return True


def _parts(value: JsonValue) -> list[JsonValue]:
    """Return what is directly in a value, and can have something in it itself."""
    parts = value.values() if isinstance(value, dict) else value
    return [part for part in parts if isinstance(part, dict | list)]


def is_attached(line: Line) -> bool:
    """Tell whether what was sent lies beside the file."""
    return line.get("attachment") is not None


def size_beside(line: Line) -> int:
    """Return how many bytes of it lie beside the file; versions that kept five noted none."""
    size: int = line.get("beside", 0)
    return size
