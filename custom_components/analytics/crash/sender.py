"""Send a crash report under the id that its server knows."""

from collections.abc import Callable
from dataclasses import dataclass

from ..consent_store import ConsentStore
from ..delivery import Delivery
from ..models import CrashServer, Kind, Outcome, Report
from . import consent
from .build import Json
from .envelope import parts, request


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """The way of an event to one server; `allowed` is asked right before the request."""

    server: CrashServer
    store: ConsentStore
    delivery: Delivery
    allowed: Callable[[], bool]

    async def async_send(self, event: Json, attempt: int) -> Outcome:
        """Send an event, and tell how that ended."""
        if not self.allowed():
            return Outcome(kind=Kind.BLOCKED, reason="no longer allowed")
        uuid = await self._async_uuid()
        lines = parts({**event, "user": {"id": uuid}})
        version = consent.consented_version(self.store, self.server)
        return await self.delivery.async_deliver(
            Report(payload=lines, tiers={consent.TIER: version}),
            self.server.destination,
            request(self.server, lines),
            lambda: self.allowed() and self.store.uuid(self.server.destination) == uuid,
            attempt,
        )

    async def _async_uuid(self) -> str:
        """Return the id that the server knows, made now if this is the first report."""
        known = self.store.uuid(self.server.destination)
        uuid = known or self.store.make_uuid(self.server.destination)
        if known is None:
            await self.store.async_save()
        return uuid
