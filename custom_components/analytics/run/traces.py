"""What a run leaves to the next one beside its phases: how long it was, and whether memory ran out.

Times are of a clock that goes on from one process to the next until the machine is booted, and that
nobody sets. They are written with the phases, and at no other time.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

VMSTAT: Final = Path("/proc/vmstat")
# More in a row are told as no more.
MAX_UNCLEAN: Final = 100
_KILLS: Final = re.compile(r"^oom_kill (\d{1,18})$", re.MULTILINE | re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Traces:
    """What is written of a run.

    `ticks` is when its phases began, in seconds; `unclean` how many runs before it, in a row, did
    not end as they should; `kills` how many programs the kernel had ended for lack of memory.
    """

    ticks: Mapping[str, float] = field(default_factory=dict)
    unclean: int = 0
    kills: int | None = None

    def between(self, phase: str, later: str) -> float | None:
        """Return the seconds from one phase to another, None where that isn't known."""
        return _elapsed(self.ticks.get(phase), self.ticks.get(later))

    def until(self, now: float, phase: str) -> float | None:
        """Return the seconds from a phase till now, None where no such clock is known.

        A clock that is behind the newest phase is another one.
        """
        newest = max(self.ticks.values(), default=now)
        return _elapsed(self.ticks.get(phase), now) if newest <= now else None

    def ran_out(self, kills: int | None) -> bool | None:
        """Tell whether the kernel has ended a program since; None where it doesn't say."""
        return None if kills is None or self.kills is None else kills > self.kills


def encode(traces: Traces) -> dict[str, Any]:
    """Return what is written."""
    return {"ticks": dict(traces.ticks), "unclean": traces.unclean, "kills": traces.kills}


def decode(saved: Mapping[str, Any]) -> Traces:
    """Return what was written; a part that is damaged, or that there is none of, is not known."""
    ticks = saved.get("ticks")
    known = ticks if isinstance(ticks, dict) else {}
    return Traces(
        ticks={phase: float(tick) for phase, tick in known.items() if type(tick) in {int, float}},
        unclean=min(_count(saved.get("unclean")) or 0, MAX_UNCLEAN),
        kills=_count(saved.get("kills")),
    )


def read_kills(path: Path) -> int | None:
    """Return how many programs the kernel has ended for lack of memory since the boot; blocking."""
    try:
        found = _KILLS.search(path.read_text(errors="replace"))
    except OSError:
        return None
    return int(found[1]) if found else None


def _elapsed(since: float | None, until: float | None) -> float | None:
    return None if since is None or until is None or until < since else until - since


def _count(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None
