"""What is told of a run that did not end as it should."""

from typing import Final

from ..code import Owner, Places
from ..models import Message
from ..run import NAMES, End, Found, NativeFault, Run
from ..tiers import Event, FaultPlace

UNCLEAN: Final = (End.KILLED, End.POWER_LOSS, End.CRASHED_AT_START, End.CRASHED_AT_STOP)
PUBLIC: Final = (Owner.HOST, Owner.PACKAGE, Owner.PYTHON)


def fault_event(run: Run, found: Found, places: Places) -> Event | None:
    """Return the event of the last run's unclean end, None for any other; blocking.

    Where the interpreter wrote down crashes, the newest one is what ended it.
    """
    if run.previous.end not in UNCLEAN:
        return None
    return Event(
        event=Message.FAULT,
        previous_end=run.previous.end.value,
        version_changed=run.version_changed,
        fault=_place(found.faults[-1], places) if found.faults else None,
    )


def kill_event() -> Event:
    """Return the event of a kill of this run, as the next start would tell it."""
    return Event(event=Message.FAULT, previous_end=End.KILLED.value, version_changed=False)


def _place(crash: NativeFault, places: Places) -> FaultPlace:
    """Return where a crash happened: the innermost frame that anybody could have."""
    function = file = line = None
    for frame in crash.stack:
        place = places.find(frame.file)
        if place is not None and place.owner in PUBLIC:
            function = frame.function if place.content.writes(frame.function) else None
            file, line = place.file, frame.line
            break
    return FaultPlace(
        error=NAMES[crash.error], thread=crash.thread, function=function, file=file, line=line
    )
