"""From the guard to the receiver: written down, shown in the log, let through the gate.

Whatever is reported takes this way. Where it is to wait for somebody's approval, it ends before
that, at `hold`, and takes the rest of the way once it was approved.
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
type Noted = Callable[[Outcome], None]
# Takes what was made instead of sending it, until it is approved.
type Hold = Callable[[Destination, Report, bytes], None]


class JournalError(Exception):
    """What is about to be sent could not be written down."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """The journal and the gate, with the log of one kind of reports; `hold` if all is to wait."""

    journal: Journal
    gate: Gate
    log: ReportLog
    hold: Hold | None

    async def async_deliver(
        self,
        make: Make,
        destination: Destination,
        request: Request,
        permit: Callable[[Report], bool],
        attempt: int = 1,
        noted: Noted = lambda _outcome: None,
        *,
        approved: bool = False,
    ) -> Outcome:
        """Make a report and write it down, then let it through the gate if it is still allowed.

        `noted` is told the outcome before anything can come in between. Raises what `make` does.
        """
        if self.hold is not None and not approved:
            return await self._async_hold(self.hold, make, destination, permit, noted)
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

        def shown() -> None:
            entry.tell()
            self.log.sending(destination, report, body)

        try:
            outcome = await self.gate.async_request(
                "POST",
                request.url,
                lambda: permit(report),
                prepare=prepare,
                shown=shown,
                headers=request.headers,
                answered=request.answered,
            )
        except JournalError as error:
            return self.log.unsendable(f"the journal can't be written ({error})")
        finally:
            if entry.written:
                noted(outcome)
                self.log.ended(destination, outcome, waits=approved)
            await asyncio.shield(entry.async_end(outcome))
        return replace(outcome, dropped=report.dropped)

    async def _async_hold(
        self,
        hold: Hold,
        make: Make,
        destination: Destination,
        permit: Callable[[Report], bool],
        noted: Noted,
    ) -> Outcome:
        """Make a report, and let it wait if it is still allowed; nothing leaves.

        Once it waits nothing comes in between, so that whoever had it queued drops it there.
        """
        report = Report()

        def prepare() -> bytes:
            nonlocal report
            report, body = make()
            return body

        refusal, body = await self.gate.async_prepare(prepare)
        if refusal or body is None:
            return refusal or Outcome(kind=Kind.BLOCKED)
        if not permit(report):
            return Outcome(kind=Kind.BLOCKED, reason="no longer allowed")
        hold(destination, report, body)
        outcome = Outcome(kind=Kind.HELD, reason="waits for approval", dropped=report.dropped)
        noted(outcome)
        self.log.held(destination)
        return outcome
