"""Find out which kind of virtual machine it is, from the surest sign to the faintest."""

from collections.abc import Callable, Mapping
from typing import Final

from ...tiers import Found, words
from ..machine import Machine, Place
from .kernel import is_wsl, is_wsl_2

type Finder = Callable[[Machine], str | None]

# What the firmware's texts begin with, and none of a real machine does: `Google` and `Microsoft`
# also sell such.
FIRMWARE: Final[Mapping[str, str]] = {
    "Amazon EC2": "amazon",
    "Apple Virtualization": "apple",
    "BHYVE": "bhyve",
    "Bochs": "bochs",
    "Google Compute Engine": "google",
    "Hyper-V": "microsoft",
    "KVM": "kvm",
    "KubeVirt": "kvm",
    "OpenStack": "kvm",
    "Parallels": "parallels",
    "QEMU": "qemu",
    "VMware": "vmware",
    "VirtualBox": "oracle",
    "Xen": "xen",
    "innotek GmbH": "oracle",
}
MICROSOFT: Final = ("Microsoft Corporation", "Virtual Machine")
CLOCKS: Final[Mapping[str, str]] = {
    "kvm-clock": "kvm",
    "hyperv_clocksource_tsc_page": "microsoft",
    "hyperv_clocksource_msr": "microsoft",
    "xen": "xen",
}
DEVICE_TREES: Final[Mapping[str, str]] = {
    "linux,kvm": "kvm",
    "xen,xen": "xen",
    "vmware": "vmware",
    "linux,dummy-virt": "qemu",
    "qemu,pseries": "qemu",
}
# Only of these, for on others cpuinfo has the serial number of the board.
HAVE_FLAGS: Final = ("x86_64", "i386", "i486", "i586", "i686")


def virtualization(machine: Machine) -> Found:
    """Return the kind of the virtual machine, or none, by the first sign that tells."""
    for detection, find in FINDERS.items():
        if name := find(machine):
            return Found(name=words.word(name, words.VIRTUALIZATIONS), detection=detection)
    return Found(name=words.UNKNOWN, detection=words.NONE)


def _kernel(machine: Machine) -> str | None:
    """Recognise the Windows Subsystem for Linux, whose first version is no virtual machine."""
    if is_wsl_2(machine):
        return "wsl"
    return words.NONE if is_wsl(machine) else None


def _systemd(machine: Machine) -> str | None:
    return machine.detect_virt("vm")


def _hypervisor(machine: Machine) -> str | None:
    return machine.text(Place.HYPERVISOR).strip()


def _firmware(machine: Machine) -> str | None:
    """Recognise the maker; what QEMU shows runs under KVM too, which the clock tells."""
    texts = {
        place: machine.text(place).strip()
        for place in (Place.PRODUCT, Place.VENDOR, Place.BOARD_VENDOR, Place.BIOS_VENDOR)
    }
    if (texts[Place.VENDOR], texts[Place.PRODUCT]) == MICROSOFT:
        return "microsoft"
    found = (
        name for text in texts.values() for sign, name in FIRMWARE.items() if text.startswith(sign)
    )
    first = next(found, None)
    return None if first == "qemu" and _clock(machine) else first


def _clock(machine: Machine) -> str | None:
    clocks = machine.text(Place.CLOCKSOURCES).split()
    return next((CLOCKS[clock] for clock in clocks if clock in CLOCKS), None)


def _processor(machine: Machine) -> str | None:
    """Read whether the processor says that there is a hypervisor, but not which."""
    if machine.uname().machine not in HAVE_FLAGS:
        return None
    lines = (line.partition(":") for line in machine.text(Place.CPUINFO).splitlines())
    flags = next((value.split() for key, _, value in lines if key.strip() == "flags"), None)
    if not flags:
        return None
    return words.OTHER if "hypervisor" in flags else words.NONE


def _device_tree(machine: Machine) -> str | None:
    """Recognise a board: one that is described, without a hypervisor, is a real one."""
    board = machine.parts(Place.DEVICE_TREE)
    for each in (*machine.parts(Place.DEVICE_TREE_HYPERVISOR), *board):
        if each in DEVICE_TREES:
            return DEVICE_TREES[each]
    if machine.has(Place.DEVICE_TREE_HYPERVISOR):
        return words.OTHER
    return words.NONE if board else None


FINDERS: Final[Mapping[str, Finder]] = {
    "kernel-version": _kernel,
    "systemd-detect-virt": _systemd,
    "hypervisor": _hypervisor,
    "dmi": _firmware,
    "clocksource": _clock,
    "cpuinfo": _processor,
    "device-tree": _device_tree,
}
