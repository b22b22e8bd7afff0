"""Keep the marks of this run, and know how the one before ended: once for each run of the host."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE, EVENT_HOMEASSISTANT_STOP
from homeassistant.const import __version__ as HOST_VERSION
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .fault_log import FILE_NAME, FaultLog, Found
from .previous import End, Phase, PreviousRun, RunFile

RUN_FILE: Final = "analytics.run"
MEMORY: Final = "analytics.fault_log"


@dataclass(kw_only=True, slots=True)
class Run:
    """The run that goes on: its file, how the one before ended, and its native crashes' log.

    `looked_at` tells that crash reports were made of these, which is done once for each run;
    `counting` whether it may be told how long and how often.
    """

    file: RunFile
    fault_log: FaultLog
    previous: PreviousRun
    found: Found
    looked_at: bool = False
    counting: bool = True

    @property
    def version_changed(self) -> bool | None:
        """Tell whether the last run was of another version of the host; None where unknown."""
        known = self.previous.version
        return None if known is None else known != self.file.version

    @property
    def lasts(self) -> float | None:
        """Return the seconds since this run began, or since a yes that was given in it."""
        return self.file.lasts if self.counting else 0.0

    def count(self, on: bool) -> bool:
        """Count lengths and unclean ends from when that is allowed: of those before nobody knows.

        True where the next run would know of them until `file` is written.
        """
        if on and self.counting:
            return False
        self.counting = on
        self.previous = replace(
            self.previous, unclean=0, stopped_in=None, lasted=None, ran_out=None
        )
        return self.file.count_anew() or on

    def disown(self) -> None:
        """Know nothing of the run before, which was another home's; blocking."""
        self.previous, self.found = PreviousRun(end=End.UNKNOWN), Found()
        if self.file.unclean:
            self.file.unclean = 0
            self.file.write()


RUN: Final[HassKey[Run]] = HassKey(f"{DOMAIN}_run")


async def async_begin(hass: HomeAssistant) -> Run:
    """Return this run, begun now if it is the first call in it."""
    run = hass.data.get(RUN)
    if run is None:
        run = hass.data[RUN] = await hass.async_add_executor_job(
            _begin, Path(hass.config.config_dir)
        )
    return run


def _begin(folder: Path) -> Run:
    file = RunFile(folder / STORAGE_DIR / RUN_FILE, version=HOST_VERSION)
    fault_log = FaultLog(folder / FILE_NAME, folder / STORAGE_DIR / MEMORY)
    previous, found = file.begin(), fault_log.new()
    # Unloaded, the integration had no yes to anything that came after.
    known = previous.end is not End.UNKNOWN
    return Run(file=file, fault_log=fault_log, previous=previous, found=found if known else Found())


def async_follow(hass: HomeAssistant, run: Run) -> list[CALLBACK_TYPE]:
    """Mark the phases of the host as they come, and return what ends that."""

    async def mark(phase: Phase) -> None:
        await hass.async_add_executor_job(run.file.mark, phase)

    async def started(_hass: HomeAssistant) -> None:
        await mark(Phase.RUNNING)

    async def stopping(_event: Event) -> None:
        await mark(Phase.STOPPING)

    async def stopped(_event: Event) -> None:
        await mark(Phase.STOPPED)

    return [
        async_at_started(hass, started),
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stopping),
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, stopped),
    ]


async def async_leave(hass: HomeAssistant) -> None:
    """Mark that how this run ends can't be told, unless it is ending."""
    if not hass.is_stopping:
        await hass.async_add_executor_job(hass.data[RUN].file.mark, Phase.UNLOADED)


def remove(folder: Path) -> None:
    """Delete our files; blocking."""
    for name in (RUN_FILE, MEMORY):
        (folder / name).unlink(missing_ok=True)
