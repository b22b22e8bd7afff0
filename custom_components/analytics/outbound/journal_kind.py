"""What an entry of the journal is of, and so what the bytes were that left.

Versions before the panel did not write the kind down: of their entries what they have tells it.
"""

from typing import Final

import orjson

from ..consent import ATTR_SNAPSHOTS
from ..models import EVENTS, JsonValue, Message
from ..tiers import DIAGNOSTICS, encode
from .journal_entry import Line

KINDS: Final = frozenset(kind.value for kind in Message)
# In the payload of an event.
ATTR_EVENT: Final = "event"


def kind_of(line: Line) -> Message:
    """Return what was sent: as it was noted, else by the tiers, else by the payload."""
    noted, tiers, payload = line.get("kind"), line["tiers"], line.get("payload")
    if noted in KINDS:
        return Message(noted)
    if ATTR_SNAPSHOTS in tiers:
        return Message.SNAPSHOT
    if DIAGNOSTICS.name in tiers:  # no report has a field of it
        return Message.CRASH
    event = payload.get(ATTR_EVENT) if isinstance(payload, dict) else None
    return next((each for each in EVENTS if each == event), Message.REPORT)


def body_of(kind: str, payload: JsonValue) -> bytes:
    """Return the bytes that left: of an envelope a line for each of its parts."""
    if kind == Message.CRASH and isinstance(payload, list):
        return b"".join(encode(line) + b"\n" for line in payload)
    return encode(payload)


def payload_of(kind: str, body: bytes) -> JsonValue:
    """Return what these bytes say. Raises ValueError where they are not of the kind."""
    if kind == Message.CRASH:
        return [orjson.loads(line) for line in body.splitlines()]
    return orjson.loads(body)
