"""The words of what the plugin shares with this receiver only; a test compares them with its own.

What is not in these tables is kept as "other": a newer client loses nothing else of its report.
"""

import re
from collections.abc import Mapping
from typing import Final

OTHER: Final = "other"
UNKNOWN: Final = "unknown"
NONE: Final = "none"

# By the ID of os-release(5): the names that these systems give themselves.
SYSTEMS: Final[Mapping[str, str]] = {
    "almalinux": "AlmaLinux",
    "alpine": "Alpine Linux",
    "amzn": "Amazon Linux",
    "arch": "Arch Linux",
    "archarm": "Arch Linux ARM",
    "armbian": "Armbian",
    "balena-os": "balenaOS",
    "bazzite": "Bazzite",
    "buildroot": "Buildroot",
    "cachyos": "CachyOS",
    "centos": "CentOS",
    "coreos": "CoreOS",
    "debian": "Debian GNU/Linux",
    "devuan": "Devuan GNU/Linux",
    "dietpi": "DietPi",
    "elementary": "elementary OS",
    "endeavouros": "EndeavourOS",
    "fedora": "Fedora Linux",
    "flatcar": "Flatcar Container Linux",
    "freebsd": "FreeBSD",
    "gentoo": "Gentoo",
    "haos": "Home Assistant OS",
    "hassos": "HassOS",
    "kali": "Kali GNU/Linux",
    "libreelec": "LibreELEC",
    "linuxmint": "Linux Mint",
    "macos": "macOS",
    "manjaro": "Manjaro Linux",
    "manjaro-arm": "Manjaro ARM",
    "neon": "KDE neon",
    "nixos": "NixOS",
    "nobara": "Nobara Linux",
    "ol": "Oracle Linux Server",
    "openmediavault": "openmediavault",
    "opensuse": "openSUSE",
    "opensuse-leap": "openSUSE Leap",
    "opensuse-microos": "openSUSE MicroOS",
    "opensuse-tumbleweed": "openSUSE Tumbleweed",
    "openwrt": "OpenWrt",
    "osmc": "OSMC",
    "photon": "VMware Photon OS",
    "pop": "Pop!_OS",
    "postmarketos": "postmarketOS",
    "raspbian": "Raspbian GNU/Linux",
    "rhel": "Red Hat Enterprise Linux",
    "rocky": "Rocky Linux",
    "slackware": "Slackware",
    "sles": "SLES",
    "suse": "SUSE",
    "synology": "Synology DSM",
    "truenas": "TrueNAS",
    "ubuntu": "Ubuntu",
    "ubuntu-core": "Ubuntu Core",
    "unraid": "Unraid OS",
    "void": "Void Linux",
    "wolfi": "Wolfi",
    "zorin": "Zorin OS",
    OTHER: OTHER,
    UNKNOWN: UNKNOWN,
}
KERNELS: Final = ("Linux", "Darwin", "FreeBSD", OTHER, UNKNOWN)
ARCHITECTURES: Final = (
    "aarch64",
    "armv6l",
    "armv7l",
    "armv8l",
    "i386",
    "i686",
    "loongarch64",
    "ppc64le",
    "riscv64",
    "s390x",
    "x86_64",
    OTHER,
    UNKNOWN,
)
# As systemd-detect-virt(1) calls them; but it calls WSL 2 a container in Microsoft's machine.
VIRTUALIZATIONS: Final = (
    NONE,
    "acrn",
    "amazon",
    "apple",
    "bhyve",
    "bochs",
    "google",
    "kvm",
    "microsoft",
    "oracle",
    "parallels",
    "powervm",
    "qemu",
    "qnx",
    "sre",
    "uml",
    "vmware",
    "wsl",
    "xen",
    "zvm",
    OTHER,
    UNKNOWN,
)
CONTAINERS: Final = (
    NONE,
    "containerd",
    "docker",
    "kubernetes",
    "lxc",
    "lxc-libvirt",
    "openvz",
    "podman",
    "pouch",
    "proot",
    "rkt",
    "systemd-nspawn",
    "wsl",
    OTHER,
    UNKNOWN,
)
# By which way a value was found.
DETECTIONS: Final = (
    "cgroup",
    "clocksource",
    "container-manager",
    "container-variable",
    "containerenv",
    "cpuinfo",
    "device-tree",
    "dmi",
    "dockerenv",
    "host-os-release",
    "hypervisor",
    "init-environment",
    "kernel-version",
    "kubernetes-variables",
    "os-release",
    "supervisor",
    "system-version",
    "systemd-detect-virt",
    "uname",
    NONE,
)
CORE_STEPS: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64)
# GiB, each reached by what four fifths of it are left of; 0 is less than all.
MEMORY_STEPS: Final = (0, 1, 2, 4, 8, 16, 32, 64, 128)

ENDS: Final = (
    "first",
    "clean",
    "killed",
    "power_loss",
    "crashed_at_start",
    "crashed_at_stop",
    UNKNOWN,
)
# Seconds that a start took at least.
DURATION_STEPS: Final = (0, 5, 10, 20, 30, 60, 120, 300, 600)
# Seconds that a stop took at least.
STOP_STEPS: Final = (0, 10, 60)
# Seconds that a run lasted at least: a minute, an hour, a day, a week.
RUN_STEPS: Final = (0, 60, 3_600, 86_400, 604_800)
# Unclean ends in a row: one, two at least, five at least; or a clean one after any.
ROWS: Final = ("first", "repeated", "loop", "recovered")
# In the order in which the first one that is known is told.
REASONS: Final = ("requirements", "dependencies", "authentication", "not_ready", "error")
CLOUD_STATES: Final = ("not_loaded", "logged_out", "expired", "disconnected", "connected")
# The interpreter's own words for crashes, as classes are named.
FAULTS: Final = (
    "SegmentationFault",
    "Aborted",
    "BusError",
    "FloatingPointException",
    "IllegalInstruction",
    "StackOverflow",
    "FatalPythonError",
)
THREADS: Final = ("main", "worker", "recorder", OTHER, UNKNOWN)

# The panels that Home Assistant brings, by the name that their address begins with.
PANELS: Final = (
    "app",
    "calendar",
    "climate",
    "config",
    "developer-tools",
    "energy",
    "hassio",
    "history",
    "home",
    "light",
    "logbook",
    "lovelace",
    "maintenance",
    "map",
    "media-browser",
    "profile",
    "security",
    "todo",
    "custom",
)
OPENED_STEPS: Final = (1, 2, 5, 10, 20, 50, 100)

# As the plugin writes versions: nothing of an address, a date or a serial number gets through.
NUMBERS: Final = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,2}(?!\d)")
# How a run ended that somebody has to look into.
UNCLEAN: Final = frozenset({"killed", "power_loss", "crashed_at_start", "crashed_at_stop"})
