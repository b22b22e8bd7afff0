"""What was noticed in this run of the host, how often, and what became of it: for who looks.

In memory and bounded. It has types and places of a fault as `faults` takes them, and no value.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from .. import clock
from ..models import Kind, Outcome
from .faults import Fault
from .times import Json

type Key = tuple[object, ...]
type Read = Callable[[], Fault | None]

MAX_SEEN: Final = 100
# Of these what would be sent is kept as well, the newest.
MAX_EVENTS: Final = 20


class State(StrEnum):
    """What became of a fault."""

    WAITING = "waiting"
    HELD = "held"
    SENT = "sent"
    DROPPED = "dropped"


class Because(StrEnum):
    """Why nothing is sent of a fault."""

    NOISE = "noise"
    OURS = "ours"
    TODAY = "today"
    LIMIT = "limit"
    NEVER = "never"
    CONSENT = "consent"
    REFUSED = "refused"
    DISCARDED = "discarded"
    UNMADE = "unmade"


@dataclass(slots=True)
class Seen:
    """A fault: when it was first and last, by the running clock, and what became of it.

    `time`, in seconds since the epoch, is of one that an earlier run left.
    """

    fault: Fault
    first: float
    last: float
    time: float | None = None
    count: int = 1
    state: State = State.WAITING
    because: Because | None = None
    digest: str | None = None
    integration: str | None = None
    event: Json | None = field(default=None, repr=False)
    event_id: str | None = None


class Record:
    """Faults by their keys, the one that was noticed last at the end. `changes` grows with each."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._seen: dict[Key, Seen] = {}
        # What is new when it comes again: the user's no to it was taken back.
        self._new_again: set[Key] = set()
        self.changes = 0

    @property
    def seen(self) -> list[Seen]:
        """Return all, the newest first."""
        return [*self._seen.values()][::-1]

    def again(self, key: Key, now: float) -> bool:
        """Count a fault once more; False for one that is not known here."""
        if (known := self._seen.get(key)) is None:
            return False
        known.count += 1
        known.last = now
        self.changes += 1
        return True

    def noticed(self, key: Key, fault: Fault, now: float, time: float | None = None) -> None:
        """Note a fault that is going to be looked at."""
        if known := self._seen.get(key):
            known.state, known.because = State.WAITING, None
        else:
            self._add(key, Seen(fault, now, now, time))
        self.changes += 1

    def noise(self, key: Key, read: Read, now: float) -> None:
        """Note what is no fault of the code; it is read only if it is not known."""
        if key not in self._seen and (fault := read()) is not None:
            seen = Seen(fault, now, now, state=State.DROPPED, because=Because.NOISE)
            self._add(key, seen)
            self.changes += 1

    def made(self, key: Key, *, digest: str, integration: str | None, event: Json) -> None:
        """Note what would be sent of a fault."""
        if (known := self._seen.get(key)) is None:
            return
        known.digest, known.integration = digest, integration
        known.event, known.event_id = event, event["event_id"]
        for older in [each for each in self.seen if each.event is not None][MAX_EVENTS:]:
            older.event = None

    def dropped(self, key: Key, because: Because) -> None:
        """Note why nothing is sent of a fault."""
        if known := self._seen.get(key):
            known.state, known.because = State.DROPPED, because
            self.changes += 1

    def ended(self, event_id: str, outcome: Outcome) -> None:
        """Note how it ended that a report was sent."""
        ends: dict[Kind, tuple[State, Because | None]] = {
            Kind.SENT: (State.SENT, None),
            Kind.HELD: (State.HELD, None),
            Kind.REFUSED: (State.DROPPED, Because.REFUSED),
        }
        if (known := self._by_event(event_id)) and outcome.kind in ends:
            known.state, known.because = ends[outcome.kind]
            self.changes += 1

    def withdraw(self, because: Because, integration: str | None = None) -> None:
        """Note that what waits is dropped, all of it or that of an integration."""
        for each in self.seen:
            waits = each.state in (State.WAITING, State.HELD)
            if waits and integration in (None, each.integration):
                each.state, each.because, each.event = State.DROPPED, because, None
        self.changes += 1

    def readmit(self, integration: str) -> None:
        """Let faults of an integration be new again, of which nothing was to be told."""
        self._new_again.update(
            key
            for key, each in [*self._seen.items()]  # other threads may add to it
            if (each.because, each.integration) == (Because.NEVER, integration)
        )

    def is_new_again(self, key: Key) -> bool:
        """Tell whether a fault that is known counts as new, once."""
        found = key in self._new_again
        self._new_again.discard(key)
        return found

    def integration(self, event_id: str) -> str | None:
        """Return where the fault of a report happened, as far as that is known here."""
        known = self._by_event(event_id)
        return known.integration if known else None

    def _by_event(self, event_id: str) -> Seen | None:
        return next((each for each in self.seen if each.event_id == event_id), None)

    def _add(self, key: Key, seen: Seen) -> None:
        """Remember a fault, in place of the oldest that says nothing, or of the oldest."""
        if len(self._seen) >= MAX_SEEN:
            known = [*self._seen.items()]
            idle = [each for each, old in known if old.because is Because.NOISE]
            self._seen.pop(idle[0] if idle else known[0][0], None)
        self._seen[key] = seen


def told(seen: Seen) -> tuple[float, float]:
    """Return when a fault was first and last, by the clock as it is set now."""
    first = clock.time_of(seen.first) if seen.time is None else seen.time
    last = first if seen.last == seen.first else clock.time_of(seen.last)
    return first, last
