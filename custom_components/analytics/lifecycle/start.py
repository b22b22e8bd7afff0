"""What is told of a start of the host, once it has started."""

from ..collect import SetupFailures, Source, async_isolated, cloud, setup_failures
from ..models import Message
from ..run import Mark, Phase, Run
from ..tiers import Event, words
from .steps import stop_duration


async def async_start_event(source: Source, run: Run) -> Event:
    """Return the event of this start; a part that can't be read is left out."""
    failures: SetupFailures | None = await async_isolated("setup_failures", setup_failures, source)
    return Event(
        event=Message.START,
        start_duration=start_duration(run.file.marks),
        stop_duration=stop_duration(run.previous.stopped_in),
        previous_end=run.previous.end.value,
        version_changed=run.version_changed,
        setup_failures=failures.built_in if failures else None,
        custom_setup_failures=failures.custom if failures else None,
        cloud=await async_isolated("cloud", cloud, source),
    )


def start_duration(marks: tuple[Mark, ...]) -> int | None:
    """Return how long a start took, in steps; None where the marks don't tell."""
    began = next((mark.moment for mark in marks if mark.phase is Phase.STARTING), None)
    ready = next((mark.moment for mark in marks if mark.phase is Phase.RUNNING), None)
    if began is None or ready is None:
        return None
    return words.step(ready - began, words.DURATION_STEPS)
