"""What is told of a run that did not end as it should."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from ..code import Owner, Places
from ..collect import Source
from ..models import Message
from ..run import NAMES, UNCLEAN, End, Found, NativeFault, Run
from ..tiers import Event, FaultPlace
from .fullness import async_disk
from .steps import in_a_row, run_duration

PUBLIC: Final = (Owner.HOST, Owner.PACKAGE, Owner.PYTHON)


async def async_fault_event(source: Source, run: Run) -> Event | None:
    """Return the event of the last run's unclean end, None for any other."""
    places = Places(Path(source.hass.config.config_dir))
    event = await source.hass.async_add_executor_job(fault_event, run, run.found, places)
    return event and replace(event, disk_nearly_full=await async_disk(source))


async def async_kill_event(source: Source, run: Run) -> Event:
    """Return the event of a kill of this run, as the next start would tell it."""
    return Event(
        event=Message.FAULT,
        previous_end=End.KILLED.value,
        version_changed=False,
        run_duration=run_duration(run.lasts),
        unclean_ends=in_a_row(run.previous.unclean + 1),
        memory_nearly_full=False,
        disk_nearly_full=await async_disk(source),
    )


def fault_event(run: Run, found: Found, places: Places) -> Event | None:
    """Return what is known of the last run's unclean end, None for any other; blocking.

    Where the interpreter wrote down crashes, the newest one is what ended it.
    """
    if run.previous.end not in UNCLEAN:
        return None
    return Event(
        event=Message.FAULT,
        previous_end=run.previous.end.value,
        version_changed=run.version_changed,
        fault=_place(found.faults[-1], places) if found.faults else None,
        run_duration=run_duration(run.previous.lasted),
        unclean_ends=in_a_row(run.previous.unclean),
        memory_nearly_full=run.previous.ran_out,
    )


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
