"""One sentence for each matter: what leaves to whom and when, or what keeps it, and the remedy."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

from ..holding import Holding
from ..models import Destination, Kind, LastReport, Matter
from ..outbound import Scheduler
from ..settings import DEVICE_DATABASE, host_of, known


class Tone(StrEnum):
    """How a sentence is meant."""

    ON = "on"
    OFF = "off"
    WAITS = "waits"
    TROUBLE = "trouble"


class Do(StrEnum):
    """What the button beside a sentence does."""

    ANSWER = "answer"
    CHOOSE = "choose"
    OPTIONS = "options"
    SEND = "send"
    OUTBOX = "outbox"
    OPEN = "open"


@dataclass(frozen=True, kw_only=True, slots=True)
class Remedy:
    """What mends it; `to` is the question, the tier, the option or the room that it leads to."""

    do: Do
    to: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it for the page."""
        return {"key": f"now.do_{self.do}", **asdict(self)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A sentence; `text` is its key in the group `now`, `at` the time that it tells, in UTC."""

    matter: Matter
    tone: Tone
    text: str
    placeholders: Mapping[str, str] = field(default_factory=dict)
    at: str | None = None
    remedy: Remedy | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it for the page."""
        return {
            "matter": self.matter,
            "tone": self.tone,
            "key": f"now.{self.text}",
            "placeholders": dict(self.placeholders),
            "at": self.at,
            "remedy": self.remedy.as_dict() if self.remedy else None,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Going:
    """How it goes with what is allowed to leave; `how` is the end of the sentence's key."""

    how: str
    tone: Tone = Tone.ON
    reason: str = ""
    waiting: int = 0
    remedy: Remedy | None = None


TROUBLES: Final = {
    Kind.RETRYABLE: "undelivered",
    Kind.REFUSED: "refused",
    Kind.INVALID: "unmade",
}


def going(scheduler: Scheduler, last: LastReport | None, again: Remedy) -> Going:
    """Tell how it goes with what a schedule sends; `again` is what one can do after a failure."""
    if scheduler.next_due is None:
        return Going(how="sending" if scheduler.busy else "starting")
    trouble = TROUBLES.get(last.outcome.kind) if last else None
    if last is None or trouble is None:
        return Going(how="on")
    if last.outcome.kind is Kind.RETRYABLE and not scheduler.retrying:
        trouble = "undelivered_so_far"
    return Going(how=trouble, tone=Tone.TROUBLE, reason=last.outcome.reason, remedy=again)


def approved(holding: Holding, matter: Matter, goes: Going) -> Going:
    """Tell how it goes where each needs somebody's approval; else as it goes without."""
    if not holding.hold:
        return goes
    if waiting := sum(item.matter is matter for item in holding.items):
        look = Remedy(do=Do.OUTBOX)
        return Going(how="held", tone=Tone.WAITS, waiting=waiting, remedy=look)
    return Going(how="holding") if goes.how == "on" else goes


def called(destination: Destination) -> str:
    """Return how a sentence calls a destination: by its name, which is anybody's, and its host."""
    host, name = host_of(destination.url), destination.name
    if known(destination.url) or destination == DEVICE_DATABASE or name == host:
        return name
    return f"{name} ({host})"
