"""Read what the interpreter wrote into the host's fault log when it crashed, each crash once.

The log is the host's: it is appended to, never emptied, and only read here.
"""

import hashlib
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, Final

import orjson

from ..const import LOGGER
from ..files import atomic as atomic_file
from .dumps import NativeFault, parse

# The host's, in its configuration folder.
FILE_NAME: Final = "home-assistant.log.fault"
MAX_NEW: Final = 256 * 1024
# All of what was read is hashed at each start. A log that is longer is left alone.
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_MEMORY: Final = 4096
CHUNK: Final = 64 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What is new in the log, newest last, and when the log was last written to (epoch)."""

    faults: tuple[NativeFault, ...] = ()
    written_at: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """How far the log was read, and of which file: its length, inode and SHA-256."""

    size: int
    inode: int
    digest: str


UNREAD: Final = Position(size=0, inode=-1, digest="")


class FaultLog:
    """The host's fault log, and our memory of how far it was read; blocking."""

    def __init__(self, path: Path, memory: Path) -> None:
        """Name the log and the file that remembers."""
        self._path = path
        self._memory = memory

    def new(self) -> Found:
        """Return what was appended since the last call, which may have been in an earlier run.

        Only what is proven to have been appended to what was read is new: the same inode, and
        the same digest of the same length. All else counts as old, the whole log where nothing
        is remembered, and where the log was replaced, copied, restored or cut short. That may
        lose a crash; the other choice could report one twice, or one from before the consent.
        It is remembered before it is returned, so that a crash in between loses it too.
        To be called at each start, consent or not: what comes in without is then old.
        """
        try:
            return self._new() if self._path.is_file() else Found()
        except OSError as err:
            LOGGER.info("The host's fault log can't be followed: %s", err.strerror)
            return Found()

    def _new(self) -> Found:
        known = self._remembered()
        with self._path.open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_size > MAX_BYTES:
                return Found()
            position, is_same = _compare(file, status, known)
            new = _tail(file, known.size, position.size) if is_same else b""
        if position != known:
            atomic_file.write(self._memory, orjson.dumps(asdict(position)))
        return Found(faults=parse(new.decode(errors="replace")), written_at=status.st_mtime)

    def _remembered(self) -> Position:
        try:
            saved = Position(**orjson.loads(atomic_file.read(self._memory, MAX_MEMORY)))
        except (FileNotFoundError, ValueError, TypeError):
            return UNREAD
        types = [type(value) for value in (saved.size, saved.inode, saved.digest)]
        return saved if types == [int, int, str] and 0 <= saved.size <= MAX_BYTES else UNREAD


def _compare(file: BinaryIO, status: os.stat_result, known: Position) -> tuple[Position, bool]:
    """Return how far the log goes, and whether it begins with what was read."""
    digest = hashlib.sha256()
    _feed(digest, file, known.size)
    is_same = (known.inode, known.digest) == (status.st_ino, digest.hexdigest())
    _feed(digest, file, status.st_size - known.size)
    position = Position(size=status.st_size, inode=status.st_ino, digest=digest.hexdigest())
    return position, is_same


def _feed(digest: "hashlib._Hash", file: BinaryIO, size: int) -> None:
    while size > 0 and (chunk := file.read(min(size, CHUNK))):
        digest.update(chunk)
        size -= len(chunk)


def _tail(file: BinaryIO, start: int, end: int) -> bytes:
    """Return what lies between two positions, or the end of it where that is too much."""
    start = max(start, end - MAX_NEW)
    file.seek(start)
    return file.read(max(0, end - start))
