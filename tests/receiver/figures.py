"""A made-up fleet's published figures and history, for pages that have to show something."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import batched
from random import Random
from typing import Any

from tests.receiver.gear import example_devices, past


def _words(text: str) -> list[str]:
    return text.split()


TIME = datetime(2026, 11, 25, 12, tzinfo=UTC)
INSTALLATIONS = 4_380
# Which part of them shares its devices.
SHARING = 0.43
TYPES = {
    "os": 0.71,
    "container": 0.2,
    "core": 0.03,
    "supervised": 0.035,
    "unsupported_container": 0.015,
    "unknown": 0.004,
}
VERSIONS = {
    "2026.11.2": 0.34,
    "2026.11.1": 0.14,
    "2026.11.0": 0.03,
    "2026.10.4": 0.17,
    "2026.10.3": 0.05,
    "2026.9.4": 0.06,
    "2026.8.3": 0.04,
    "2026.6.4": 0.03,
    "2026.3.4": 0.02,
    "2025.12.5": 0.03,
    "2025.6.3": 0.02,
    "2025.4.4": 0.01,
    "2024.12.5": 0.01,
    "2026.12.0b0": 0.003,
}
COUNTRIES = _words("DE US NL GB FR SE IT PL BE AU ES CA CH AT NO DK CZ FI ZA PT HU BR IN NZ IE")
STATES = _words("CA TX FL NY WA CO OH PA IL NC GA VA")
INTEGRATIONS = _words(
    "sun mobile_app met backup radio_browser google_translate shopping_list hacs_frontend "
    "mqtt zha esphome hue cast dlna_dmr upnp sonos spotify shelly tuya tasmota ipp homekit "
    "homekit_controller apple_tv androidtv samsungtv webostv roku plex jellyfin zwave_js "
    "matter thread otbr bluetooth ibeacon switchbot govee_ble xiaomi_ble unifi unifiprotect "
    "synology_dsm fritz fritzbox pi_hole adguard systemmonitor version tado netatmo nest ring "
    "reolink roborock ecovacs husqvarna_automower tesla_fleet forecast_solar fronius "
    "enphase_envoy dsmr homewizard tibber energyzero opower"
)
CUSTOM = _words(
    "hacs browser_mod alarmo frigate localtuya powercalc adaptive_lighting mushroom_helper "
    "scheduler waste_collection_schedule better_thermostat solcast_solar nordpool "
    "battery_notes spook watchman variable pyscript xiaomi_cloud_map_extractor tapo_control "
    "smartthinq_sensors midea_ac_lan dreame_vacuum bambu_lab ble_monitor average "
    "irrigation_unlimited versatile_thermostat analytics __proto__"
)
ADDONS = _words(
    "core_ssh core_samba core_mosquitto core_configurator core_letsencrypt core_duckdns "
    "core_matter_server core_openthread_border_router core_zwave_js core_whisper core_piper "
    "core_openwakeword core_mariadb core_nginx_proxy core_vlc core_dnsmasq core_deconz "
    "a0d7b954_vscode a0d7b954_ssh a0d7b954_nodered a0d7b954_influxdb a0d7b954_grafana "
    "a0d7b954_adguard a0d7b954_glances a0d7b954_tailscale a0d7b954_wireguard "
    "a0d7b954_uptime_kuma a0d7b954_phpmyadmin a0d7b954_zerotier a0d7b954_unifi "
    "a0d7b954_log_viewer 5c53de3b_esphome 45df7312_zigbee2mqtt "
    "cebe7a76_hassio_google_drive_backup ccab4aaf_frigate 9074a9fa_cloudflared "
    "15ef4d2f_jellyfin db21ed7f_plex c80c7555_mealie 77b2833f_paperless"
)
BOARDS = {
    "rpi4-64": 0.27,
    "ova": 0.24,
    "rpi5-64": 0.15,
    "generic-x86-64": 0.14,
    "green": 0.1,
    "rpi3-64": 0.04,
    "yellow": 0.03,
    "odroid-n2": 0.015,
    "generic-aarch64": 0.01,
}
SYSTEMS = {"alpine": 0.91, "debian": 0.05, "ubuntu": 0.02, "arch": 0.008, "fedora": 0.004}
HOST_SYSTEMS = {"haos": 0.8, "debian": 0.12, "ubuntu": 0.05}
PANELS = _words("lovelace config history logbook energy profile map developer-tools custom")
FAILING = _words("tuya hue cast upnp shelly met ipp")
STARTS = {"2026.11.2": 0.5, "2026.11.1": 0.3, "2026.10.4": 0.25, "2026.9.4": 0.06}
ENDS = {"clean": 0.93, "power_loss": 0.09, "killed": 0.06, "first": 0.05, "crashed_at_stop": 0.02}
QUARTILES = {
    "state_count": [210, 520, 1_100],
    "automation_count": [4, 15, 42],
    "integration_count": [22, 34, 52],
    "addon_count": [2, 5, 9],
    "user_count": [1, 2, 3],
}


def example_figures(k: int = 5, installations: int = INSTALLATIONS) -> dict[str, Any]:
    """Return published figures of a plausible fleet, the same at each call."""
    random = Random(1)
    usage, statistics = installations * 4 // 5, installations * 3 // 4
    supervised = installations * 3 // 4
    return {
        "last_updated": int(TIME.timestamp() * 1000),
        "smallest_group": k,
        "active_installations": _floor(installations, k),
        "reports_integrations": _floor(usage, k),
        "reports_statistics": _floor(statistics, k),
        "reports_addons": _floor(usage * 3 // 4, k),
        "filled": {
            "integrations": _floor(usage, k),
            "addons": _floor(usage * 3 // 4 - 2 * k, k),
            "statistics": _floor(statistics - k, k),
        },
        "installation_types": {name: _floor(installations * s, k) for name, s in TYPES.items()},
        "versions": _parts(installations, VERSIONS, k),
        "countries": _parts(installations, _falling(COUNTRIES, 0.22), k),
        "regions": {"US": _parts(installations * 0.17, _falling(STATES, 0.2), k)},
        "integrations": _parts(usage, _spread(INTEGRATIONS, random), k),
        "custom_integrations": {
            domain: {"total": total, "versions": _parts(total, _releases(random), k)}
            for domain, total in _parts(usage, _falling(CUSTOM, 0.7), k).items()
        },
        "addons": {
            slug: {
                "total": total,
                "versions": _parts(total, _releases(random), k),
                "protected": _floor(total * random.uniform(0.7, 1), k),
                "auto_update": _floor(total * random.uniform(0.1, 0.6), k),
            }
            for slug, total in _parts(usage * 3 // 4, _falling(ADDONS, 0.5), k).items()
        },
        "boards": _parts(installations * 0.71, BOARDS, k),
        "operating_system_versions": _parts(
            installations * 0.71, {"17.1": 0.48, "17.0": 0.2, "16.3": 0.22, "15.2": 0.08}, k
        ),
        "archs": _parts(supervised, {"aarch64": 0.59, "amd64": 0.4, "armv7": 0.006}, k),
        "recorders": {
            engine: {"total": _floor(usage * share, k), "versions": _parts(usage, versions, k)}
            for engine, (share, versions) in {
                "sqlite": (0.86, {"3.50.4": 0.6, "3.49.2": 0.2, "3.48.0": 0.05}),
                "mysql": (0.1, {"11.8.3": 0.05, "11.4.8": 0.03}),
                "postgresql": (0.02, {"17.6": 0.01}),
            }.items()
        },
        "energy": _floor(usage * 0.38, k),
        "certificate": _floor(usage * 0.17, k),
        "supervisor": {
            "total": _floor(supervised, k),
            "healthy": _floor(supervised * 0.97, k),
            "supported": _floor(supervised * 0.93, k),
            "unhealthy": _floor(supervised * 0.03, k),
            "unsupported": _floor(supervised * 0.07, k),
        },
        "statistics": {
            name: {
                "installations": _floor(statistics, k),
                "quartiles": quartiles,
                "quartiles_of_any": [one + 1 for one in quartiles],
            }
            for name, quartiles in QUARTILES.items()
        },
        "devices": example_devices(k, round(installations * SHARING)),
        **_extended(installations, k),
    }


def _extended(installations: int, k: int) -> dict[str, Any]:
    """Return what those tell who share more."""
    share, lives = installations * 3 // 5, installations // 2

    def rows(whole: float, shares: dict[str, float], name: str, parts: dict[str, float]) -> Any:
        return {
            key: {"total": total, name: _parts(total, parts, k)}
            for key, total in _parts(whole, shares, k).items()
        }

    return {
        "reports_environment": _floor(share, k),
        "reports_lifecycle": _floor(lives, k),
        "reports_interface": _floor(installations * 0.4, k),
        "systems": rows(share, SYSTEMS, "versions", {"3.22.1": 0.7, "3.21.4": 0.2, "12": 0.04}),
        "host_systems": rows(share * 0.6, HOST_SYSTEMS, "versions", {"16.2": 0.6, "16.1": 0.3}),
        "kernels": rows(share, {"Linux": 0.99}, "versions", {"6.12": 0.6, "6.6": 0.2, "6.1": 0.1}),
        "cpu_architectures": _parts(share, {"aarch64": 0.56, "x86_64": 0.42, "armv7l": 0.01}, k),
        "virtualizations": _parts(
            share, {"none": 0.66, "kvm": 0.2, "oracle": 0.03, "vmware": 0.05, "microsoft": 0.02}, k
        ),
        "containers": _parts(share, {"docker": 0.92, "lxc": 0.03, "none": 0.03, "podman": 0.01}, k),
        "python_versions": _parts(share, {"3.13.7": 0.8, "3.13.3": 0.12, "3.14.0": 0.05}, k),
        "cores": _parts(share, {"1": 0.02, "2": 0.2, "4": 0.7, "6": 0.01, "64": 0.05}, k),
        "memory": _parts(share, {"1": 0.04, "2": 0.2, "4": 0.4, "8": 0.28, "16": 0.05}, k),
        "panels": rows(
            installations * 0.4,
            _falling(PANELS, 0.95),
            "opened",
            {"1": 0.1, "2": 0.2, "5": 0.25, "10": 0.2, "20": 0.1, "50": 0.08, "100": 0.02},
        ),
        "unclean": _floor(lives * 0.18, k),
        "starts": {
            version: {"total": total, "unclean": _floor(total * rate, k)}
            for rate, (version, total) in zip(
                (0.05, 0.09, 0.12, 0.07), _parts(lives, STARTS, k).items(), strict=False
            )
        },
        "previous_ends": _parts(lives, ENDS, k),
        "start_durations": _parts(
            lives,
            {"0": 0.02, "5": 0.1, "10": 0.3, "20": 0.25, "30": 0.2, "600": 0.1},
            k,
        ),
        "setup_failures": rows(
            lives, _falling(FAILING, 0.12), "reasons", {"not_ready": 0.6, "authentication": 0.3}
        ),
        "custom_setup_failures": _parts(lives, {"error": 0.06, "requirements": 0.02}, k),
        "cloud": _parts(
            lives, {"not_loaded": 0.1, "logged_out": 0.6, "connected": 0.24, "expired": 0.02}, k
        ),
        "faults": rows(
            lives,
            {"SegmentationFault": 0.012, "Aborted": 0.006},
            "files",
            {"asyncio/selector_events.py": 0.5, "numpy/core/multiarray.py": 0.3},
        ),
        "stop_durations": _parts(lives, {"0": 0.6, "10": 0.3, "60": 0.02}, k),
        "clean_runs": _parts(
            lives, {"0": 0.01, "60": 0.06, "3600": 0.2, "86400": 0.4, "604800": 0.25}, k
        ),
        "unclean_runs": _parts(lives, {"60": 0.01, "3600": 0.02, "86400": 0.03}, k),
        "unclean_ends": _parts(
            lives, {"first": 0.05, "repeated": 0.02, "loop": 0.004, "recovered": 0.09}, k
        ),
        "nearly_full": {
            what: {"total": _floor(lives * 0.9, k), "full": _floor(lives * rate, k)}
            for what, rate in {"disk": 0.04, "memory": 0.07}.items()
        },
    }


def example_history(days: int = 90, k: int = 5) -> list[dict[str, Any]]:
    """Return the same fleet's growth, one entry a day, oldest first, without thinning."""
    history: list[dict[str, Any]] = json.loads(_history(days, k))
    return history


@cache
def _history(days: int, k: int) -> str:
    """Return it as JSON, made once: many tests ask for it, and some change theirs."""
    random = Random(2)
    history = [
        _day(INSTALLATIONS * (1 - 0.004 * age) + random.uniform(-9, 9), age, k)
        for age in range(days - 1, -1, -1)
    ]
    return json.dumps(history)


def _day(installations: float, age: int, k: int) -> dict[str, Any]:
    figures = example_figures(k, round(installations))
    day = (TIME - timedelta(days=age)).date()
    # The last day of each month, and today.
    of_month = not age or (day + timedelta(days=1)).day == 1
    return {
        "devices": past(figures["devices"]) if of_month else None,
        "day": day.isoformat(),
        "active_installations": figures["active_installations"],
        "reports_integrations": figures["reports_integrations"],
        "reports_addons": figures["reports_addons"],
        "reports_environment": figures["reports_environment"],
        "reports_lifecycle": figures["reports_lifecycle"],
        "reports_interface": figures["reports_interface"],
        "unclean": figures["unclean"],
        "systems": {n: v["total"] for n, v in figures["systems"].items()},
        "virtualizations": figures["virtualizations"],
        "installation_types": figures["installation_types"],
        "versions": _adoption(installations, age, k),
        "integrations": figures["integrations"],
        "custom_integrations": {n: v["total"] for n, v in figures["custom_integrations"].items()},
        "addons": {n: v["total"] for n, v in figures["addons"].items()},
        "medians": {name: quartiles[1] for name, quartiles in QUARTILES.items()},
    }


def _adoption(installations: float, age: int, k: int) -> dict[str, int]:
    """Each release rises for a month and falls for three."""
    released = {"2026.11.2": 4, "2026.10.4": 34, "2026.9.4": 64, "2026.8.3": 94, "2026.7.4": 124}
    weights = {}
    for version, days_ago in released.items():
        days_out = days_ago - age
        if days_out >= 0:
            weights[version] = min(days_out + 1, 30) if days_out < 30 else max(60 - days_out, 4)
    total = sum(weights.values()) or 1
    return _parts(installations * 0.9, {v: w / total for v, w in weights.items()}, k)


def _floor(number: float, k: int) -> int:
    return int(number) // k * k


def _parts(total: float, shares: dict[str, float], k: int) -> dict[str, int]:
    counts = {name: _floor(total * share, k) for name, share in shares.items()}
    return {name: count for name, count in counts.items() if count}


def _falling(names: list[str], first: float) -> dict[str, float]:
    return {name: first * 0.86**rank for rank, name in enumerate(names)}


def _spread(names: list[str], random: Random) -> dict[str, float]:
    """Return high shares for the first names, lower ones for each later eight."""
    return {
        name: random.uniform(0.5, 1) * 0.62**group
        for group, part in enumerate(batched(names, 8, strict=False))
        for name in part
    }


def _releases(random: Random) -> dict[str, float]:
    major, minor = random.randint(0, 9), random.randint(3, 30)
    newest = random.uniform(0.4, 0.7)
    return {f"{major}.{minor - age}.0": newest * 0.4**age for age in range(4)}
