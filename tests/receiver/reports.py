"""Reports as Home Assistant sends them, small and full, for every test of the receiver."""

import uuid
from typing import Any

INTEGRATIONS = ("automation", "backup", "default_config", "hue", "mqtt", "recorder", "sun", "zha")


def new_id() -> str:
    """Return the random id of one more installation."""
    return uuid.uuid4().hex


def base_report(**changes: Any) -> dict[str, Any]:
    """Return a report with the required fields only, and with the changes."""
    return {
        "uuid": new_id(),
        "version": "2026.10.4",
        "installation_type": "Home Assistant OS",
        **changes,
    }


def valid_report(**changes: Any) -> dict[str, Any]:
    """Return a report with every field that the receiver knows, and with the changes."""
    report = base_report() | {
        "supervisor": {"healthy": True, "supported": True, "arch": "aarch64"},
        "operating_system": {"board": "rpi5-64", "version": "16.2"},
        "certificate": False,
        "integrations": list(INTEGRATIONS),
        "custom_integrations": [
            {"domain": "hacs", "version": "2.0.5"},
            {"domain": "analytics", "version": None},
        ],
        "addons": [
            {"slug": "core_mosquitto", "protected": True, "version": "6.5.2", "auto_update": True},
            {"slug": "core_ssh", "protected": False, "version": "9.20.0", "auto_update": False},
        ],
        "energy": {"configured": True},
        "recorder": {"engine": "sqlite", "version": "3.50.4"},
        "state_count": 421,
        "automation_count": 17,
        "integration_count": len(INTEGRATIONS),
        "addon_count": 2,
        "user_count": 3,
        **environment(),
        "panels": [{"panel": "energy", "opened": 2}, {"panel": "lovelace", "opened": 20}],
    }
    return report | changes


def environment() -> dict[str, Any]:
    """Return what a report says of what Home Assistant runs on."""
    alpine = {"name": "Alpine Linux", "version": "3.22.1", "id": "alpine", "id_like": None}
    haos = {"name": "Home Assistant OS", "version": "16.2", "id": "haos", "id_like": None}
    return {
        "system": alpine | {"detection": "os-release"},
        "host_system": haos | {"detection": "supervisor"},
        "kernel": {"name": "Linux", "version": "6.12.51", "detection": "uname"},
        "architecture": {"name": "aarch64", "detection": "uname"},
        "virtualization": {"name": "none", "detection": "none"},
        "container": {"name": "docker", "detection": "dockerenv"},
        "python": {"version": "3.13.7"},
        "hardware": {"cores": 4, "memory": 8},
    }


def start_event(**changes: Any) -> dict[str, Any]:
    """Return the event of a start with every field that the receiver knows, and the changes."""
    return {
        "uuid": new_id(),
        "version": "2026.10.4",
        "event": "start",
        "start_duration": 20,
        "stop_duration": 10,
        "previous_end": "power_loss",
        "version_changed": False,
        "setup_failures": [
            {"domain": "hue", "reason": "not_ready"},
            {"domain": "tuya", "reason": "authentication"},
        ],
        "custom_setup_failures": {"requirements": 1, "error": 2},
        "cloud": "connected",
        **changes,
    }


def stop_event(**changes: Any) -> dict[str, Any]:
    """Return the event of a stop with every field that the receiver knows, and the changes."""
    return {
        "uuid": new_id(),
        "version": "2026.10.4",
        "event": "stop",
        "run_duration": 86_400,
        "unclean_ends": "recovered",
        "memory_nearly_full": False,
        "disk_nearly_full": True,
        **changes,
    }


def fault_event(**changes: Any) -> dict[str, Any]:
    """Return the event of a crash with every field that the receiver knows, and the changes."""
    return {
        "uuid": new_id(),
        "version": "2026.10.4",
        "event": "fault",
        "previous_end": "killed",
        "version_changed": False,
        "fault": {
            "error": "SegmentationFault",
            "thread": "main",
            "function": "sendto",
            "file": "asyncio/selector_events.py",
            "line": 1077,
        },
        "run_duration": 3_600,
        "unclean_ends": "repeated",
        "memory_nearly_full": True,
        "disk_nearly_full": False,
        **changes,
    }


def without(report: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the report without one of its fields."""
    return {key: value for key, value in report.items() if key != name}
