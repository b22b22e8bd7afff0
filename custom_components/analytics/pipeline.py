"""The whole flow of a report, top to bottom.

host registries - collect -> Facts - tiers -> Payload - consent -> guard -> journal, log -> gate
"""

from dataclasses import dataclass, replace

from .choices import Choices
from .collect import Source, async_collect
from .collect.home import async_home
from .consent import allowed_fields, allowed_tiers, consented_version, keep_allowed
from .consent_store import ConsentStore
from .const import ATTR_UUID, LOGGER, PLACEHOLDER
from .delivery import Delivery
from .gate import Gate
from .guard import GuardError, inspect
from .models import Blocked, Consent, Kind, Obstacle, Outcome, Payload, Report, Request
from .payload import build, encode, facts_needed
from .settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Pipeline:
    """A report from the host's registries to the receiver's answer."""

    settings: Settings
    choices: Choices
    store: ConsentStore
    source: Source
    delivery: Delivery

    @property
    def gate(self) -> Gate:
        """Return the only way out."""
        return self.delivery.gate

    def blocked(self) -> Blocked | None:
        """Name what keeps reports from being sent, None if nothing does."""
        if switch := self.gate.switch:
            return Blocked(obstacle=Obstacle.SWITCH, detail=switch.name)
        if problem := self.settings.problem:
            return Blocked(obstacle=Obstacle.SETTINGS, detail=problem)
        if not self.store.saved:
            return Blocked(obstacle=Obstacle.NOT_SAVED)
        if not self.choices.consent.decided:
            return Blocked(obstacle=Obstacle.UNDECIDED)
        if self.choices.pending:
            return Blocked(obstacle=Obstacle.PENDING, detail=self.choices.destination.url)
        return None if allowed_fields(self.choices.in_force) else Blocked(obstacle=Obstacle.CHOICE)

    async def async_preview(self, consent: Consent) -> Report:
        """Return what would be sent under a consent. Raises GuardError and OSError as sending."""
        return await self._async_prepare(consent)

    async def async_send(self, attempt: int = 1) -> Outcome:
        """Build a report of what is allowed now, show it, send it, and tell how that ended."""
        await self.gate.async_read_switches()
        if blocked := self.blocked():
            return Outcome(kind=Kind.BLOCKED, reason=blocked.obstacle)
        try:
            report = self._still_allowed(await self._async_prepare(self.choices.in_force))
        except GuardError as error:
            LOGGER.error("Nothing is sent: %s. Please report this", error)
            return Outcome(kind=Kind.INVALID, reason=str(error))
        except OSError as error:
            return self.delivery.log.unsendable(
                f"secrets.yaml can't be read ({type(error).__name__})"
            )
        if not report.payload:
            return Outcome(kind=Kind.BLOCKED, reason=Obstacle.CHOICE)
        report = await self._async_identified(report)
        if blocked := self.blocked():
            return Outcome(kind=Kind.BLOCKED, reason=blocked.obstacle)
        return await self._async_deliver(report, attempt)

    async def _async_prepare(self, consent: Consent) -> Report:
        """Collect what a consent covers, build it, and let the guard look at it.

        Raises GuardError for a field that must not be sent, OSError where this home's own secrets,
        which the guard looks for, can't be read.
        """
        fields = allowed_fields(consent)
        if not fields:
            return Report()
        facts = await async_collect(self.source, facts_needed(fields))
        home = await async_home(self.source)
        passed = inspect(build(replace(facts, uuid=PLACEHOLDER), fields), fields, home)
        return Report(
            payload=passed.payload,
            dropped=passed.dropped,
            tiers={name: consented_version(consent, name) for name in allowed_tiers(consent)},
        )

    def _still_allowed(self, report: Report) -> Report:
        """Leave out what was withdrawn while the report was prepared."""
        consent = self.choices.in_force
        tiers = {
            name: report.tiers[name] for name in allowed_tiers(consent) if name in report.tiers
        }
        return replace(report, payload=keep_allowed(report.payload, consent), tiers=tiers)

    async def _async_identified(self, report: Report) -> Report:
        """Put the destination's id in, made now if this is the first report."""
        known = self.store.uuid(self.choices.destination)
        uuid = known or self.store.make_uuid(self.choices.destination)
        if known is None:
            await self.store.async_save()
        return replace(report, payload={**report.payload, ATTR_UUID: uuid})

    async def _async_deliver(self, report: Report, attempt: int) -> Outcome:
        """Send the report, if it is still allowed."""
        destination = self.choices.destination
        outcome = await self.delivery.async_deliver(
            report,
            destination,
            Request(url=destination.url, body=encode(report.payload)),
            lambda: self.permits(report),
            attempt,
        )
        return replace(outcome, dropped=report.dropped)

    def permits(self, report: Report) -> bool:
        """Tell whether all of a report is allowed at this moment, under the id that it has."""
        payload: Payload = report.payload
        same_id = payload[ATTR_UUID] == self.store.uuid(self.choices.destination)
        return same_id and keep_allowed(payload, self.choices.in_force) == payload
