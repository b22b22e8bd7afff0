"""What is told of a stop of the host as it should be."""

from ..collect import Source
from ..models import Message
from ..run import Run
from ..tiers import Event
from .fullness import async_disk, async_memory
from .steps import RECOVERED, run_duration


async def async_stop_event(source: Source, run: Run) -> Event:
    """Return the event of this stop; a part that can't be read is left out."""
    return Event(
        event=Message.STOP,
        run_duration=run_duration(run.lasts),
        unclean_ends=RECOVERED if run.previous.unclean else None,
        memory_nearly_full=await async_memory(source),
        disk_nearly_full=await async_disk(source),
    )
