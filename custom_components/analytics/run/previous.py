"""Tell at the start how the last run ended, by a file that each run keeps of its own phases."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Any, Final

import orjson

from .. import clock
from ..const import LOGGER
from ..files import atomic as atomic_file
from .traces import VMSTAT, Traces, decode, encode, read_kills

BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
MAX_BYTES: Final = 16 * 1024
MAX_MARKS: Final = 16
MAX_VERSION: Final = 100
UNREADABLE: Final = (OSError, ValueError, TypeError, KeyError)


class Phase(StrEnum):
    """What a run is in the middle of; unloaded means that the host goes on without us."""

    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    UNLOADED = "unloaded"


class End(StrEnum):
    """The ways in which a run ends; one that hung was killed."""

    FIRST = "first"
    CLEAN = "clean"
    KILLED = "killed"
    POWER_LOSS = "power_loss"
    CRASHED_AT_START = "crashed_at_start"
    CRASHED_AT_STOP = "crashed_at_stop"
    UNKNOWN = "unknown"


# By the last phase that was marked, where the machine was not booted since.
ENDS: Final = {
    Phase.STARTING: End.CRASHED_AT_START,
    Phase.RUNNING: End.KILLED,
    Phase.STOPPING: End.CRASHED_AT_STOP,
    Phase.STOPPED: End.CLEAN,
    Phase.UNLOADED: End.UNKNOWN,
}
SETTLED: Final = (Phase.STOPPED, Phase.UNLOADED)
UNCLEAN: Final = (End.KILLED, End.POWER_LOSS, End.CRASHED_AT_START, End.CRASHED_AT_STOP)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """When a phase began: in seconds since the epoch, as the clock was set then.

    `moment` is that by the running clock; None in a run that is over.
    """

    phase: Phase
    time: float
    moment: float | None = None

    @property
    def told(self) -> float:
        """Return the time by the clock as it is set now."""
        return self.time if self.moment is None else clock.time_of(self.moment)


@dataclass(frozen=True, kw_only=True, slots=True)
class PreviousRun:
    """How the last run ended, its newest marks in order, and the version that ran, if known.

    `unclean` is how many ends in a row, up to this one, were not as they should be. In seconds,
    `stopped_in` is how long a stop took, and `lasted` the time from its start to the next one.
    `ran_out` tells whether the kernel ended a program for lack of memory since its newest mark.
    These two are known while the machine is not booted.
    """

    end: End
    marks: tuple[Mark, ...] = ()
    version: str | None = None
    unclean: int = 0
    stopped_in: float | None = None
    lasted: float | None = None
    ran_out: bool | None = None


class RunFile:
    """The file of phases, blocking; what can't be written is told once, and stops nothing."""

    def __init__(
        self,
        path: Path,
        boot_id: Path = BOOT_ID,
        wall: Callable[[], float] = clock.wall,
        version: str = "",
        ticks: Callable[[], float] = clock.running,
        vmstat: Path = VMSTAT,
    ) -> None:
        """Name the file, where the machine says which boot it is in, a clock, what version runs.

        `ticks` is the clock of lengths, `vmstat` where the kernel counts what it had to end.
        """
        self.version = version
        # How many unclean ends in a row were before this run.
        self.unclean = 0
        self._began: dict[str, float] = {}
        self._writing = Lock()
        self._changing = Lock()
        self._ticks = ticks
        self._vmstat = vmstat
        self._path = path
        self._boot_file = boot_id
        self._wall = wall
        self._boot_id = ""
        self.marks: tuple[Mark, ...] = ()
        self._told = False

    def begin(self) -> PreviousRun:
        """Return how the last run ended, and mark the start of this one.

        Once a process: a second call would take this run for the last one. Set up again after
        an unload, the integration marks that it is running.
        """
        self._boot_id = _text(self._boot_file)
        previous = self._read()
        self.marks = ()
        self._began, self.unclean = {}, previous.unclean
        self.mark(Phase.STARTING)
        return previous

    @property
    def lasts(self) -> float | None:
        """Return the seconds since this run began to be counted."""
        return Traces(ticks=self._began).until(self._ticks(), Phase.STARTING)

    def count_anew(self) -> bool:
        """Let this run begin now, and be the first; False where no unclean end was counted."""
        counted, self.unclean = self.unclean > 0, 0
        with self._changing:
            self._began = {Phase.STARTING.value: self._ticks()}
        return counted

    def _begin(self, phase: Phase) -> None:
        with self._changing:
            self._began = {**self._began, phase.value: self._ticks()}

    def mark(self, phase: Phase) -> None:
        """Write down that a phase begins."""
        begun = Mark(phase=phase, time=self._wall(), moment=clock.running())
        self.marks = (*self.marks, begun)[-MAX_MARKS:]
        self._begin(phase)
        self.write()

    def write(self) -> None:
        """Write down what is known of this run; one at a time, for each takes another's place."""
        with self._writing:
            try:
                atomic_file.write(self._path, orjson.dumps(self._known()))
            except OSError as err:
                self._tell(err)

    def _known(self) -> dict[str, Any]:
        kills = read_kills(self._vmstat)
        return {
            "boot_id": self._boot_id,
            "version": self.version,
            "marks": [(mark.phase, mark.time) for mark in self.marks],
            **encode(Traces(ticks=self._began, unclean=self.unclean, kills=kills)),
        }

    def _read(self) -> PreviousRun:
        try:
            saved = orjson.loads(atomic_file.read(self._path, MAX_BYTES))
            boot_id, version, marks = _decode(saved)
        except FileNotFoundError:
            return PreviousRun(end=End.FIRST)
        except UNREADABLE:
            return PreviousRun(end=End.UNKNOWN)
        # Without both, as on macOS, a power loss looks like a kill.
        booted = bool(boot_id and self._boot_id) and boot_id != self._boot_id
        end = _end(marks[-1].phase, booted=booted)
        traces = decode(saved)
        same_boot = bool(boot_id) and boot_id == self._boot_id
        return PreviousRun(
            end=end,
            marks=marks,
            version=version,
            unclean=traces.unclean + 1 if end in UNCLEAN else 0,
            stopped_in=traces.between(Phase.STOPPING, Phase.STOPPED),
            lasted=traces.until(self._ticks(), Phase.STARTING) if same_boot else None,
            ran_out=traces.ran_out(read_kills(self._vmstat)) if same_boot else None,
        )

    def _tell(self, err: OSError) -> None:
        if not self._told:
            self._told = True
            LOGGER.info(
                "How this run ends can't be written down, so the next one can't tell: %s",
                err.strerror,
            )


def _end(last: Phase, *, booted: bool) -> End:
    return End.POWER_LOSS if booted and last not in SETTLED else ENDS[last]


def _decode(saved: Any) -> tuple[str, str | None, tuple[Mark, ...]]:
    """Return boot id, version and marks, of which there is at least one; raises UNREADABLE.

    Earlier versions of this integration did not keep the host's.
    """
    boot_id, version = saved["boot_id"], saved.get("version")
    known = isinstance(version, str) and 0 < len(version) <= MAX_VERSION
    marks = tuple(_mark(*pair) for pair in saved["marks"][-MAX_MARKS:])
    if not marks or not isinstance(boot_id, str):
        raise ValueError("not a file of phases")
    return boot_id, version if known else None, marks


def _mark(phase: Any, seconds: Any) -> Mark:
    # Not float() alone: it takes texts too.
    if type(seconds) not in {int, float}:
        raise ValueError("not a time")
    return Mark(phase=Phase(phase), time=float(seconds))


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""
