"""Read which operating system it is, and which one is around the container."""

import re
from typing import Final

from ...tiers import Found, OperatingSystem, SystemFound, words
from ..machine import Machine, Place

OWN: Final = (Place.OS_RELEASE, Place.OS_RELEASE_OF_VENDOR)
OF_HOST: Final = (
    Place.HOST_OS_RELEASE,
    Place.HOST_OS_RELEASE_OF_MANAGER,
    Place.HOST_OS_RELEASE_OF_TOOLBOX,
)
HOME_ASSISTANT_OS: Final = "haos"
_MACOS_VERSION: Final = re.compile(r"<key>ProductVersion</key>\s{0,99}<string>([\d.]{1,20})<")
_NO_ID: Final = frozenset({words.OTHER, words.UNKNOWN})


def system(machine: Machine) -> SystemFound:
    """Read the operating system that Home Assistant sees."""
    if found := _from_os_release(machine, OWN, "os-release"):
        return found
    if text := machine.text(Place.MACOS):
        version = _MACOS_VERSION.search(text)
        return _system("macos", version[1] if version else "", None, "system-version")
    return SystemFound(
        name=words.UNKNOWN, version=None, id=words.UNKNOWN, id_like=None, detection=words.NONE
    )


def host_system(
    machine: Machine, container: Found, supervised: OperatingSystem | None
) -> SystemFound | None:
    """Read the operating system around the container, None without one or where it doesn't show."""
    if supervised is not None:
        return _system(HOME_ASSISTANT_OS, str(supervised.version), None, "supervisor")
    if container.name == words.NONE:
        return None
    return _from_os_release(machine, OF_HOST, "host-os-release")


def _from_os_release(
    machine: Machine, places: tuple[Place, ...], detection: str
) -> SystemFound | None:
    """Read os-release(5) from the first place that has one."""
    text = next(filter(None, map(machine.text, places)), None)
    if text is None:
        return None
    values = _values(text)
    like = (each for each in values.get("ID_LIKE", "").lower().split() if _is_known(each))
    return _system(
        values.get("ID", "").lower(), values.get("VERSION_ID", ""), next(like, None), detection
    )


def _values(text: str) -> dict[str, str]:
    """Return the assignments of an os-release, without the quotes around their values."""
    lines = (line.partition("=") for line in text.splitlines())
    return {key.strip(): value.strip().strip("\"'") for key, _, value in lines}


def _system(key: str, version: str, id_like: str | None, detection: str) -> SystemFound:
    """Return a system by its id; of one that is in no table not even the version is told."""
    known = key if _is_known(key) else words.OTHER
    return SystemFound(
        name=words.SYSTEMS[known],
        version=None if known == words.OTHER else words.numbers(version),
        id=known,
        id_like=id_like,
        detection=detection,
    )


def _is_known(key: str) -> bool:
    return key in words.SYSTEMS and key not in _NO_ID
