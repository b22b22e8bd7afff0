"""A new file that is there whole, and on the disk, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG
from typing import Final

# What SQLite has beside a file: after a crash that has rows, and would be read into the next one.
_BESIDE: Final = ("", "-wal", "-shm", "-journal")


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give an empty file that only this user may read; what is in it then takes the path.

    It has another name until then, so that a crash leaves none half made; what a crash left by
    that name goes first.
    """
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        _make_private(unfinished)
        yield unfinished
        unfinished.replace(path)
        _sync_folder(path.parent)
    finally:
        _clear(unfinished)


def is_ours(path: Path) -> bool:
    """Tell whether this user made the file there, and no link is in its place."""
    found = path.lstat()
    return S_ISREG(found.st_mode) and found.st_uid == os.geteuid()


def _make_private(path: Path) -> None:
    """Make an empty file that only this user may read; the files beside it get the same mode."""
    _clear(path)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _clear(path: Path) -> None:
    """Remove a file and what is beside it."""
    for end in _BESIDE:
        path.with_name(f"{path.name}{end}").unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make sure that a file's new name is on the disk, too, where the drive can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
