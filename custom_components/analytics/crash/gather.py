"""From what was noticed to what waits: each fault is built once, and lost by no interruption."""

from collections.abc import Awaitable, Callable

from ..const import LOGGER
from .build import CrashReport
from .capture import Captured, CaptureHandler
from .outbox import Outbox

type Build = Callable[[Captured, int], Awaitable[CrashReport | None]]


async def async_gather(handler: CaptureHandler, outbox: Outbox, build: Build) -> None:
    """Put what was noticed into the outbox, on disk.

    What there was no time for is to be taken again; what is not reported today counts on.
    """
    taken, admitted = handler.take(), False
    try:
        while taken:
            captured, count = taken[0]
            report = None if outbox.full else await _async_built(build, captured, count)
            del taken[0]
            if report is not None and outbox.admit(report):
                admitted = True
            else:
                handler.give_back(captured, count)
    finally:
        for captured, count in taken:
            handler.give_back(captured, count, again=True)
    if admitted:
        await outbox.async_save()


async def _async_built(build: Build, captured: Captured, count: int) -> CrashReport | None:
    """Build one report; one that can't be made must not lose the others."""
    try:
        return await build(captured, count)
    except Exception:  # noqa: BLE001
        LOGGER.exception("A crash report can't be made, a fault of Open Analytics")
        return None
