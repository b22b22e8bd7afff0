"""What is shown of the faults that were noticed. Reads the disk: not for the event loop."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from ..code import Places
from .build import CrashReport, owner
from .faults import Fault, Frame
from .fields import VERSION
from .record import Seen, State, told
from .scrub import digest, scrub
from .times import Json, written

# The innermost places, which say most.
MAX_PLACES: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Noticed:
    """A fault as it is shown, and what became of it."""

    digest: str
    kind: str
    where: list[str]
    integration: str | None
    count: int
    first: str | None
    last: str | None
    state: State = State.WAITING
    why: str | None = None
    event: Json | None = field(default=None, repr=False)
    event_id: str | None = None


def noticed(
    seen: Iterable[Seen],
    waiting: Iterable[CrashReport],
    held: Iterable[CrashReport],
    places: Places,
) -> list[Noticed]:
    """Return what was noticed in this run, the newest first, and what waits from those before.

    `held` is what waits for approval.
    """
    now = [_of(each, places) for each in seen]
    known = {each.event_id for each in now}
    before = [
        *(_of_before(each, State.WAITING) for each in waiting),
        *(_of_before(each, State.HELD) for each in held),
    ]
    return [*now, *(each for each in before if each.event_id not in known)]


def _of(seen: Seen, places: Places) -> Noticed:
    first, last = told(seen)
    fault = seen.fault
    return Noticed(
        digest=seen.digest or f"{id(seen):x}",
        kind=fault.raised[0].name,
        where=[*_places(fault, places)],
        integration=seen.integration or _integration(fault, places),
        count=seen.count,
        first=written(first),
        last=written(last),
        state=seen.state,
        why=seen.because,
        event=seen.event,
        event_id=seen.event_id,
    )


def _of_before(kept: CrashReport, state: State) -> Noticed:
    """Return a fault of an earlier run by what is kept of it."""
    # It was on disk, where anybody can have changed it.
    event = scrub({key: part for key, part in kept.event.items() if key != "user"}, VERSION)
    raised = event["exception"]["values"][-1]
    frames = raised["stacktrace"]["frames"][-MAX_PLACES:]
    time = event.get("timestamp")
    return Noticed(
        digest=kept.digest or digest(event),
        kind=raised["type"],
        where=[
            f"{frame.get('filename') or frame['package']}:{frame.get('lineno', 0)} "
            f"{frame['function']}"
            for frame in reversed(frames)
        ],
        integration=kept.integration or event.get("tags", {}).get("integration"),
        count=event.get("contexts", {}).get("fault", {}).get("count", 1),
        first=time,
        last=time,
        state=state,
        event=event,
        event_id=event.get("event_id"),
    )


def _places(fault: Fault, places: Places) -> Iterator[str]:
    for frame in reversed(fault.raised[0].frames[-MAX_PLACES:]):
        yield f"{_file(frame, places)}:{frame.line} {frame.function}"


def _file(frame: Frame, places: Places) -> str:
    place = places.find(frame.file)
    return place.file if place else frame.file


def _integration(fault: Fault, places: Places) -> str | None:
    found = owner(fault, {file: places.find(file) for file in _files(fault)})
    return found.integration if found else None


def _files(fault: Fault) -> set[str]:
    return {frame.file for raised in fault.raised for frame in raised.frames}
