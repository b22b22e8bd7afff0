"""What was sent: written down before a request, and completed after it."""

import asyncio
from contextlib import suppress
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .journal_file import MAX_ENTRIES, Entry, JournalFile
from .models import Destination, Kind, Outcome, Report


class Journal:
    """The entries, newest last; all access to the disk is outside the event loop."""

    def __init__(self, hass: HomeAssistant, folder: Path) -> None:
        """Name the folder that holds the file; nothing is read yet."""
        self._hass = hass
        self._file = JournalFile(folder)
        self._lock = asyncio.Lock()

    async def async_open(
        self, report: Report, destination: Destination, body: bytes, attempt: int
    ) -> int:
        """Write what is about to be sent, and return the entry's number. Raises OSError."""
        line = {
            "time": _now(),
            "destination": destination.name,
            "url": destination.url,
            "tiers": dict(report.tiers),
            "dropped": dict(report.dropped),
            "size": len(body),
            "attempt": attempt,
        }
        async with self._lock:
            writing = self._hass.async_add_executor_job(self._file.open, line, report.payload, body)
            try:
                return await asyncio.shield(writing)
            except asyncio.CancelledError:
                # The thread goes on: wait for it, so that the next one doesn't write meanwhile.
                with suppress(OSError):
                    number = await writing
                    await self._hass.async_add_executor_job(self._file.append, _stopped(number))
                raise

    async def async_close(self, number: int, outcome: Outcome) -> None:
        """Write how it ended; that it can't be written harms nothing but this."""
        line = {
            "number": number,
            "ended": _now(),
            "outcome": outcome.kind,
            "reason": outcome.reason or None,
            "status": outcome.status,
        }
        async with self._lock:
            with suppress(OSError):
                await self._hass.async_add_executor_job(self._file.append, line)

    async def async_entries(self, limit: int = MAX_ENTRIES) -> list[Entry]:
        """Return the newest entries, newest first, with their payloads."""
        async with self._lock:
            return await self._hass.async_add_executor_job(self._file.newest, limit)

    async def async_delete(self) -> None:
        """Delete all entries."""
        async with self._lock:
            await self._hass.async_add_executor_job(self._file.delete)


def _stopped(number: int) -> dict[str, object]:
    """Return the end of an entry whose request was never made."""
    return {"number": number, "ended": _now(), "outcome": Kind.STOPPED, "reason": "not sent"}


def _now() -> str:
    return dt_util.utcnow().isoformat()
