"""From the guard to the receiver: written down, shown in the log, let through the gate.

Whatever is reported takes this way.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from ..models import Destination, Kind, Outcome, Report, Request
from .gate import Gate, Permit
from .journal import Journal, Opening
from .log import ReportLog


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
        entry = self.journal.entry(report, destination, request.body, attempt)
        outcome = Outcome(kind=Kind.STOPPED, reason="stopped on its way")

        def shown_and_permitted() -> bool:
            self.log.sending(destination, report, request.body)
            return permit()

        try:
            outcome = await self._async_request(request, shown_and_permitted, entry)
        except OSError as error:
            return self.log.unsendable(f"the journal can't be written ({type(error).__name__})")
        finally:
            if entry.written:
                noted(outcome)
                self.log.ended(destination, outcome)
            await asyncio.shield(entry.async_end(outcome))
        return outcome

    async def _async_request(self, request: Request, permit: Permit, entry: Opening) -> Outcome:
        """Make the request once the entry is on the disk. Raises OSError where it can't be."""
        return await self.gate.async_request(
            "POST",
            request.url,
            permit,
            body=request.body,
            headers=request.headers,
            answered=request.answered,
            first=entry.write,
        )
