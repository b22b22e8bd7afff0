"""When snapshots are sent: once a day while they are in force, at a time that was drawn once."""

from datetime import datetime
from typing import Final

from homeassistant.core import HomeAssistant, callback

from .. import changes, clock, host
from ..collect import Source
from ..consent import ConsentStore
from ..const import INTERVAL
from ..models import Blocked, Destination, LastReport, Matter, Obstacle, Outcome, Report
from ..outbound import Delivery, Scheduler
from ..part import Part
from ..settings import DEVICE_DATABASE, Settings, shares_keys
from .held import Told
from .records import Records
from .sender import Sender

NAME: Final = "snapshot"


class SnapshotReporter(Part):
    """Owns the schedule of snapshots, and knows whether they are in force."""

    matter = Matter.SNAPSHOTS

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        settings: Settings,
        store: ConsentStore,
        source: Source,
        delivery: Delivery,
    ) -> None:
        """Keep the collaborators; nothing is armed before async_start."""
        self._hass = hass
        self._settings = settings
        self._store = store
        self._gate = delivery.gate
        self._records = Records(store, settings.device_database)
        self.sender = Sender(
            destination=settings.device_database,
            source=source,
            store=store,
            records=self._records,
            delivery=delivery,
            blocked=self.blocked,
        )
        self.scheduler = Scheduler(
            hass,
            send=self.sender.async_send,
            allowed=lambda: self.blocked() is None,
            ended=self.ended,
            initial_delay=self._delay,
            interval=INTERVAL,
            name=NAME,
        )
        self._setting = clock.Setting()
        self.last: LastReport | None = None

    @property
    def destination(self) -> Destination:
        """Return where snapshots go."""
        return self._settings.device_database

    @property
    def agreed(self) -> bool:
        """Tell whether the user said yes to this destination, whatever else keeps it back."""
        return self._records.agreed

    @property
    def declined(self) -> bool:
        """Tell whether the user said no to this destination, or takes a yes back."""
        return self._records.asked and not self._records.agreed

    @property
    def chosen(self) -> bool:
        """Tell whether they are on for this destination, whatever else keeps them back."""
        return host.snapshots_enabled(self._hass) and self.agreed

    @property
    def confirmed(self) -> bool:
        """Tell whether the destination needs no yes by its address, or has one."""
        return shares_keys(self.destination) or self._records.agreed

    @property
    def pending(self) -> bool:
        """Tell whether configuration.yaml has turned snapshots on, and the user was not asked.

        Not of loopback addresses: a yes to one would be one to the built-in device database.
        """
        return (
            self._settings.snapshots_named
            and self._settings.problem is None
            and host.snapshots_enabled(self._hass)
            and not (self._records.agreed or self._records.asked)
            and (self.destination == DEVICE_DATABASE or not shares_keys(self.destination))
        )

    @property
    def next_time(self) -> datetime | None:
        """Return the time of the next attempt."""
        return self.scheduler.next_time

    def blocked(self) -> Blocked | None:
        """Name what keeps snapshots from being sent at this moment, None if nothing does."""
        if switch := self._gate.switch:
            return Blocked(obstacle=Obstacle.SWITCH, detail=switch.name)
        if problem := self._settings.problem or self._gate.problem:
            return Blocked(obstacle=Obstacle.SETTINGS, detail=problem)
        if not self._store.saved:
            return Blocked(obstacle=Obstacle.NOT_SAVED)
        if not host.snapshots_enabled(self._hass):
            return Blocked(obstacle=Obstacle.CHOICE)
        if self.pending:
            return Blocked(obstacle=Obstacle.PENDING, detail=self.destination.url)
        return None if self._records.agreed else Blocked(obstacle=Obstacle.CHOICE)

    @callback
    def async_start(self) -> None:
        """Begin, now that the host has started and the switches were read."""
        self.scheduler.async_start()

    @callback
    def async_update(self) -> None:
        """Follow a change of what is in force; what is on its way goes on while it is allowed."""
        if not self.scheduler.busy or self.blocked():
            self.scheduler.async_update()

    def toggled(self, on: bool) -> None:
        """Take what was chosen under Labs, or over the front end's connection."""
        self._records.toggled(on)

    def answered(self, yes: bool) -> None:
        """Take the answer to the question about the destination."""
        self._records.answered(yes)

    async def async_watch(self) -> None:
        """Look up the time of day again where the clock was set: boards begin with a wrong one."""
        waits = not (self.scheduler.busy or self.scheduler.retrying)
        if waits and self._setting.changed():
            self.scheduler.async_begin_again()

    @callback
    def async_forget(self) -> None:
        """Stop what is on its way under the identifier that is taken back."""
        self.scheduler.async_update()

    async def async_preview(self) -> tuple[Report, bytes]:
        """Return what would be sent now. Raises SnapshotError, and OSError as sending."""
        return await self.sender.async_prepare()

    async def async_explain(self) -> tuple[Report, bytes, list[Told]]:
        """Return the same, and what becomes of each device. Raises as `async_preview`."""
        return await self.sender.async_explain()

    async def async_stop(self) -> None:
        """Leave neither timer nor task."""
        await self.scheduler.async_stop()

    def _delay(self) -> float:
        """Return the seconds until the time of day for snapshots, which is kept once drawn."""
        drawn = self._records.time is None
        delay = self._records.delay()
        if drawn:
            self._hass.async_create_task(self._store.async_save(), "analytics snapshot time")
        return delay

    def ended(self, outcome: Outcome) -> None:
        """Note how the latest one ended."""
        self.last = LastReport(moment=clock.running(), outcome=outcome)
        changes.async_tell(self._hass)
