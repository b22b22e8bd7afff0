"""The envelope in which an event goes to a Sentry-compatible server.

https://develop.sentry.dev/sdk/data-model/envelopes: a header, a header of the item, the item, a
line of JSON each.
"""

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


def parts(event: Json, user: str) -> list[JsonValue]:
    """Return the lines of the envelope that is sent now under an id, as JSON.

    By `sent_at` a server knows how wrong the clock is by which the times in it are told.
    """
    sent_at = written(clock.wall())
    told = {**not_after(event, sent_at), "user": {"id": user}}
    item = {"type": "event", "content_type": "application/json", "length": len(encode(told))}
    return [{"event_id": event["event_id"], "sent_at": sent_at}, item, told]


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
