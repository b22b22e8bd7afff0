"""The whole flow of a report, top to bottom.

host registries - collect -> Facts - tiers -> Payload - consent -> guard -> journal, log -> gate
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from .collect import OnDisk, Source, async_collect, async_home
from .consent import (
    Choices,
    ConsentStore,
    allowed_fields,
    allowed_tiers,
    consented_version,
    keep_allowed,
)
from .const import ATTR_UUID, LOGGER, PLACEHOLDER
from .guard import GuardError, inspect
from .models import (
    EVENTS,
    Blocked,
    Consent,
    Kind,
    Message,
    Obstacle,
    Outcome,
    Payload,
    Report,
    Request,
)
from .outbound import Delivery, Gate
from .settings import Settings
from .tiers import TIERS, Field, build, encode, facts_needed

# Below the address of a destination.
EVENTS_PATH: Final = "events"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pipeline:
    """A report from the host's registries to the receiver's answer; events join it half-way."""

    settings: Settings
    choices: Choices
    store: ConsentStore
    source: Source
    delivery: Delivery

    @property
    def gate(self) -> Gate:
        """Return the only way out."""
        return self.delivery.gate

    def blocked(self, message: Message = Message.REPORT) -> Blocked | None:
        """Name what keeps a message from being sent, None if nothing does."""
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
        allowed = allowed_fields(self.choices.in_force, message)
        return None if allowed else Blocked(obstacle=Obstacle.CHOICE)

    async def async_preview(self, consent: Consent) -> Report:
        """Return what would be sent under a consent. Raises GuardError and OSError as sending."""
        return await self._async_prepare(consent)

    async def async_preview_event(
        self, message: Message, payload: Payload, consent: Consent
    ) -> Report:
        """Return what would be sent of an event under a consent. Raises as `async_preview`."""
        return await self._async_prepare_event(message, payload, consent)

    async def async_send(self, attempt: int = 1) -> Outcome:
        """Build a report of what is allowed now, show it, send it, and tell how that ended."""
        return await self._async_send(
            Message.REPORT, lambda disk: self._async_prepare(self.choices.in_force, disk), attempt
        )

    async def async_send_event(self, message: Message, payload: Payload, attempt: int) -> Outcome:
        """Send what was noted of an event, as far as it is allowed now."""
        return await self._async_send(
            message,
            lambda disk: self._async_prepare_event(message, payload, self.choices.in_force, disk),
            attempt,
        )

    async def _async_send(
        self, message: Message, prepare: Callable[[OnDisk], Awaitable[Report]], attempt: int
    ) -> Outcome:
        disk = OnDisk(self.source)
        await self.gate.async_read_switches(disk.read)
        if blocked := self.blocked(message):
            return Outcome(kind=Kind.BLOCKED, reason=blocked.obstacle)
        try:
            report = self._still_allowed(await prepare(disk))
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
        if blocked := self.blocked(message):
            return Outcome(kind=Kind.BLOCKED, reason=blocked.obstacle)
        return await self._async_deliver(report, attempt)

    async def _async_prepare(self, consent: Consent, disk: OnDisk | None = None) -> Report:
        """Collect what a consent covers, build it, and let the guard look at it.

        Raises GuardError for a field that must not be sent, OSError where this home's own secrets,
        which the guard looks for, can't be read.
        """
        fields = allowed_fields(consent)
        if not fields:
            return Report()
        facts = await async_collect(self.source, facts_needed(fields))
        built = build(replace(facts, uuid=PLACEHOLDER), fields)
        return await self._async_inspect(Message.REPORT, built, fields, consent, disk)

    async def _async_prepare_event(
        self, message: Message, payload: Payload, consent: Consent, disk: OnDisk | None = None
    ) -> Report:
        """Let the guard look at what was noted of an event. Raises as _async_prepare."""
        fields = allowed_fields(consent, message)
        if not fields:
            return Report(message=message)
        # First for the order, and last so that what is on disk can't set it.
        identified = {ATTR_UUID: PLACEHOLDER} | payload | {ATTR_UUID: PLACEHOLDER}
        allowed = keep_allowed(identified, consent, message)
        return await self._async_inspect(message, allowed, fields, consent, disk)

    async def _async_inspect(
        self,
        message: Message,
        payload: Payload,
        fields: tuple[Field, ...],
        consent: Consent,
        disk: OnDisk | None,
    ) -> Report:
        passed = inspect(payload, fields, await async_home(self.source, disk))
        owners = {name for name in allowed_tiers(consent) if set(TIERS[name].fields) & set(fields)}
        return Report(
            message=message,
            payload=passed.payload,
            dropped=passed.dropped,
            tiers={name: consented_version(consent, name) for name in TIERS if name in owners},
        )

    def _still_allowed(self, report: Report) -> Report:
        """Leave out what was withdrawn while the report was prepared."""
        consent = self.choices.in_force
        tiers = {
            name: report.tiers[name] for name in allowed_tiers(consent) if name in report.tiers
        }
        payload = keep_allowed(report.payload, consent, report.message)
        return replace(report, payload=payload, tiers=tiers)

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
        url = destination.url
        if report.message in EVENTS:
            url = f"{url.rstrip('/')}/{EVENTS_PATH}"
        outcome = await self.delivery.async_deliver(
            report,
            destination,
            Request(url=url, body=encode(report.payload)),
            lambda: self.permits(report),
            attempt,
        )
        return replace(outcome, dropped=report.dropped)

    def permits(self, report: Report) -> bool:
        """Tell whether all of a report is allowed at this moment, under the id that it has."""
        payload: Payload = report.payload
        same_id = payload[ATTR_UUID] == self.store.uuid(self.choices.destination)
        return same_id and keep_allowed(payload, self.choices.in_force, report.message) == payload
