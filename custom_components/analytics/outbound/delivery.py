"""From the guard to the receiver: written down, shown in the log, let through the gate.

Whatever is reported takes this way.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from ..models import Destination, Kind, Outcome, Report, Request
from .gate import Gate
from .journal import Journal
from .log import ReportLog

# Makes a report and its bytes. Called in a thread, so that it may read the disk.
type Make = Callable[[], tuple[Report, bytes]]


class JournalError(Exception):
    """What is about to be sent could not be written down."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """The journal and the gate, with the log of one kind of reports."""

    journal: Journal
    gate: Gate
    log: ReportLog

    async def async_deliver(
        self,
        make: Make,
        destination: Destination,
        request: Request,
        permit: Callable[[Report], bool],
        attempt: int = 1,
        noted: Callable[[Outcome], None] = lambda _outcome: None,
    ) -> Outcome:
        """Make a report and write it down, then let it through the gate if it is still allowed.

        `noted` is told the outcome before anything can come in between. Raises what `make` does.
        """
        entry = self.journal.entry(destination, attempt)
        outcome = Outcome(kind=Kind.STOPPED, reason="stopped on its way")
        report, body = Report(), b""

        def prepare() -> bytes:
            nonlocal report, body
            report, body = make()
            try:
                entry.write(report, body)
            except OSError as error:
                raise JournalError(type(error).__name__) from error
            return body

        try:
            outcome = await self.gate.async_request(
                "POST",
                request.url,
                lambda: permit(report),
                prepare=prepare,
                shown=lambda: self.log.sending(destination, report, body),
                headers=request.headers,
                answered=request.answered,
            )
        except JournalError as error:
            return self.log.unsendable(f"the journal can't be written ({error})")
        finally:
            if entry.written:
                noted(outcome)
                self.log.ended(destination, outcome)
            await asyncio.shield(entry.async_end(outcome))
        return replace(outcome, dropped=report.dropped)
