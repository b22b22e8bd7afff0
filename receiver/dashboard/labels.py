"""How the words of what the plugin shares with this receiver only are written on the pages."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from ..schema import words
from .charts.wording import name

type Label = Callable[[str], str]

_ANYWHERE: Final = {words.OTHER: "Other", words.UNKNOWN: "Unknown", words.NONE: "None"}
VIRTUALIZATIONS: Final = {
    "amazon": "Amazon EC2",
    "apple": "Apple",
    "google": "Google Compute Engine",
    "kvm": "KVM",
    "microsoft": "Hyper-V",
    "oracle": "VirtualBox",
    "parallels": "Parallels",
    "qemu": "QEMU",
    "vmware": "VMware",
    "wsl": "WSL",
    "xen": "Xen",
}
CONTAINERS: Final = {
    "docker": "Docker",
    "kubernetes": "Kubernetes",
    "lxc": "LXC",
    "podman": "Podman",
    "wsl": "WSL",
}
ENDS: Final = {
    "first": "There was none before",
    "clean": "Stopped cleanly",
    "killed": "Killed, or hung",
    "power_loss": "Power loss",
    "crashed_at_start": "Crashed at start",
    "crashed_at_stop": "Crashed at stop",
}
ROWS: Final = {
    "first": "The first one",
    "repeated": "Two to four",
    "loop": "Five or more",
    "recovered": "Stopped cleanly since",
}
RUNS: Final = {
    "0": "Less than a minute",
    "60": "Minutes",
    "3600": "Hours",
    "86400": "Days",
    "604800": "Weeks",
}
REASONS: Final = {
    "requirements": "Requirements",
    "dependencies": "Dependencies",
    "authentication": "Authentication",
    "not_ready": "Not ready",
    "error": "Error",
}
CLOUD: Final = {
    "not_loaded": "Not loaded",
    "logged_out": "Logged out",
    "expired": "Subscription expired",
    "disconnected": "Not connected",
    "connected": "Connected",
}
PANELS: Final = {
    "app": "Apps",
    "config": "Settings",
    "custom": "All others",
    "hassio": "Supervisor",
    "lovelace": "Dashboards",
    "todo": "To-do lists",
} | {
    panel: panel.replace("-", " ").capitalize()
    for panel in words.PANELS
    if panel not in {"app", "config", "custom", "hassio", "lovelace", "todo"}
}


def of(table: Mapping[str, str]) -> Label:
    """Return what writes the words of a table."""
    known = {**_ANYWHERE, **table}
    return lambda word: known.get(word) or name(word)


def ranges(steps: Sequence[int], unit: str) -> dict[str, str]:
    """Return how numbers that were rounded down to steps are written."""
    written = {
        str(low): str(low) if high == low + 1 else f"{low} to {high - 1}"
        for low, high in pairwise(steps)
    }
    return {key: text + unit for key, text in written.items()} | {
        str(steps[-1]): f"{steps[-1]}{unit} or more"
    }


CORES: Final = ranges(words.CORE_STEPS, "")
# These are no lower ends: who has 4 GiB may see less of them, see words.py.
MEMORY: Final = {
    **{str(step): f"{step} GiB" for step in words.MEMORY_STEPS},
    "0": "Less than 1 GiB",
    str(words.MEMORY_STEPS[-1]): f"{words.MEMORY_STEPS[-1]} GiB or more",
}


def _durations(steps: Sequence[int]) -> dict[str, str]:
    """Return how seconds that were rounded down to steps are written."""
    return {
        **{str(low): f"{low} to {high} s" for low, high in pairwise(steps)},
        "0": f"Less than {steps[1]} s",
        str(steps[-1]): f"{steps[-1]} s or more",
    }


DURATIONS: Final = _durations(words.DURATION_STEPS)
STOPS: Final = _durations(words.STOP_STEPS)
OPENED: Final = ranges(words.OPENED_STEPS, " times") | {"1": "Once"}
