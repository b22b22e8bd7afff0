"""Crash reports from the log to the server: what starts, stops and paces them."""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant, callback

from .. import changes
from ..collect import Source
from ..consent import Choices, ConsentStore
from ..const import LOGGER
from ..models import CrashServer, Kind, Matter, Outcome
from ..outbound import Delivery, Pacing, Worker
from ..part import Part
from ..run import Found, Run
from . import consent, native
from .build import CrashReport, Surroundings
from .capture import Captured, CaptureHandler
from .gather import async_gather
from .held import Newest
from .outbox import Outbox
from .sender import Sender
from .workshop import Workshop

# Of a flood of faults all that come within this time are counted in one report.
SETTLE: Final = timedelta(seconds=10)
STOP_LIMIT: Final = 5.0


class CrashReporter(Part):
    """Owns the handler of the root logger, the client, and the one timer and task that send."""

    matter = Matter.CRASH_REPORTS

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        server: CrashServer | None,
        choices: Choices,
        store: ConsentStore,
        source: Source,
        delivery: Delivery,
        outbox: Outbox,
        run: Run,
    ) -> None:
        """Keep the collaborators; nothing is noticed before async_start."""
        self._hass = hass
        self.server = server
        self._choices = choices
        self._store = store
        self._gate = delivery.gate
        self.outbox = outbox
        self._run = run
        self.workshop = Workshop(source, run, lambda: self.in_force)
        self.sender: Sender | None = None
        if server is not None:
            self.sender = Sender(
                server=server,
                store=store,
                outbox=outbox,
                delivery=delivery,
                allowed=lambda: self.allowed,
            )
        self._handler: CaptureHandler | None = None
        self._started = False
        self._pacing = Pacing()
        self._settling = False  # whether the timer waits for more of the same
        self.worker = Worker(hass, "analytics crash reports", self._async_work)

    @property
    def allowed(self) -> bool:
        """Tell whether crash reports may be sent at this moment."""
        return self.in_force and self._store.saved

    @property
    def effective(self) -> bool:
        """Tell whether they would leave, too."""
        return self.allowed and self._gate.problem is None

    @property
    def in_force(self) -> bool:
        """Tell whether there is a yes to crash reports, and no switch is on."""
        return (
            self.server is not None
            and self._gate.switch is None
            and consent.diagnostics(self._choices)
            and consent.consented_version(self._store, self.server) > 0
        )

    @property
    def waiting(self) -> int:
        """Return how many reports wait to be sent."""
        return len(self.outbox.waiting)

    async def async_load(self, *, copied: bool) -> None:
        """Drop what waits where it is another home's, or there is no yes to it any more."""
        if copied:
            self.outbox.withdraw()
            await self.outbox.async_save()
        self.async_update()

    @callback
    def async_start(self) -> None:
        """Begin, once the switches were read; what crashed natively before is looked at now."""
        self._started = True
        found = Found() if self._run.looked_at else self._run.found
        self._run.looked_at = True
        agreed = self.outbox.agreed
        self.async_update()
        # What was there before the yes was read at the yes, and is not found again.
        if self._handler and agreed:
            for fault in found.faults:
                self._handler.add(native.captured(fault, found.written_at))

    @callback
    def async_update(self) -> None:
        """Follow a change of the choices or of a switch: listen, or stop at once."""
        if not self.in_force:
            self._withdraw()
        elif self._started and self._handler is None and self.server is not None:
            self._handler = CaptureHandler(self._noticed, self.outbox.record)
            logging.getLogger().addHandler(self._handler)
            if self.outbox.allow(self.server.destination.url):
                self._hass.async_create_task(self._async_agreed())
            if self.waiting:
                self._arm(SETTLE)

    @callback
    def async_forget(self) -> None:
        """Drop what waits: it may have arrived under the id that is taken back."""
        if self.server is not None:
            self._deafen()
            self.outbox.clear()
            self._hass.async_create_task(self.outbox.async_save())

    async def async_watch(self) -> None:
        """Write again what could not be written, and now and then that what waits gets older."""
        if self.outbox.follow_clock() or self.outbox.outdated:
            await self.outbox.async_save()

    async def async_stop(self) -> None:
        """Stop listening, keep on disk what was noticed, and leave neither timer nor task."""
        self._started = False
        handler, task = self._handler, self._deafen()
        if task is not None:
            await asyncio.wait([task])
        with suppress(TimeoutError):  # a disk that hangs must not hold up the host's stop
            async with asyncio.timeout(STOP_LIMIT):
                if handler is not None and self.allowed:
                    await self._async_gather(handler)
                if self.server is not None:
                    self.outbox.follow_clock()
                    await self.outbox.async_save()
        self.workshop.close()

    async def _async_agreed(self) -> None:
        """Let what crashed natively so far be of before the yes, and save that there is one."""
        await self._hass.async_add_executor_job(self._run.fault_log.new)
        await self.outbox.async_save()

    async def async_newest(self) -> Newest | None:
        """Return the envelope that the newest fault would be sent in; None without one."""
        newest = self._handler.newest if self._handler else None
        return await self.workshop.async_show(newest, self._async_build, self.sender)

    def _noticed(self) -> None:
        """Be told of a fault, in any thread."""
        with suppress(RuntimeError):  # the loop has ended
            self._hass.loop.call_soon_threadsafe(self._arm_for_new)

    @callback
    def _arm_for_new(self) -> None:
        """Wait a little; what goes on already sees to what is new at its end."""
        changes.async_tell(self._hass)
        if self._handler is not None and not self.worker.busy and not self._settling:
            self._arm(SETTLE, settling=True)

    def _arm(self, delay: timedelta, *, settling: bool = False) -> None:
        self._settling = settling
        self.worker.async_arm(delay)

    def _withdraw(self) -> None:
        """Stop at once, and drop what was noticed under a yes that is no longer there."""
        self._deafen()
        self.workshop.close()
        if self.outbox.withdraw():
            self._hass.async_create_task(self.outbox.async_save())

    def _deafen(self) -> asyncio.Task[None] | None:
        """Stop listening and sending; returns the task that was cancelled."""
        if self._handler is not None:
            logging.getLogger().removeHandler(self._handler)
            self._handler = None
        self._settling = False
        return self.worker.async_stop()

    async def _async_work(self) -> None:
        """Report what was noticed, and what waits; then wait for more, or to try again."""
        self._settling = False
        await self._gate.async_read_switches()
        if not self.allowed:
            return  # it is followed within the minute
        try:
            if self._handler is not None:
                await self._async_gather(self._handler)
            if self.sender and not self._pacing.wait(self._hass.loop.time()):
                failure = await self.sender.async_send_waiting(self._pacing.attempt)
                self._pacing.note(failure, self._hass.loop.time())
        except Exception as error:  # noqa: BLE001 - a fault must not end crash reports
            LOGGER.exception("A crash report failed in a way that is a fault of Open Analytics")
            failure = Outcome(kind=Kind.INVALID, reason=type(error).__name__)
            self._pacing.note(failure, self._hass.loop.time())
        if not self.worker.is_current:
            return
        if self._handler is not None and self._handler.waiting:
            self._arm(SETTLE, settling=True)
        elif self.waiting:
            self._arm(max(SETTLE, self._pacing.wait(self._hass.loop.time())))

    async def _async_gather(self, handler: CaptureHandler) -> None:
        """Put what was noticed into the outbox."""
        if handler.waiting:
            around = await self.workshop.async_surroundings()
            await async_gather(handler, self.outbox, partial(self._async_build, around))

    async def _async_build(
        self, around: Surroundings, captured: Captured, count: int
    ) -> CrashReport | None:
        """Make the report of a fault, as the yes allows it; None where there is no yes."""
        if self.server is None or not self.in_force:
            return None
        version = consent.consented_version(self._store, self.server)
        return await self.workshop.async_build(captured, count, self.server, version, around)
