"""Starts, stops and crashes of the host, from what happened to the destination."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Final

from homeassistant.const import __version__ as HOST_VERSION
from homeassistant.core import HomeAssistant, callback

from ..collect import UNKNOWN
from ..consent import allowed_fields
from ..const import LOGGER
from ..models import Consent, Kind, Matter, Message, Outcome, Payload
from ..outbound import Pacing, Worker
from ..part import Part
from ..pipeline import Pipeline, Shown
from ..run import Run
from ..tiers import Event, Facts, Installation, build
from .fault import async_fault_event, async_kill_event
from .queue import EventQueue, Waiting
from .start import async_start_event
from .stop import async_stop_event
from .told import OF_THE_PAST, told

# Until then what could not be set up at first was tried again, and the cloud has connected.
SETTLED_AFTER: Final = timedelta(minutes=1)
STOP_LIMIT: Final = 2.0
# The field that stands for all that is counted: they came with one version of the tier.
ENDS: Final = "unclean_ends"
FINAL: Final = {Kind.SENT, Kind.REFUSED, Kind.INVALID, Kind.HELD}


class LifecycleReporter(Part):
    """Notes events while they are allowed, and sends them, oldest first."""

    matter = Matter.REPORTS

    def __init__(
        self, hass: HomeAssistant, *, pipeline: Pipeline, queue: EventQueue, run: Run
    ) -> None:
        """Keep the collaborators; nothing is noted before async_start."""
        self._hass = hass
        self._pipeline = pipeline
        self._queue = queue
        self._run = run
        self._told = told(hass)
        self._pacing = Pacing()
        self._settled = Worker(hass, "analytics start event", self._async_settled)
        self._worker = Worker(hass, "analytics events", self._async_work)
        self._running = False
        self._withhold()

    @property
    def waiting(self) -> int:
        """Return how many events wait to be sent."""
        return len(self._queue.waiting)

    def _fields(self, message: Message) -> set[str]:
        """Return what may be told of such an event; nothing while a switch is on."""
        if self._pipeline.gate.switch is not None:
            return set()
        return {field.name for field in allowed_fields(self._pipeline.choices.in_force, message)}

    def _allowed(self, message: Message) -> bool:
        """Tell whether such an event may be noted, and kept."""
        return bool(self._fields(message))

    async def async_load(self, *, copied: bool) -> None:
        """Drop what waits where it is another home's."""
        if copied:
            self._queue.keep([])
            await self._queue.async_save()

    @callback
    def async_start(self) -> None:
        """Begin, now that the host has started and the switches were read."""
        self._running = True
        self.async_update()
        if Message.START not in self._told:
            self._settled.async_arm(min(SETTLED_AFTER, self._pipeline.settings.initial_delay))

    @callback
    def async_update(self) -> None:
        """Follow a change of the choices or of a switch: what is no longer allowed is dropped."""
        self._withhold()
        if self._queue.keep_if(self._may_be_sent):
            self._worker.async_stop()  # it may be on its way
            self._hass.async_create_task(self._queue.async_save())
        if not self._allowed(Message.START):
            self._stop()
        elif self._running and self._has_work and not self._worker.busy:
            self._worker.async_arm(self._pacing.wait(self._hass.loop.time()))

    async def async_preview(self, message: Message, consent: Consent) -> Shown:
        """Return what would be sent of an event under a consent. Raises as previews of reports.

        Of this run's start, of its stop, and of how the last one ended; where that was as it should
        be, of a kill of this one.
        """
        source, run = self._pipeline.source, self._run
        if message is Message.START:
            event = await async_start_event(source, run)
        elif message is Message.FAULT:
            event = await async_fault_event(source, run) or await async_kill_event(source, run)
        else:
            event = await async_stop_event(source, run)
        payload = _payload(event, consent)
        return await self._pipeline.async_preview_event(message, payload, consent)

    @property
    def _has_work(self) -> bool:
        return self.waiting > 0 or Message.FAULT not in self._told

    def _withhold(self) -> None:
        """Let what is not allowed now never be told: a later yes is none to what was before it."""
        self._told.update(each for each in OF_THE_PAST if not self._allowed(each))
        if self._run.count(ENDS in self._fields(Message.STOP)):
            self._hass.async_add_executor_job(self._run.file.write)

    def _may_be_sent(self, event: Waiting) -> bool:
        here = event.url == self._pipeline.choices.destination.url
        return here and self._allowed(event.message)

    @callback
    def async_forget(self) -> None:
        """Drop what waits: it may have arrived under the id that is taken back."""
        self._stop()
        self._queue.keep([])
        self._hass.async_create_task(self._queue.async_save())

    async def async_watch(self) -> None:
        """Write again what could not be written, and now and then that what waits gets older."""
        if self._queue.outdated:
            await self._queue.async_save()

    async def async_stop(self) -> None:
        """Leave neither timer nor task; what waits is on the disk."""
        self._running = False
        if tasks := self._stop():
            await asyncio.wait(tasks)

    async def async_end(self) -> None:
        """Note a clean stop of the host, and send it if that takes no time worth speaking of.

        Nothing waits for the request: what has not arrived is sent after the next start.
        """
        with suppress(TimeoutError):  # a disk that hangs must not hold up the host's stop
            async with asyncio.timeout(STOP_LIMIT):
                await self._pipeline.gate.async_read_switches()
                self.async_update()
                if not self._allowed(Message.STOP):
                    return
                await self._async_note_fault()
                await self._async_note_start()
                await self._async_note(await async_stop_event(self._pipeline.source, self._run))
                self._hass.async_create_background_task(
                    self._async_send_last(), "analytics stop event"
                )

    async def _async_send_last(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_LIMIT):
                await self._async_send_waiting()

    def _stop(self) -> list[asyncio.Task[None]]:
        """Leave neither timers nor tasks; returns those that were cancelled."""
        stopped = (self._settled.async_stop(), self._worker.async_stop())
        return [task for task in stopped if task is not None]

    async def _async_settled(self) -> None:
        """Note the start of this run, and send it."""
        await self._async_note_start()
        self.async_update()

    async def _async_note_start(self) -> None:
        """Note the start, unless that is done or there was no yes to it."""
        if Message.START in self._told:
            return
        event = await async_start_event(self._pipeline.source, self._run)
        self._told.add(Message.START)
        await self._async_note(event)

    async def _async_note_fault(self) -> None:
        """Note how the last run ended, at once: this one may end so too."""
        if Message.FAULT in self._told:
            return
        event = await async_fault_event(self._pipeline.source, self._run)
        self._told.add(Message.FAULT)
        if event is not None:
            await self._async_note(event)

    async def _async_work(self) -> None:
        """Note what is new, and send what waits."""
        await self._async_note_fault()
        failure = await self._async_send_waiting()
        self._pacing.note(failure, self._hass.loop.time())
        if self._worker.is_current and self._running and self.waiting:
            self._worker.async_arm(self._pacing.wait(self._hass.loop.time()))

    async def _async_note(self, event: Event) -> None:
        """Put an event into the queue, with the fields that are allowed at this moment."""
        if self._allowed(event.event):
            choices = self._pipeline.choices
            payload = _payload(event, choices.in_force)
            self._queue.add(choices.destination.url, event.event, payload)
            await self._queue.async_save()

    async def _async_send_waiting(self) -> Outcome | None:
        """Send what waits, oldest first; returns the outcome after which it has to wait on."""
        for event in self._queue.waiting:
            outcome = await self._async_send(event)
            if outcome.kind not in FINAL:
                return outcome
            self._queue.drop(event)
            await self._queue.async_save()
        return None

    async def _async_send(self, event: Waiting) -> Outcome:
        """Send an event, and tell how that ended; one that is a fault of ours is not kept."""
        try:
            return await self._pipeline.async_send_event(
                event.message, event.payload, self._pacing.attempt
            )
        except Exception as error:  # noqa: BLE001 - a fault must not end all events
            LOGGER.exception("An event failed in a way that is a fault of Open Analytics")
            return Outcome(kind=Kind.INVALID, reason=type(error).__name__)


def _payload(event: Event, consent: Consent) -> Payload:
    """Return what a consent lets be noted of an event."""
    installation = Installation(version=HOST_VERSION, installation_type=UNKNOWN)
    fields = allowed_fields(consent, event.event)
    return build(Facts(installation=installation, event=event), fields)
