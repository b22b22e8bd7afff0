"""Read name, version and architecture of the kernel from what uname says."""

from collections.abc import Mapping
from typing import Final

from ...tiers import Found, KernelFound, words
from ..machine import Machine

DETECTION: Final = "uname"
# What macOS, FreeBSD and old kernels call them.
ALIASES: Final[Mapping[str, str]] = {
    "amd64": "x86_64",
    "arm64": "aarch64",
    "i486": "i386",
    "i586": "i386",
}


def kernel(machine: Machine) -> KernelFound:
    """Read the kernel's name, and the numbers of its version: the rest is the builder's own."""
    told = machine.uname()
    if not told.system:
        return KernelFound(name=words.UNKNOWN, version=None, detection=words.NONE)
    return KernelFound(
        name=words.word(told.system, words.KERNELS),
        version=words.numbers(told.release),
        detection=DETECTION,
    )


def architecture(machine: Machine) -> Found:
    """Read the kernel's architecture; the interpreter's may be a smaller one."""
    told = machine.uname().machine
    if not told:
        return Found(name=words.UNKNOWN, detection=words.NONE)
    return Found(name=words.word(ALIASES.get(told, told), words.ARCHITECTURES), detection=DETECTION)


def is_wsl(machine: Machine) -> bool:
    """Tell whether the kernel is that of the Windows Subsystem for Linux, of either version."""
    return is_wsl_2(machine) or machine.uname().release.endswith("-Microsoft")


def is_wsl_2(machine: Machine) -> bool:
    """Tell whether it is that of the second version, which is a virtual machine."""
    return "-microsoft-standard" in machine.uname().release
