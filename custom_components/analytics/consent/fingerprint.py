"""Notice that this installation is a copy of another, so that both never share an id.

Hashes of what a copy does not have in common with its original are kept beside the ids, and never
leave the house. What may change while nothing was copied is no proof by itself:

| what is another | it is |
|---|---|
| one of the marker's place on the disk, its time of change, and `/etc/machine-id` | none |
| both place and time of change | a copy, or a backup that was restored |
| the machine's own number | a copied disk |
| `/etc/machine-id`, and one of place and time of change | a copy |

What changes at one start after the other proves nothing any more, until it stays for some starts.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from ..files import atomic as atomic_file

MARKER_NAME: Final = "analytics.installation"
MAX_BYTES: Final = 4096
INODE: Final = "inode"
CHANGED: Final = "changed"
# Both of these: restored and copied files get another of each.
PLACE: Final = "place"
MACHINE_ID: Final = "machine_id"
PRODUCT: Final = "product"
BOARD: Final = "board"
MACHINE: Final = {
    MACHINE_ID: Path("/etc/machine-id"),
    PRODUCT: Path("/sys/class/dmi/id/product_uuid"),
    BOARD: Path("/proc/device-tree/serial-number"),
}
# So many changes in a row, and a part proves nothing, until it has stayed for so many starts.
RESTLESS: Final = 2
SETTLED: Final = 5

# Of each part that has changed of late: how often, and for how many starts it has stayed since.
type Habits = Mapping[str, tuple[int, int]]


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


def is_copy(kept: Mapping[str, str], found: Mapping[str, str], habits: Habits) -> bool:
    """Tell whether the ids that were kept with one fingerprint belong to another installation."""
    proof = {name for name in _changed(kept, found) if habits.get(name, (0, 0))[0] < RESTLESS}
    moved = MACHINE_ID in proof and not proof.isdisjoint((INODE, CHANGED))
    return moved or not proof.isdisjoint((PLACE, PRODUCT, BOARD))


def habits_after(kept: Mapping[str, str], found: Mapping[str, str], habits: Habits) -> Habits:
    """Return how restless each part is after a start; without those that have settled."""
    changed = {*_changed(kept, found)}
    stayed = {name: (times, starts + 1) for name, (times, starts) in habits.items()}
    again = {name: (habits.get(name, (0, 0))[0] + 1, 0) for name in changed}
    return {name: each for name, each in {**stayed, **again}.items() if each[1] < SETTLED}


def _changed(kept: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    """Yield the parts that are known of both and differ."""
    differing = {name for name in kept.keys() & found.keys() if kept[name] != found[name]}
    yield from differing
    if differing.issuperset((INODE, CHANGED)):
        yield PLACE


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
