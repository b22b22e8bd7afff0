"""Make up what installations share with this project's receiver only; nothing here is measured."""

import random
from collections.abc import Iterator, Mapping
from typing import Any, Final

SHARING: Final = 0.6
SYSTEMS: Final = {
    "alpine": "Alpine Linux",
    "haos": "Home Assistant OS",
    "debian": "Debian GNU/Linux",
    "ubuntu": "Ubuntu",
    "fedora": "Fedora Linux",
    "truenas": "TrueNAS",
}
VERSIONS: Final[Mapping[str, Mapping[str, int]]] = {
    "alpine": {"3.22.1": 8, "3.21.3": 2},
    "haos": {"17.1": 7, "16.3": 3},
    "debian": {"13": 6, "12": 4},
    "ubuntu": {"24.04": 8, "22.04": 2},
    "fedora": {"43": 1},
    "truenas": {"25.4": 1},
}
HOSTS: Final = {"debian": 60, "ubuntu": 28, "fedora": 5, "truenas": 7}
KERNELS: Final = {"6.12.51": 55, "6.6.62": 25, "6.1.21": 12, "5.15.189": 8}
MACHINES: Final = {"none": 58, "kvm": 28, "vmware": 6, "oracle": 4, "microsoft": 4}
PYTHONS: Final = {"3.14.0": 55, "3.13.7": 45}
CORES: Final = {1: 3, 2: 22, 4: 62, 6: 3, 8: 8, 16: 2}
MEMORY: Final = {1: 5, 2: 22, 4: 40, 8: 25, 16: 6, 32: 2}
PANELS: Final = {
    "lovelace": 0.97, "config": 0.7, "history": 0.4, "energy": 0.35, "logbook": 0.3, "map": 0.15,
    "developer-tools": 0.2, "profile": 0.1, "todo": 0.12, "media-browser": 0.06, "custom": 0.3,
}  # fmt: skip
OPENED: Final = {1: 20, 2: 30, 5: 22, 10: 15, 20: 9, 50: 3, 100: 1}
DURATIONS: Final = {5: 8, 10: 25, 20: 28, 30: 26, 60: 10, 120: 2, 300: 1}
UNCLEAN: Final = {"power_loss": 6, "killed": 5, "crashed_at_start": 1, "crashed_at_stop": 1}
FAILING: Final = {"tuya": 5, "cast": 4, "hue": 3, "shelly": 3, "ring": 2, "tado": 2, "plex": 1}
REASONS: Final = {"not_ready": 60, "authentication": 25, "error": 10, "requirements": 5}
CLOUD: Final = {"logged_out": 62, "connected": 25, "not_loaded": 8, "expired": 3, "disconnected": 2}
FILES: Final = {
    "asyncio/selector_events.py": 4,
    "sqlalchemy/engine/default.py": 3,
    "homeassistant/core.py": 2,
}


def shared(chance: random.Random, kind: str) -> dict[str, Any]:
    """Return what a report has besides, where its installation shares that."""
    told = environment(chance, kind) if chance.random() < SHARING else {}
    if chance.random() < SHARING:
        told["panels"] = [
            {"panel": panel, "opened": one(chance, OPENED)}
            for panel, share in PANELS.items()
            if chance.random() < share
        ]
    return told


def environment(chance: random.Random, kind: str) -> dict[str, Any]:
    """Return what an installation of this type runs on."""
    inside = kind not in {"Home Assistant Core", "Unknown"}
    host = "haos" if kind == "Home Assistant OS" else one(chance, HOSTS)
    around = {"host_system": _system(chance, host, "supervisor")} if inside else {}
    return around | {
        "system": _system(chance, "alpine" if inside else host, "os-release"),
        "kernel": {"name": "Linux", "version": one(chance, KERNELS), "detection": "uname"},
        "architecture": _found(one(chance, {"aarch64": 57, "x86_64": 42, "armv7l": 1}), "uname"),
        "virtualization": _found(one(chance, MACHINES), "dmi"),
        "container": _found("docker" if inside else "none", "dockerenv" if inside else "none"),
        "python": {"version": one(chance, PYTHONS)},
        "hardware": {"cores": one(chance, CORES), "memory": one(chance, MEMORY)},
    }


def events(chance: random.Random, report: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what an installation tells of its life, oldest first; most tell nothing of it."""
    if chance.random() < 1 - SHARING:
        return
    told = {"uuid": report["uuid"], "version": report["version"]}
    bad = chance.random() < 0.12
    end = one(chance, UNCLEAN) if bad else one(chance, {"clean": 9, "first": 1})
    ended = {"previous_end": end, "version_changed": chance.random() < 0.3}
    yield told | {"event": "stop"}
    if bad and chance.random() < 0.15:
        yield told | ended | {"event": "fault", "fault": _fault(chance)}
    failed = sorted({one(chance, FAILING) for _ in range(chance.choice((0, 0, 0, 1, 2)))})
    yield (
        told
        | ended
        | {
            "event": "start",
            "start_duration": one(chance, DURATIONS),
            "setup_failures": [
                {"domain": domain, "reason": one(chance, REASONS)} for domain in failed
            ],
            "custom_setup_failures": {one(chance, REASONS): 1} if chance.random() < 0.1 else {},
            "cloud": one(chance, CLOUD),
        }
    )


def one[T](chance: random.Random, weights: Mapping[T, int]) -> T:
    """Choose by weight."""
    return chance.choices(list(weights), list(weights.values()))[0]


def _system(chance: random.Random, system: str, detection: str) -> dict[str, Any]:
    return {
        "name": SYSTEMS[system],
        "version": one(chance, VERSIONS[system]),
        "id": system,
        "id_like": "debian" if system == "ubuntu" else None,
        "detection": detection,
    }


def _found(name: str, detection: str) -> dict[str, str]:
    return {"name": name, "detection": detection}


def _fault(chance: random.Random) -> dict[str, Any]:
    return {
        "error": one(chance, {"SegmentationFault": 4, "Aborted": 1}),
        "thread": "main",
        "function": "_run",
        "file": one(chance, FILES),
        "line": chance.randint(1, 900),
    }
