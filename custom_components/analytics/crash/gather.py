"""From what was noticed to what waits: each fault is built once, and lost by no interruption."""

from collections.abc import Awaitable, Callable

from ..const import LOGGER
from .build import CrashReport
from .capture import Captured, CaptureHandler
from .outbox import Outbox
from .record import Because

type Build = Callable[[Captured, int], Awaitable[CrashReport | None]]


async def async_gather(handler: CaptureHandler, outbox: Outbox, build: Build) -> None:
    """Put what was noticed into the outbox, on disk.

    What there was no time for is to be taken again; what is not reported today counts on.
    """
    taken, admitted = handler.take(), False
    try:
        while taken:
            captured, count = taken[0]
            dropped = await _async_dropped(outbox, build, captured, count)
            del taken[0]
            if dropped is None:
                admitted = True
            else:
                handler.give_back(captured, count)
                outbox.record.dropped(captured.key, dropped)
    finally:
        for captured, count in taken:
            handler.give_back(captured, count, again=True)
    if admitted:
        await outbox.async_save()


async def _async_dropped(
    outbox: Outbox, build: Build, captured: Captured, count: int
) -> Because | None:
    """Build one report and let it wait, or return why not."""
    if outbox.full:
        return Because.LIMIT
    try:
        report = await build(captured, count)
    except Exception:  # noqa: BLE001 - one that can't be made must not lose the others
        LOGGER.exception("A crash report can't be made, a fault of Open Analytics")
        return Because.UNMADE
    if report is None:
        return Because.OURS if outbox.agreed else Because.CONSENT
    dropped = outbox.admit(report)
    outbox.record.made(
        captured.key, digest=report.digest, integration=report.integration, event=report.event
    )
    return dropped
