"""The whole flow of a report, top to bottom.

host registries - collect -> Facts - tiers -> Payload - consent -> guard -> log -> delivery
"""

import asyncio
from dataclasses import dataclass, replace

import aiohttp

from . import opt_out
from .choices import Choices
from .collect import Source, async_collect
from .consent import allowed_tiers, keep_allowed
from .const import LOGGER
from .delivery import async_deliver
from .guard import GuardError, check
from .models import Kind, Outcome, Payload
from .payload import build, encode, facts_needed
from .report_log import ReportLog
from .settings import Settings


class BlockedError(Exception):
    """Nothing may be sent; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pipeline:
    """A report from the host's registries to the receiver's answer."""

    settings: Settings
    choices: Choices
    source: Source
    session: aiohttp.ClientSession
    log: ReportLog

    def blocked(self) -> str | None:
        """Name what keeps reports from being sent, None if nothing does."""
        if reason := opt_out.blocking(self.settings):
            return reason
        return None if allowed_tiers(self.choices.consent) else "the user has not allowed it"

    async def async_send(self) -> Outcome:
        """Build a report of what is allowed now, show it, send it, and tell how that ended."""
        try:
            payload = await self._async_prepare()
        except BlockedError as reason:
            return Outcome(kind=Kind.BLOCKED, reason=str(reason))
        except GuardError as error:
            LOGGER.error("Nothing is sent: %s. Please report this", error)
            return Outcome(kind=Kind.INVALID, reason=str(error))
        return await self._async_deliver(payload)

    async def _async_prepare(self) -> Payload:
        """Collect, build, filter and check; from the filter on, nothing else can run in between."""
        self._raise_if_blocked()
        allowed = allowed_tiers(self.choices.consent)
        facts = await async_collect(self.source, facts_needed(allowed))
        self._raise_if_blocked()
        facts = replace(facts, uuid=await self.choices.async_uuid())
        self._raise_if_blocked()
        payload = keep_allowed(build(facts, allowed), self.choices.consent)
        check(payload, allowed_tiers(self.choices.consent))
        return payload

    async def _async_deliver(self, payload: Payload) -> Outcome:
        destination = self.settings.destination
        self.log.sending(destination, payload)
        try:
            outcome = await async_deliver(self.session, destination, encode(payload))
        except asyncio.CancelledError:
            self.log.stopped(destination)
            raise
        self.log.ended(destination, outcome)
        return outcome

    def _raise_if_blocked(self) -> None:
        if reason := self.blocked():
            raise BlockedError(reason)
