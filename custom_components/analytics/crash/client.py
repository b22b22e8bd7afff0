"""The Sentry client, which makes the event of a fault and hands it back instead of sending it.

sentry-sdk is imported here and nowhere else, when the first client is made: not for the event loop.
"""

from threading import Lock
from typing import Any, Final

from ..models import CrashServer

type Event = dict[str, Any]

ENVIRONMENT: Final = "production"

# Off is all that collects, starts a thread, or would send by itself; and what variables of the
# environment could turn on.
OPTIONS: Final = {
    "attach_stacktrace": False,
    "auto_enabling_integrations": False,
    "auto_session_tracking": False,
    "debug": False,
    "default_integrations": False,
    "enable_backpressure_handling": False,
    "enable_logs": False,
    "enable_metrics": False,
    "environment": ENVIRONMENT,
    "include_local_variables": False,
    "include_source_context": False,
    "integrations": [],
    "max_breadcrumbs": 0,
    "send_client_reports": False,
    "server_name": "",
    "shutdown_timeout": 0,
    "spotlight": False,
    "_experiments": {"enable_metrics": False},
}


class EventMaker:
    """A client of our own beside any other of the host: `sentry_sdk.init` is never called."""

    def __init__(self, server: CrashServer, release: str) -> None:
        """Import sentry-sdk, and make the client; blocking."""
        import sentry_sdk
        from sentry_sdk.consts import DEFAULT_OPTIONS
        from sentry_sdk.transport import Transport

        made: list[Event] = []

        class Collector(Transport):
            """Keeps what other transports send."""

            def capture_event(self, event: Any) -> None:
                made.append(event)

            def capture_envelope(self, envelope: Any) -> None:
                if (event := envelope.get_event()) is not None:
                    made.append(event)

        known: dict[str, Any] = {
            name: value for name, value in OPTIONS.items() if name in DEFAULT_OPTIONS
        }
        self._made = made
        self._lock = Lock()
        self._client: Any = sentry_sdk.Client(
            dsn=server.dsn, release=release, transport=Collector(), **known
        )

    def make(self, event: Event) -> Event | None:
        """Return an event as the client would send it; None where the client drops it."""
        # A preview and a report may be made at the same time.
        with self._lock:
            self._made.clear()
            self._client.capture_event(event)
            return self._made.pop() if self._made else None

    def close(self) -> None:
        """Close the client; it has nothing that would have to be sent first."""
        self._client.close(timeout=0)
