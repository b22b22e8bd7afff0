"""Send what waits in the outbox under the id that its server knows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from .. import clock
from ..consent import ConsentStore
from ..const import LOGGER
from ..models import CrashServer, Kind, LastReport, Message, Outcome, Report
from ..outbound import Delivery, Make, Noted
from . import consent
from .build import CrashReport
from .envelope import Form, encoded, parts, request, waiting
from .outbox import Outbox
from .scrub import scrub

FINAL: Final = {Kind.SENT, Kind.REFUSED, Kind.HELD}


@dataclass(kw_only=True, slots=True)
class Sender:
    """The way to one server; `allowed` is asked right before each request."""

    server: CrashServer
    store: ConsentStore
    outbox: Outbox
    delivery: Delivery
    allowed: Callable[[], bool]
    # How the latest ended.
    last: LastReport | None = None

    async def async_send_waiting(self, attempt: int) -> Outcome | None:
        """Send what waits, oldest first; returns the outcome after which it has to wait on."""
        self.outbox.follow_clock()
        for report in self.outbox.waiting:
            if self.outbox.excludes(
                report.event, report.integration
            ):  # said since the others were sent
                continue
            try:
                outcome = await self._async_send(report, attempt)
            except Exception:  # noqa: BLE001 - one that can't be sent must not hold up the others
                LOGGER.exception("A crash report can't be sent, a fault of Open Analytics")
                outcome = Outcome(kind=Kind.REFUSED)
                self._ended(report, outcome)
            if outcome.kind not in FINAL:
                return outcome
            await self.outbox.async_save()
        return None

    async def _async_send(self, report: CrashReport, attempt: int) -> Outcome:
        """Send one report, and tell how that ended."""
        if not self.allowed():
            return Outcome(kind=Kind.BLOCKED, reason="no longer allowed")
        uuid = await self._async_uuid()
        version = consent.consented_version(self.store, self.server)
        # It was on disk, where anybody can have changed it.
        lines = self.form(scrub(report.event, version), uuid)
        envelope = Report(
            message=Message.CRASH,
            payload=lines,
            tiers={consent.TIER: version},
            integration=report.integration,
        )
        return await self.async_deliver(
            lambda: (envelope, encoded(lines)),
            uuid,
            attempt,
            lambda: not self.outbox.excludes(report.event, report.integration),
            partial(self._ended, report),
        )

    async def async_deliver(
        self,
        make: Make,
        uuid: str,
        attempt: int,
        permit: Callable[[], bool] = lambda: True,
        noted: Noted = lambda _outcome: None,
        *,
        approved: bool = False,
    ) -> Outcome:
        """Send what is made under an id, if that is allowed and the id is still the server's.

        Raises what `make` does.
        """
        return await self.delivery.async_deliver(
            make,
            self.server.destination,
            request(self.server),
            lambda _: (
                permit() and self.allowed() and self.store.uuid(self.server.destination) == uuid
            ),
            attempt,
            noted,
            approved=approved,
        )

    @property
    def form(self) -> Form:
        """Return how the lines of an envelope are made: what is to wait has no time of sending."""
        return parts if self.delivery.hold is None else waiting

    def _ended(self, report: CrashReport, outcome: Outcome) -> None:
        """Note at once that a report is done with, so that nothing can send it twice."""
        self.last = LastReport(moment=clock.running(), outcome=outcome)
        self.outbox.record.ended(report.event["event_id"], outcome)
        if outcome.kind in FINAL:
            self.outbox.drop(report)

    async def _async_uuid(self) -> str:
        """Return the id that the server knows, made now if this is the first report."""
        known = self.store.uuid(self.server.destination)
        uuid = known or self.store.make_uuid(self.server.destination)
        if known is None:
            await self.store.async_save()
        return uuid
