"""The envelope in which an event goes to a Sentry-compatible server.

https://develop.sentry.dev/sdk/data-model/envelopes: a header, a header of the item, the item, a
line of JSON each.
"""

from collections.abc import Callable
from typing import Final

from yarl import URL

from .. import clock
from ..models import CrashServer, JsonValue, Request
from ..tiers import encode
from .times import Json, not_after, written

# https://develop.sentry.dev/sdk/overview/#authentication
PROTOCOL: Final = 7
CONTENT_TYPE: Final = "application/x-sentry-envelope"
CLIENT: Final = "open-analytics"

# Makes the lines of the envelope of an event, under an id.
type Form = Callable[[Json, str], list[JsonValue]]


def parts(event: Json, user: str) -> list[JsonValue]:
    """Return the lines of the envelope that is sent now under an id, as JSON.

    By `sent_at` a server knows how wrong the clock is by which the times in it are told.
    """
    sent_at = written(clock.wall())
    header, *rest = undated(not_after(event, sent_at), user)
    return [{**header, "sent_at": sent_at}, *rest]


def undated(event: Json, user: str) -> list[JsonValue]:
    """Return the lines of an envelope that is sent as it is at any time, once it was approved.

    With a time that is long over, a server would take the clock for wrong, and set all by that.
    """
    told = {**event, "user": {"id": user}}
    item = {"type": "event", "content_type": "application/json", "length": len(encode(told))}
    return [{"event_id": event["event_id"]}, item, told]


def waiting(event: Json, user: str) -> list[JsonValue]:
    """Return the same, with nothing in it that is later than now."""
    return undated(not_after(event, written(clock.wall())), user)


def encoded(lines: list[JsonValue]) -> bytes:
    """Return an envelope as its bytes."""
    return b"".join(encode(line) + b"\n" for line in lines)


def request(server: CrashServer) -> Request:
    """Return the request that carries an envelope to a server."""
    key = URL(server.dsn).user
    return Request(
        url=server.destination.url,
        headers={
            "Content-Type": CONTENT_TYPE,
            "X-Sentry-Auth": f"Sentry sentry_version={PROTOCOL}, sentry_client={CLIENT}, "
            f"sentry_key={key}",
        },
    )
