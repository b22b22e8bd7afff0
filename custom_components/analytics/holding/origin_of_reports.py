"""Reports and events that wait: the pipeline's, with its consent and its guard."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..collect import async_home
from ..consent import allowed_fields, allowed_tiers, keep_allowed
from ..const import ATTR_UUID, LOGGER, PLACEHOLDER
from ..guard import GuardError
from ..models import Blocked, Message, Obstacle, Outcome, Report
from ..outbound import Noted
from ..pipeline import Draft, Pipeline
from ..tiers import encode
from .held import Held
from .origin import UnfitError, unchanged


@dataclass(frozen=True, kw_only=True, slots=True)
class Reports:
    """Where they come from, and by which way they leave; `told` is told how a report ended."""

    pipeline: Pipeline
    told: Callable[[Outcome], None]

    def blocked(self, item: Held) -> Blocked | None:
        """Name what keeps it from leaving at this moment."""
        report = item.report
        here = item.url == self.pipeline.choices.destination.url
        # First: a no counts also while something else keeps it from leaving.
        if here and not self.pipeline.permits(report):
            return Blocked(obstacle=Obstacle.CHOICE)
        if found := self.pipeline.blocked(report.message):
            return found
        return None if here else Blocked(obstacle=Obstacle.CHOICE)

    async def async_send(self, item: Held, permit: Callable[[], bool], noted: Noted) -> Outcome:
        """Send exactly these bytes. Raises ChangedError, UnfitError and OSError."""
        report = item.report
        draft = await self._async_draft(report)

        def make() -> tuple[Report, bytes]:
            try:
                again = draft.report(report.payload[ATTR_UUID])
            except GuardError as error:
                LOGGER.error("Nothing is sent: %s. Please report this", error)
                raise UnfitError(str(error)) from error
            return unchanged(item, again, encode(again.payload))

        return await self.pipeline.delivery.async_deliver(
            make,
            self.pipeline.choices.destination,
            self.pipeline.request(report.message),
            lambda sent: permit() and self.pipeline.permits(sent),
            item.attempt,
            noted,
            approved=True,
        )

    async def _async_draft(self, report: Report) -> Draft:
        """Return it as it was before the guard looked at it."""
        consent = self.pipeline.choices.in_force
        fields = allowed_fields(consent, report.message)
        return Draft(
            message=report.message,
            payload={**report.payload, ATTR_UUID: PLACEHOLDER},
            fields=tuple(each for each in fields if each.name in report.payload),
            tiers=report.tiers,
            consent=consent,
            home=await async_home(self.pipeline.source),
        )

    def trimmed(self, item: Held, without: tuple[str, ...]) -> Held | None:
        """Return what a no to these tiers would leave of it; None where that is nothing."""
        consent, report = self.pipeline.choices.in_force, item.report
        chosen = {**consent.preferences, **dict.fromkeys(without, False)}
        consent = replace(consent, preferences=chosen)
        left = keep_allowed(report.payload, consent, report.message)
        if not left:
            return None
        tiers, names = allowed_tiers(consent), {name.partition(".")[0] for name in left}
        return replace(
            item,
            body=encode(left).decode(),
            tiers={name: version for name, version in item.tiers.items() if name in tiers},
            dropped={
                path: number
                for path, number in item.dropped.items()
                if path.partition(".")[0] in names
            },
        )

    def ended(self, item: Held, outcome: Outcome) -> None:
        """Take note of how that ended."""
        if item.kind is Message.REPORT:
            self.told(outcome)
