"""What was sent: written down before a request, and completed after it."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .. import changes, clock
from ..const import DOMAIN
from ..models import Destination, Kind, Outcome, Report
from .journal_entry import MAX_NUMBER, Entry, Line
from .journal_file import MAX_ENTRIES, JournalFile
from .journal_search import Wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """All entries without their payloads, and those that are wanted, newest first."""

    entries: list[Entry]
    wanted: list[Entry]


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """An entry with its payload, the text that left, and what arrived there before it.

    Without a text what lies in the file is not what left.
    """

    entry: Entry
    body: str | None
    previous: Entry | None


# Greater with each change; it begins with the time, so that it is another after a restart.
CHANGES: Final[HassKey[int]] = HassKey(f"{DOMAIN}_journal_changes")


class Journal:
    """The entries, newest last; all access to the disk is outside the event loop."""

    def __init__(self, hass: HomeAssistant, folder: Path) -> None:
        """Name the folder that holds the file; nothing is read yet."""
        self._hass = hass
        self._file = JournalFile(folder)
        # Of threads: one that has begun goes on after whoever waits for it was cancelled.
        self._lock = threading.Lock()

    @property
    def changes(self) -> int:
        """Return a number that is another one after each change."""
        return self._hass.data.setdefault(CHANGES, int(clock.wall() * 1000))

    def entry(self, destination: Destination, attempt: int) -> "Opening":
        """Return the entry of what is about to be sent; nothing is written yet."""
        line = {"destination": destination.name, "url": destination.url, "attempt": attempt}
        return Opening(self._hass, self._file, self._lock, line, self._changed)

    async def async_entries(self, limit: int = MAX_ENTRIES) -> list[Entry]:
        """Return the newest entries, newest first, with their payloads. Raises OSError."""
        return await self._hass.async_add_executor_job(self._newest, limit)

    async def async_delete(self) -> None:
        """Delete all entries. Raises OSError where some can't be."""
        await self._hass.async_add_executor_job(self._delete)
        self._changed()

    async def async_find(self, wanted: Wanted, *, opened: bool = False) -> Found:
        """Return what is wanted of the entries, `opened` with their payloads. Raises OSError."""
        return await self._hass.async_add_executor_job(partial(self._find, wanted, opened=opened))

    async def async_open(self, number: int) -> Opened | None:
        """Return an entry as it left, None where there is no such. Raises OSError."""
        return await self._hass.async_add_executor_job(self._open, number)

    async def async_last(self, kind: str, url: str) -> Entry | None:
        """Return the newest of a kind that was sent to an address. Raises OSError."""
        return await self._hass.async_add_executor_job(self._last, kind, url)

    def _newest(self, limit: int) -> list[Entry]:
        with self._lock:
            return self._file.newest(limit)

    def _find(self, wanted: Wanted, *, opened: bool) -> Found:
        with self._lock:
            entries = self._file.entries()
            found = [each for each in entries if wanted.has(each, partial(self._text, each))]
            if opened:
                found = [self._file.opened(each.number) for each in found]
        return Found(entries=entries, wanted=found)

    def _text(self, entry: Entry) -> str:
        return self._file.body(entry.number).decode(errors="replace")

    def _open(self, number: int) -> Opened | None:
        with self._lock:
            entries = self._file.entries()
            known = next((each for each in entries if each.number == number), None)
            if known is None:
                return None
            body = self._file.body(number)
            return Opened(
                entry=self._file.opened(number),
                # What somebody has changed since is not what left.
                body=body.decode(errors="replace") if len(body) == known.size else None,
                previous=self._sent(entries, known.kind, known.url, before=number),
            )

    def _last(self, kind: str, url: str) -> Entry | None:
        with self._lock:
            return self._sent(self._file.entries(), kind, url)

    def _sent(
        self, entries: list[Entry], kind: str, url: str, before: int = MAX_NUMBER
    ) -> Entry | None:
        """Return the newest of these that arrived, with its payload."""
        return next(
            (
                self._file.opened(each.number)
                for each in entries
                if (each.kind, each.url, each.outcome) == (kind, url, Kind.SENT)
                and each.number < before
            ),
            None,
        )

    def _delete(self) -> None:
        with self._lock:
            self._file.delete()

    @callback
    def _changed(self) -> None:
        self._hass.data[CHANGES] = self.changes + 1
        changes.async_tell(self._hass)


class Opening:
    """One entry: `write` opens it before the request, `async_end` closes it after."""

    def __init__(
        self,
        hass: HomeAssistant,
        file: JournalFile,
        lock: threading.Lock,
        line: Line,
        changed: Callable[[], None],
    ) -> None:
        """Keep what is known of it so far, and who is told of a change."""
        self._hass = hass
        self._file = file
        self._lock = lock
        self._line = line
        self._changed = changed
        self._ended = False
        self._number: int | None = None

    @property
    def written(self) -> bool:
        """Tell whether it is on the disk."""
        return self._number is not None

    def write(self, report: Report, body: bytes) -> None:
        """Write what is about to be sent, unless it was given up meanwhile. Blocking.

        Raises OSError where it can't be written.
        """
        line = {
            "time": _now(),
            "kind": report.message,
            **self._line,
            "tiers": dict(report.tiers),
            "dropped": dict(report.dropped),
            "size": len(body),
        }
        with self._lock:
            if not self._ended:
                self._number = self._file.open(line, report.payload, body)

    @callback
    def tell(self) -> None:
        """Say that it is there, once back from the thread: to wake the event loop costs a turn."""
        self._changed()

    async def async_end(self, outcome: Outcome) -> None:
        """Write how it ended; that it can't be written harms nothing but this."""
        await self._hass.async_add_executor_job(self._end, outcome)
        self._changed()

    def _end(self, outcome: Outcome) -> None:
        with self._lock, suppress(OSError):
            self._ended = True
            if self._number is not None:
                self._file.append(_end_of(self._number, outcome))


def _end_of(number: int, outcome: Outcome) -> Line:
    return {
        "number": number,
        "ended": _now(),
        "outcome": outcome.kind,
        "reason": outcome.reason or None,
        "status": outcome.status,
    }


def _now() -> str:
    return dt_util.utcnow().isoformat()
