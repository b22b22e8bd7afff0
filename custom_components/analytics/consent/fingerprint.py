"""Notice that this installation is a copy of another, so that both never share an id.

Hashes of what a copy does not have in common with its original are kept beside the ids, and never
leave the house. Files that are copied or restored get a new place on the disk and a new time of
change; both have to differ, for network drives renumber files, and containers change their owner
at each start. Copied disks are told apart by the machine's own numbers, where it shows them.
"""

import hashlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ..files import atomic as atomic_file

MARKER_NAME: Final = "analytics.installation"
MAX_BYTES: Final = 4096
INODE: Final = "inode"
CHANGED: Final = "changed"
MACHINE: Final = {
    "machine_id": Path("/etc/machine-id"),
    "product": Path("/sys/class/dmi/id/product_uuid"),
    "board": Path("/proc/device-tree/serial-number"),
}


def read(storage: Path, machine: Mapping[str, Path] = MACHINE) -> dict[str, str]:
    """Return this installation's fingerprint, by its parts; blocking.

    Makes the marker file where there is none. Parts that can't be read are left out. Raises OSError
    where that can't be made or read, ValueError where something else is in its place.
    """
    marker = storage / MARKER_NAME
    try:
        salt = atomic_file.read(marker, MAX_BYTES).decode(errors="replace")
    except FileNotFoundError:
        salt = _make(marker)
    status = marker.stat()
    parts = {INODE: str(status.st_ino), CHANGED: str(status.st_ctime_ns)}
    parts |= {name: text for name, path in machine.items() if (text := _text(path))}
    return {name: _hash(salt, name, text) for name, text in parts.items()}


def remove(storage: Path) -> None:
    """Delete the marker file; blocking."""
    (storage / MARKER_NAME).unlink(missing_ok=True)


def is_copy(kept: Mapping[str, str], found: Mapping[str, str]) -> bool:
    """Tell whether the ids that were kept with one fingerprint belong to another installation."""

    def differs(name: str) -> bool:
        return name in kept and name in found and kept[name] != found[name]

    return (differs(INODE) and differs(CHANGED)) or any(map(differs, MACHINE))


def _make(marker: Path) -> str:
    salt = secrets.token_hex(16)
    marker.parent.mkdir(exist_ok=True)
    file = os.open(marker, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w") as handle:
        handle.write(salt)
    return salt


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip("\0\n ")
    except OSError:
        return ""


def _hash(salt: str, name: str, text: str) -> str:
    return hashlib.sha256(f"{salt}:{name}:{text}".encode()).hexdigest()
