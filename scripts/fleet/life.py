"""What a made-up home tells of its starts, stops and crashes."""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from scripts.fleet.chance import one
from scripts.fleet.home import Home

DURATIONS: Final = {5: 8, 10: 25, 20: 28, 30: 26, 60: 10, 120: 2, 300: 1}
STOPS: Final = {0: 58, 10: 38, 60: 4}
RUNS: Final = {0: 1, 60: 5, 3_600: 17, 86_400: 42, 604_800: 35}
UNCLEAN_RUNS: Final = {0: 4, 60: 14, 3_600: 30, 86_400: 34, 604_800: 18}
ROWS: Final = {"first": 70, "repeated": 24, "loop": 6}
UNCLEAN: Final = {"power_loss": 6, "killed": 5, "crashed_at_start": 1, "crashed_at_stop": 1}
FAILING: Final = {"tuya": 5, "cast": 4, "hue": 3, "shelly": 3, "ring": 2, "tado": 2, "plex": 1}
FAILURES: Final = (0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2)
REASONS: Final = {"not_ready": 60, "authentication": 25, "error": 10, "requirements": 5}
CLOUD: Final = {"logged_out": 62, "connected": 25, "not_loaded": 8, "expired": 3, "disconnected": 2}
FILES: Final = {
    "asyncio/selector_events.py": 4,
    "sqlalchemy/engine/default.py": 3,
    "homeassistant/core.py": 2,
}

# Of updates: more would make lines no smoother, and the demo slower.
TOLD: Final = 0.4

type Event = dict[str, Any]


def events(chance: random.Random, home: Home, day: date) -> Iterator[Event]:
    """Yield what an update tells: the stop before it, a crash perhaps, and the start after it."""
    if not home.tells_of_life or chance.random() > TOLD:
        return
    told = {"uuid": home.uuid, "version": home.version(day)}
    unclean = home.unstable and chance.random() < 0.5
    ended = {
        "previous_end": one(chance, UNCLEAN) if unclean else "clean",
        "version_changed": not unclean,
    }
    if not unclean:
        recovered = {"unclean_ends": "recovered"} if home.unstable else {}
        yield (
            told | {"event": "stop", "run_duration": one(chance, RUNS)} | recovered | _full(chance)
        )
    elif chance.random() < 0.4:
        yield told | ended | {"event": "fault"} | _fault(chance)
    stopped = {} if unclean else {"stop_duration": one(chance, STOPS)}
    yield told | ended | {"event": "start"} | stopped | _start(chance)


def _full(chance: random.Random) -> Event:
    return {
        "memory_nearly_full": chance.random() < 0.03,
        "disk_nearly_full": chance.random() < 0.02,
    }


def _start(chance: random.Random) -> Event:
    failed = sorted({one(chance, FAILING) for _ in range(chance.choice(FAILURES))})
    return {
        "start_duration": one(chance, DURATIONS),
        "setup_failures": [{"domain": domain, "reason": one(chance, REASONS)} for domain in failed],
        "custom_setup_failures": {one(chance, REASONS): 1} if chance.random() < 0.1 else {},
        "cloud": one(chance, CLOUD),
    }


def _fault(chance: random.Random) -> Event:
    """Return what a crash tells: where it was, where the interpreter wrote that down."""
    ran = {"run_duration": one(chance, UNCLEAN_RUNS), "unclean_ends": one(chance, ROWS)}
    place = {"fault": _place(chance)} if chance.random() < 0.5 else {}
    return ran | place | _full(chance)


def _place(chance: random.Random) -> Event:
    return {
        "error": one(chance, {"SegmentationFault": 4, "Aborted": 1}),
        "thread": "main",
        "function": "_run",
        "file": one(chance, FILES),
        "line": chance.randint(1, 900),
    }
