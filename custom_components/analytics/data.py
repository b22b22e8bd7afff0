"""What is kept while the integration runs, and what follows from a change of it."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.hass_dict import HassKey

from . import changes, clock, issues
from .consent import Choices, ConsentStore, ask_again
from .const import DOMAIN
from .crash import CrashReporter
from .holding import Holding
from .interface import Interface
from .lifecycle import LifecycleReporter
from .models import Kind, LastReport, Matter, Outcome
from .outbound import Forgetter, Journal, Scheduler, Switch
from .page import Page
from .part import Part
from .pipeline import Pipeline
from .run import Run
from .settings import Settings
from .snapshots import SnapshotReporter, labs
from .under_way import UnderWay

type Followed = tuple[Switch | None, str | None, bool]


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
    crash_reporter: CrashReporter
    lifecycle: LifecycleReporter
    interface: Interface
    holding: Holding
    snapshots: SnapshotReporter | None
    # All of these and others, in the order in which they start.
    parts: tuple[Part, ...]
    run: Run
    journal: Journal
    last_report: LastReport | None = None
    # What timers and issues follow: the switch, a fault of the way out, whether all is saved.
    followed: Followed = (None, None, True)
    stopped: bool = False
    _saving: UnderWay = field(init=False, default_factory=UnderWay)

    @property
    def _page(self) -> Page:
        return Page(settings=self.settings, store=self.store, choices=self.choices)

    @property
    def preferences(self) -> dict[str, bool]:
        """Return all choices that the front end knows; of snapshots the one in force."""
        return self._page.preferences

    async def async_load(self, *, copied: bool) -> None:
        """Read the switches, and let all parts take up what was kept."""
        switch = await self.pipeline.gate.async_read_switches()
        caught_up = labs.catch_up(self.hass, self.snapshots)
        if self.store.hold(switch is not None) or caught_up:
            await self.store.async_save()
        await self.pipeline.gate.async_look()
        for part in self.parts:
            await part.async_load(copied=copied)

    @callback
    def async_start(self) -> None:
        """Let all parts begin, now that the host has started."""
        for part in self.parts:
            part.async_start()
        self.async_refresh()

    async def async_choose(self, chosen: Mapping[str, bool]) -> None:
        """Put choices in force, and tell the Supervisor; raises as async_apply."""
        self._page.choose(chosen)
        try:
            await self.async_apply()
        finally:
            await self.choices.async_mirror(chosen)

    async def async_follow_labs(self) -> None:
        """Take what was chosen under Labs: an answer of its own, which decides nothing else."""
        if labs.take(self.hass, self.snapshots):
            with suppress(HomeAssistantError):  # a repair issue says so
                await self.async_apply()

    async def async_answer_snapshots(self, yes: bool) -> None:
        """Take the answer about where snapshots go; raises as async_apply."""
        if self.snapshots:
            self.snapshots.answered(yes)
        await self.async_apply()

    async def async_turn_snapshots(self, on: bool) -> None:
        """Take what was chosen of snapshots, as under Labs; raises as async_apply."""
        if self.snapshots:
            self.snapshots.toggled(on)
        await self.async_apply()

    async def async_choose_more(self, chosen: Mapping[str, bool]) -> None:
        """Put choices about the extended tiers in force; raises as async_apply."""
        self.choices.choose_more(chosen)
        await self.async_apply()

    async def async_apply(self) -> None:
        """Let a change of the choices take effect at once, and save it.

        Only the switches are read before it is saved, and they lie on the same disk. Raises
        HomeAssistantError where it can't be saved: it is in force all the same, and saved later.
        """
        with self._saving.begun():
            self.async_refresh()
            self.store.hold(await self.pipeline.gate.async_read_switches() is not None)
            await self.store.async_save()
            self._async_follow()
        if not self.store.saved:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="not_saved")

    async def async_send(self) -> Outcome:
        """Send now, under the current consent; the timer goes on as it was."""
        await self.async_watch_switches()
        return await self.scheduler.async_send_now()

    async def async_approve(self, key: str, digest: str) -> Outcome:
        """Send what waited as it was shown; raises HomeAssistantError where that does not wait."""
        await self.async_watch_switches()
        return await self.holding.async_approve(key, digest)

    async def async_watch_switches(self, _now: datetime | None = None) -> None:
        """Notice a switch that was turned on or off, and save what could not be saved before."""
        if self.stopped:
            return
        with self._saving.begun():
            # What came and went in between may have ended a report or a deletion, and their timers.
            missed = self._to_follow != self.followed
            await self.async_follow_labs()  # what came while this was being loaded
            for part in self.parts:
                await part.async_watch()
            switch = await self.pipeline.gate.async_read_switches()
            if self.store.hold(switch is not None) or self.store.outdated:
                await self.store.async_save()
            if missed:
                self.async_refresh()
            self._async_follow()
            await self.pipeline.gate.async_look()
            self._async_follow()
        changes.async_tell(self.hass)  # for what only time changes

    async def async_stop(self) -> None:
        """Leave neither timer nor task."""
        self.stopped = True
        for part in reversed(self.parts):
            await part.async_stop()
        await self._saving.async_over()

    @property
    def _to_follow(self) -> Followed:
        gate = self.pipeline.gate
        return gate.switch, gate.problem, self.store.saved

    @callback
    def _async_follow(self) -> None:
        if self._to_follow != self.followed:
            self.async_refresh()

    @property
    def store(self) -> ConsentStore:
        """Return where choices and ids are kept."""
        return self.pipeline.store

    @callback
    def async_refresh(self) -> None:
        """Let all parts follow what is in force."""
        if self.stopped:
            return
        self.followed = self._to_follow
        if [each for each in self._in_force() if ask_again(self.store, *each)]:
            self.hass.async_create_task(self.store.async_save(), "analytics choices")
        for part in self.parts:
            part.async_update()
        changes.async_tell(self.hass)

    def _in_force(self) -> Iterator[tuple[Matter, str]]:
        """Yield what is told now, and to whom, of what has a deletion."""
        if self.pipeline.blocked() is None:
            yield Matter.REPORTS, self.choices.destination.url
        if self.snapshots and self.snapshots.blocked() is None:
            yield Matter.SNAPSHOTS, self.snapshots.destination.url

    @callback
    def async_forget(self, matter: Matter) -> None:
        """Drop what waits of a matter that is taken back."""
        for part in self.parts:
            if part.matter is matter:
                part.async_forget()
        self.holding.async_drop(matter)

    @callback
    def async_ended(self, outcome: Outcome) -> None:
        """Note how a report ended."""
        self.last_report = LastReport(moment=clock.running(), outcome=outcome)
        if outcome.kind in {Kind.SENT, Kind.RETRYABLE, Kind.REFUSED, Kind.HELD}:
            issues.async_tell_dropped(self.hass, outcome.dropped)
            issues.async_tell_stopped(self.hass, None)
        elif outcome.kind is Kind.INVALID:
            issues.async_tell_stopped(self.hass, outcome.reason)
        changes.async_tell(self.hass)


type AnalyticsConfigEntry = ConfigEntry[AnalyticsData]

# A store for the next load of the entry: with choices that could not be saved, which loading would
# undo, or that were made before there was an entry.
STORE: HassKey[ConsentStore] = HassKey(f"{DOMAIN}_store")
RUNNING_CONFIG: HassKey[RunningConfig] = HassKey(f"{DOMAIN}_running_config")


@callback
def async_loaded(hass: HomeAssistant) -> AnalyticsData | None:
    """Return the data of the loaded config entry, of which there is at most one."""
    entries: list[AnalyticsConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return entries[0].runtime_data if entries else None
