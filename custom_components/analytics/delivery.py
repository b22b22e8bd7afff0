"""From the guard to the receiver: written down, shown in the log, let through the gate.

Whatever is reported takes this way.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from .gate import Gate, Permit
from .journal import Journal
from .models import Destination, Kind, Outcome, Report, Request
from .report_log import ReportLog


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """The journal and the gate, with the log of one kind of reports."""

    journal: Journal
    gate: Gate
    log: ReportLog

    async def async_deliver(
        self,
        report: Report,
        destination: Destination,
        request: Request,
        permit: Permit,
        attempt: int = 1,
        noted: Callable[[Outcome], None] = lambda _outcome: None,
    ) -> Outcome:
        """Write the report down, then let it through the gate if it is still allowed.

        `noted` is told the outcome before anything can come in between.
        """
        try:
            number = await self.journal.async_open(report, destination, request.body, attempt)
        except OSError as error:
            return self.log.unsendable(f"the journal can't be written ({type(error).__name__})")
        outcome = Outcome(kind=Kind.STOPPED, reason="stopped on its way")
        try:
            self.log.sending(destination, report, request.body)
            outcome = await self.gate.async_request(
                "POST",
                request.url,
                permit,
                body=request.body,
                headers=request.headers,
                answered=request.answered,
            )
        finally:
            noted(outcome)
            self.log.ended(destination, outcome)
            await asyncio.shield(self.journal.async_close(number, outcome))
        return outcome
