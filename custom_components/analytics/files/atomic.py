"""Small private files of our own, replaced whole or not at all. Blocking."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

PRIVATE: Final = 0o600


def read(path: Path, limit: int) -> bytes:
    """Return what is in a file; ValueError for one that is none, or has more bytes than the limit.

    A file that isn't there or can't be read is an OSError.
    """
    path.lstat()
    # Reading a pipe of this name would never end.
    if not path.is_file():
        raise ValueError("not a file")
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError("too large")
    return content


def write(path: Path, content: bytes) -> None:
    """Replace a file, and wait until it is on the disk; OSError leaves the old one as it was."""
    fresh = path.with_name(f"{path.name}.new")
    # A new host's folder may not be there yet.
    path.parent.mkdir(exist_ok=True)
    # One left over from a crash keeps the mode that it has.
    fresh.unlink(missing_ok=True)
    try:
        with open(fresh, "xb", opener=private) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Wait until the new name is on the disk too."""
    # Some network drives refuse to: there the file is whole, old or new, all the same.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def private(path: str, flags: int) -> int:
    """Open a file so that only the host's user can read it, for `open(opener=private)`."""
    file = os.open(path, flags, PRIVATE)
    # The mode only counts for new files; another one may have been copied without it.
    os.fchmod(file, PRIVATE)
    return file
