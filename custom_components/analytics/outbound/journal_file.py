"""The journal's file: one JSON object a line, each on the disk before work goes on.

An entry is opened by a line with its payload and closed by a line with its outcome, both with its
number, so a crash loses no completed entry. What is too long for a line lies compressed beside the
file. Blocking: not for the event loop.
"""

import gzip
import os
import zlib
from contextlib import suppress
from errno import ENOSPC
from io import BytesIO, FileIO
from pathlib import Path
from typing import Final

import orjson

from ..const import LOGGER
from ..files import atomic as atomic_file
from ..files import private
from ..models import JsonValue
from .journal_entry import Entry, Line, is_attached, is_too_deep, size_beside, take
from .journal_kind import body_of, kind_of, payload_of

FILE_NAME: Final = "analytics.journal"
# With so many entries, or so many bytes, the file is written anew with fewer: not for each entry.
MAX_ENTRIES: Final = 120
KEPT_ENTRIES: Final = 100
MAX_BYTES: Final = 1024 * 1024
KEPT_BYTES: Final = MAX_BYTES * 7 // 8
# So large a report is rare; a hundred of them fit beside the file, and none has to be read before
# somebody opens it.
MAX_INLINE: Final = 16 * 1024
MAX_BESIDE: Final = 4 * MAX_BYTES
MAX_READ: Final = 4 * MAX_BYTES  # no file of ours has more
MAX_UNPACKED: Final = 32 * MAX_BYTES


class JournalFile:
    """The file and what lies beside it; blocking, so not for the event loop."""

    def __init__(self, folder: Path) -> None:
        """Name the files."""
        self._path = folder / FILE_NAME
        self._entries: dict[int, Line] | None = None
        # No number is given twice: what was on its way when all was deleted ends later.
        self._last = 0

    def open(self, line: Line, payload: JsonValue, body: bytes) -> int:
        """Append the line that opens an entry, and return the entry's number."""
        entries = self._load()
        number = self._last + 1
        line["number"] = number
        if len(body) > MAX_INLINE:
            line |= self._attach(number, body)
        else:
            line["payload"] = payload
        size = self._append(line)
        self._last, entries[number] = number, line
        self._keep_bounds(size, line)
        return number

    def append(self, line: Line) -> None:
        """Append the line that closes an entry."""
        entry = self._load().get(line["number"])
        if entry is not None:
            self._append(line)
            entry.update(line)

    def newest(self, limit: int = MAX_ENTRIES) -> list[Entry]:
        """Return entries, newest first, with what was sent."""
        return [self.opened(entry.number) for entry in self.entries()[:limit]]

    def entries(self) -> list[Entry]:
        """Return all entries, newest first, without what was sent."""
        return [
            Entry(**{**line, "kind": kind_of(line), "payload": None})
            for line in reversed(self._load().values())
        ]

    def opened(self, number: int) -> Entry:
        """Return an entry with what was sent, None where that can't be read. Raises KeyError."""
        line = self._load()[number]
        return Entry(**{**line, "kind": kind_of(line), "payload": self._payload(line)})

    def body(self, number: int) -> bytes:
        """Return the bytes of what was sent, none where they can't be read. Raises KeyError."""
        line = self._load()[number]
        if not is_attached(line):
            return body_of(kind_of(line), line.get("payload"))
        try:
            return _unpacked(atomic_file.read(self._attachment(number), MAX_READ), line["size"])
        except (OSError, EOFError, ValueError, zlib.error):
            return b""

    def delete(self) -> None:
        """Delete the file and all that lies beside it. Raises OSError for what can't be."""
        self._entries = None  # read again, for something may be left
        for path in self._path.parent.glob(f"{FILE_NAME}*"):
            path.unlink(missing_ok=True)

    def _load(self) -> dict[int, Line]:
        """Read the file, once."""
        if self._entries is None:
            self._entries = self._read()
            self._last = max(self._last, *self._entries, 0)
        return self._entries

    def _read(self) -> dict[int, Line]:
        """Return the entries of the file; what can't be read is left out and set aside."""
        entries: dict[int, Line] = {}
        try:
            content = atomic_file.read(self._path, MAX_READ)
        except FileNotFoundError:
            return entries
        except ValueError:
            self._set_aside()
            return entries
        # A last line without an end was cut short by a power loss: nothing of worth is in it.
        whole, _, cut_short = content.rpartition(b"\n")
        damaged = [raw for raw in whole.splitlines() if not take(raw, entries)]
        if damaged:
            self._set_aside()
        if damaged or cut_short:
            self._rewrite(entries)
        return entries

    def _set_aside(self) -> None:
        aside = self._path.with_name(f"{FILE_NAME}.unreadable")
        self._path.replace(aside)
        LOGGER.error(
            "Part of the journal of analytics can't be read. The file was set aside as %s, and "
            "what can be read was kept",
            aside.name,
        )

    def _append(self, line: Line) -> int:
        """Append a line whole, or not at all where the disk is full; return the file's bytes."""
        content = _encode(line)
        with open(self._path, "ab", buffering=0, opener=private) as file:
            before = file.tell()
            try:
                _write(file, content)
            except OSError:
                with suppress(OSError):
                    file.truncate(before)
                raise
        return before + len(content)

    def _rewrite(self, entries: dict[int, Line]) -> None:
        """Replace the file by one with these entries, all or nothing."""
        fresh = self._path.with_name(f"{FILE_NAME}.new")
        with open(fresh, "wb", buffering=0, opener=private) as file:
            _write(file, b"".join(map(_encode, entries.values())))
        fresh.replace(self._path)

    def _keep_bounds(self, size: int, newest: Line) -> None:
        """Drop the oldest entries and attachments where there are too many."""
        entries = self._load()
        # Only an attachment makes that more than it was.
        beside = sum(map(size_beside, entries.values())) if is_attached(newest) else 0
        if len(entries) <= MAX_ENTRIES and size <= MAX_BYTES and beside <= MAX_BESIDE:
            return
        kept = _within_bounds(entries)
        self._rewrite(kept)
        for number in set(entries) - set(kept):
            self._attachment(number).unlink(missing_ok=True)
        self._entries = kept

    def _attach(self, number: int, body: bytes) -> Line:
        """Keep what is large in a compressed file beside the journal, and return how it is."""
        path, packed = self._attachment(number), gzip.compress(body)
        with open(path, "wb", buffering=0, opener=private) as file:
            _write(file, packed)
        return {"attachment": path.name, "beside": len(packed)}

    def _attachment(self, number: int) -> Path:
        return self._path.with_name(f"{FILE_NAME}.{number}.json.gz")

    def _payload(self, line: Line) -> JsonValue:
        if not is_attached(line):
            return line.get("payload")
        try:
            found = payload_of(kind_of(line), self.body(line["number"]))
        except ValueError:
            return None
        return None if is_too_deep(found) else found


def _unpacked(packed: bytes, size: int) -> bytes:
    """Return so many bytes. Raises ValueError where there are more: it can be a flood of them."""
    with gzip.open(BytesIO(packed)) as file:
        body = file.read(min(size, MAX_UNPACKED) + 1)
    if len(body) > size:
        raise ValueError("not what was written")
    return body


def _within_bounds(entries: dict[int, Line]) -> dict[int, Line]:
    """Return the newest entries that fit: by number, by bytes, and by what lies beside."""
    kept: dict[int, Line] = {}
    size = beside = 0
    for number, line in reversed(entries.items()):
        beside += size_beside(line)
        if kept and is_attached(line) and beside > MAX_BESIDE:
            continue  # large ones make no room by pushing out what is small and older
        size += len(_encode(line))
        if kept and (len(kept) == KEPT_ENTRIES or size > KEPT_BYTES):
            break
        kept[number] = line
    return dict(reversed(kept.items()))


def _encode(line: Line) -> bytes:
    return orjson.dumps(line) + b"\n"


def _write(file: FileIO, content: bytes) -> None:
    """Write all of it, and wait until it is on the disk. Raises OSError where that is full."""
    if file.write(content) < len(content):
        raise OSError(ENOSPC, "cut short")
    os.fsync(file.fileno())
