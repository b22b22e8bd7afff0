"""What a made-up home shares with this project's receiver only; nothing here is measured."""

import random
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from scripts.fleet.chance import one
from scripts.fleet.releases import system_version

SHARING: Final = 0.6
PYTHON_3_14: Final = date(2026, 9, 2)
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
    "debian": {"13": 6, "12": 4},
    "ubuntu": {"24.04": 8, "22.04": 2},
    "fedora": {"43": 1},
    "truenas": {"25.4": 1},
}
HOSTS: Final = {"debian": 60, "ubuntu": 28, "fedora": 5, "truenas": 7}
KERNELS: Final = {"6.12.51": 55, "6.6.62": 25, "6.1.21": 12, "5.15.189": 8}
MACHINES: Final = {"none": 58, "kvm": 28, "vmware": 6, "oracle": 4, "microsoft": 4}
CORES: Final = {1: 3, 2: 22, 4: 62, 6: 3, 8: 8, 16: 2}
MEMORY: Final = {1: 5, 2: 22, 4: 40, 8: 25, 16: 6, 32: 2}
PANELS: Final = {
    "lovelace": 0.97, "config": 0.7, "history": 0.4, "energy": 0.35, "logbook": 0.3, "map": 0.15,
    "developer-tools": 0.2, "profile": 0.1, "todo": 0.12, "media-browser": 0.06, "custom": 0.3,
}  # fmt: skip
OPENED: Final = {1: 20, 2: 30, 5: 22, 10: 15, 20: 9, 50: 3, 100: 1}


def chosen(chance: random.Random, kind: str) -> dict[str, Any]:
    """Return what its reports have besides, where a home shares that."""
    told = _environment(chance, kind) if chance.random() < SHARING else {}
    if chance.random() < SHARING:
        told["panels"] = [
            {"panel": panel, "opened": one(chance, OPENED)}
            for panel, share in PANELS.items()
            if chance.random() < share
        ]
    return told


def of_report(told: Mapping[str, Any], updated: date) -> dict[str, Any]:
    """Return the same with the versions that came with a home's last update."""
    fresh = {key: value for key, value in told.items() if key != "python"}
    if "python" in told:
        fresh["python"] = {"version": "3.14.2" if updated >= PYTHON_3_14 else "3.13.9"}
    if told.get("host_system", {}).get("id") == "haos":
        fresh["host_system"] = told["host_system"] | {"version": system_version(updated)}
    return fresh


def _environment(chance: random.Random, kind: str) -> dict[str, Any]:
    """Return what a home of this type runs on."""
    inside = kind not in {"Home Assistant Core", "Unknown"}
    host = "haos" if kind == "Home Assistant OS" else one(chance, HOSTS)
    around = {"host_system": _system(chance, host, "supervisor")} if inside else {}
    return around | {
        "system": _system(chance, "alpine" if inside else host, "os-release"),
        "kernel": {"name": "Linux", "version": one(chance, KERNELS), "detection": "uname"},
        "architecture": _found(one(chance, {"aarch64": 57, "x86_64": 42, "armv7l": 1}), "uname"),
        "virtualization": _found(one(chance, MACHINES), "dmi"),
        "container": _found("docker" if inside else "none", "dockerenv" if inside else "none"),
        "python": {},
        "hardware": {"cores": one(chance, CORES), "memory": one(chance, MEMORY)},
    }


def _system(chance: random.Random, system: str, detection: str) -> dict[str, Any]:
    return {
        "name": SYSTEMS[system],
        "version": one(chance, VERSIONS[system]) if system in VERSIONS else None,
        "id": system,
        "id_like": "debian" if system == "ubuntu" else None,
        "detection": detection,
    }


def _found(name: str, detection: str) -> dict[str, str]:
    return {"name": name, "detection": detection}
