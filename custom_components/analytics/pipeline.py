"""The whole flow of a report, top to bottom.

host registries - collect -> Facts - tiers -> Payload - consent -> guard -> journal, log -> gate
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from time import sleep
from typing import Final

from .collect import Home, Source, async_collect, async_home
from .consent import (
    Choices,
    ConsentStore,
    allowed_fields,
    allowed_tiers,
    consented_version,
    keep_allowed,
)
from .const import ATTR_UUID, LOGGER, PLACEHOLDER
from .guard import GuardError, Held, Inspected, held, inspect
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
class Draft:
    """What was collected under a consent, before the guard has looked at it."""

    message: Message
    payload: Payload
    fields: tuple[Field, ...]
    tiers: Mapping[str, int]
    consent: Consent
    home: Home

    def report(self, uuid: str = PLACEHOLDER) -> Report:
        """Let the guard look at it, and put the id in. Blocking.

        Raises GuardError for a field that must not be sent, OSError where this home's own secrets,
        which the guard looks for, can't be read.
        """
        knowledge = self.home.knowledge()
        sleep(0)  # the event loop waits for as long as this thread holds the interpreter
        return self._report(inspect(self.payload, self.fields, knowledge), uuid)

    def shown(self) -> "Shown":
        """Return it without an id, and what is held back of it. Blocking; raises as `report`."""
        knowledge = self.home.knowledge()
        passed = inspect(self.payload, self.fields, knowledge)
        return Shown(
            report=self._report(passed, PLACEHOLDER), held=held(passed.left_out, knowledge)
        )

    def _report(self, passed: Inspected, uuid: str) -> Report:
        return Report(
            message=self.message,
            payload={**passed.payload, ATTR_UUID: uuid},
            dropped=passed.dropped,
            tiers=self.tiers,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A report that would leave, and what of the home would be held back of it."""

    report: Report
    held: tuple[Held, ...] = ()


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

    @property
    def problem(self) -> str | None:
        """Name what the user has to mend before anything can be sent."""
        return self.settings.problem or self.gate.problem

    def blocked(self, message: Message = Message.REPORT) -> Blocked | None:
        """Name what keeps a message from being sent, None if nothing does."""
        if switch := self.gate.switch:
            return Blocked(obstacle=Obstacle.SWITCH, detail=switch.name)
        if problem := self.problem:
            return Blocked(obstacle=Obstacle.SETTINGS, detail=problem)
        if not self.store.saved:
            return Blocked(obstacle=Obstacle.NOT_SAVED)
        if allowed_fields(self.choices.in_force, message):
            return None
        if not self.choices.consent.decided:
            return Blocked(obstacle=Obstacle.UNDECIDED)
        if self.choices.pending:
            return Blocked(obstacle=Obstacle.PENDING, detail=self.choices.destination.url)
        return Blocked(obstacle=Obstacle.CHOICE)

    async def async_preview(self, consent: Consent) -> Shown:
        """Return what would be sent under a consent. Raises GuardError and OSError as sending."""
        return await self._async_inspected(await self._async_collected(consent))

    async def async_preview_event(
        self, message: Message, payload: Payload, consent: Consent
    ) -> Shown:
        """Return what would be sent of an event under a consent. Raises as `async_preview`."""
        return await self._async_inspected(await self._async_noted(message, payload, consent))

    async def async_send(self, attempt: int = 1) -> Outcome:
        """Build a report of what is allowed now, show it, send it, and tell how that ended."""
        return await self._async_send(Message.REPORT, self._async_collected, attempt)

    async def async_send_event(self, message: Message, payload: Payload, attempt: int) -> Outcome:
        """Send what was noted of an event, as far as it is allowed now."""
        return await self._async_send(
            message, lambda consent: self._async_noted(message, payload, consent), attempt
        )

    async def _async_send(
        self, message: Message, collect: Callable[[Consent], Awaitable[Draft]], attempt: int
    ) -> Outcome:
        if not self.gate.is_open:  # it may be again; what closed it since is found on the way
            await self.gate.async_read()
        if blocked := self.blocked(message):
            return Outcome(kind=Kind.BLOCKED, reason=blocked.obstacle)
        draft = self._still_allowed(await collect(self.choices.in_force))
        if not draft.fields:
            return Outcome(kind=Kind.BLOCKED, reason=Obstacle.CHOICE)
        uuid = await self._async_uuid()
        if blocked := self.blocked(message):
            return Outcome(kind=Kind.BLOCKED, reason=blocked.obstacle)
        try:
            return await self._async_deliver(draft, uuid, attempt)
        except GuardError as error:
            LOGGER.error("Nothing is sent: %s. Please report this", error)
            return Outcome(kind=Kind.INVALID, reason=str(error))
        except OSError as error:
            return self.delivery.log.unsendable(
                f"secrets.yaml can't be read ({type(error).__name__})"
            )

    async def _async_collected(self, consent: Consent) -> Draft:
        """Collect what a consent covers, and build it."""
        fields = allowed_fields(consent)
        facts = await async_collect(self.source, facts_needed(fields))
        built = build(replace(facts, uuid=PLACEHOLDER), fields)
        return await self._async_draft(Message.REPORT, built, fields, consent)

    async def _async_noted(self, message: Message, payload: Payload, consent: Consent) -> Draft:
        """Leave of what was noted of an event what a consent covers."""
        fields = allowed_fields(consent, message)
        # First for the order, and last so that what is on disk can't set it.
        identified = {ATTR_UUID: PLACEHOLDER} | payload | {ATTR_UUID: PLACEHOLDER}
        allowed = keep_allowed(identified, consent, message)
        return await self._async_draft(message, allowed, fields, consent)

    async def _async_draft(
        self, message: Message, payload: Payload, fields: tuple[Field, ...], consent: Consent
    ) -> Draft:
        owners = {name for name in allowed_tiers(consent) if set(TIERS[name].fields) & set(fields)}
        return Draft(
            message=message,
            payload=payload,
            fields=fields,
            tiers={name: consented_version(consent, name) for name in TIERS if name in owners},
            consent=consent,
            home=await async_home(self.source),
        )

    def _still_allowed(self, draft: Draft) -> Draft:
        """Leave out what was withdrawn while it was collected."""
        consent = self.choices.in_force
        if consent == draft.consent:
            return draft
        tiers = {name: draft.tiers[name] for name in allowed_tiers(consent) if name in draft.tiers}
        payload = keep_allowed(draft.payload, consent, draft.message)
        fields = tuple(
            each for each in allowed_fields(consent, draft.message) if each in draft.fields
        )
        return replace(draft, payload=payload, fields=fields, tiers=tiers)

    async def _async_inspected(self, draft: Draft) -> Shown:
        if not draft.fields:
            return Shown(report=Report(message=draft.message))
        return await self.source.hass.async_add_executor_job(draft.shown)

    async def _async_uuid(self) -> str:
        """Return the destination's id, made now if this is the first report."""
        known = self.store.uuid(self.choices.destination)
        uuid = known or self.store.make_uuid(self.choices.destination)
        if known is None:
            await self.store.async_save()
        return uuid

    async def _async_deliver(self, draft: Draft, uuid: str, attempt: int) -> Outcome:
        """Send the report, if it is still allowed. Raises GuardError and OSError as it is made."""

        def make() -> tuple[Report, bytes]:
            report = draft.report(uuid)
            return report, encode(report.payload)

        return await self.delivery.async_deliver(
            make, self.choices.destination, self.request(draft.message), self.permits, attempt
        )

    def request(self, message: Message) -> Request:
        """Return the request that carries a message to the destination."""
        url = self.choices.destination.url
        return Request(url=f"{url.rstrip('/')}/{EVENTS_PATH}" if message in EVENTS else url)

    def permits(self, report: Report) -> bool:
        """Tell whether all of a report is allowed at this moment, under the id that it has."""
        payload: Payload = report.payload
        same_id = payload[ATTR_UUID] == self.store.uuid(self.choices.destination)
        return same_id and keep_allowed(payload, self.choices.in_force, report.message) == payload
