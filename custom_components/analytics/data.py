"""What is kept while the integration runs, and what follows from a change of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from . import issues
from .choices import Choices
from .const import DOMAIN
from .forget import Forgetter
from .journal import Journal
from .models import Kind, LastReport, Outcome
from .opt_out import Switch
from .pipeline import Pipeline
from .scheduler import Scheduler
from .settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningConfig:
    """What configuration.yaml said: our own section as written, and all domains that it names."""

    section: object
    domains: frozenset[str]


@dataclass(kw_only=True, slots=True)
class AnalyticsData:
    """The parts of a loaded config entry; whoever changes one of them calls `async_refresh`."""

    hass: HomeAssistant
    settings: Settings
    choices: Choices
    pipeline: Pipeline
    scheduler: Scheduler
    forgetter: Forgetter
    journal: Journal
    last_report: LastReport | None = None
    # The switch that timers and repair issues follow; the gate may have seen a newer one.
    followed: Switch | None = None

    async def async_choose(self, chosen: Mapping[str, bool]) -> None:
        """Put choices in force, stop a report on its way, let the timer follow, and save."""
        self.choices.choose(chosen)
        await self.async_apply()

    async def async_apply(self) -> None:
        """Let a change of the choices take effect at once, and save it."""
        self.async_refresh()
        await self.choices.async_save()

    async def async_forget(self) -> bool:
        """Take back what was sent; False where the destination offers no deletion."""
        deletable = self.forgetter.forget(self.choices.destination)
        self.async_refresh()
        await self.choices.async_save()
        return deletable

    async def async_send(self) -> Outcome:
        """Send now, under the current consent; the timer goes on as it was."""
        await self.async_watch_switches()
        return await self.scheduler.async_send_now()

    async def async_watch_switches(self, _now: datetime | None = None) -> None:
        """Notice a switch that was turned on or off."""
        if await self.pipeline.gate.async_read_switches() != self.followed:
            self.async_refresh()

    async def async_stop(self) -> None:
        """Leave neither timer nor task."""
        await self.scheduler.async_stop()
        await self.forgetter.async_stop()

    @callback
    def async_refresh(self) -> None:
        """Let timers and repair issues follow what is in force."""
        self.followed = self.pipeline.gate.switch
        self.scheduler.async_update()
        self.forgetter.async_update()
        issues.async_update(self.hass, self.pipeline)

    @callback
    def async_ended(self, outcome: Outcome) -> None:
        """Note how a report ended."""
        self.last_report = LastReport(time=dt_util.utcnow(), outcome=outcome)
        if outcome.kind in {Kind.SENT, Kind.RETRYABLE, Kind.REFUSED}:
            issues.async_tell_dropped(self.hass, outcome.dropped)
            issues.async_tell_stopped(self.hass, None)
        elif outcome.kind is Kind.INVALID:
            issues.async_tell_stopped(self.hass, outcome.reason)


type AnalyticsConfigEntry = ConfigEntry[AnalyticsData]

RUNNING_CONFIG: HassKey[RunningConfig] = HassKey(f"{DOMAIN}_running_config")


@callback
def async_loaded(hass: HomeAssistant) -> AnalyticsData | None:
    """Return the data of the loaded config entry, of which there is at most one."""
    entries: list[AnalyticsConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return entries[0].runtime_data if entries else None
