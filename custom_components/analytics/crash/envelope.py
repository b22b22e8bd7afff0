"""The envelope in which an event goes to a Sentry-compatible server.

https://develop.sentry.dev/sdk/data-model/envelopes: a header, a header of the item, the item, a
line of JSON each.
"""

from collections.abc import Mapping
from typing import Any, Final

from yarl import URL

from ..models import CrashServer, JsonValue, Request
from ..tiers import encode

# https://develop.sentry.dev/sdk/overview/#authentication
PROTOCOL: Final = 7
CONTENT_TYPE: Final = "application/x-sentry-envelope"
CLIENT: Final = "open-analytics"


def parts(event: Mapping[str, Any]) -> list[JsonValue]:
    """Return the lines of the envelope, as JSON."""
    item = {"type": "event", "content_type": "application/json", "length": len(encode({**event}))}
    return [{"event_id": event["event_id"]}, item, {**event}]


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
