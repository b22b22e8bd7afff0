"""Crash reports that wait to be sent, and which faults were reported when; on disk, and bounded."""

import time
from dataclasses import dataclass
from typing import Any, Final

import voluptuous as vol
from homeassistant.core import HomeAssistant

from ..store_file import StoreFile
from .build import CrashReport

KEY: Final = "analytics.crashes"
LOSS: Final = "crash reports that waited in it are lost"
DAY: Final = 24 * 3600.0
KEPT: Final = 7 * DAY
MOST_A_DAY: Final = 20
MOST_WAITING: Final = 50

ATTR_DIGEST: Final = "digest"
ATTR_EVENT: Final = "event"
ATTR_REPORTED: Final = "reported"
ATTR_SERVER: Final = "server"
ATTR_SINCE: Final = "since"
ATTR_WAITING: Final = "waiting"

SCHEMA: Final = vol.Schema(
    {
        vol.Optional(ATTR_SINCE): vol.Any(None, vol.Coerce(float)),
        vol.Optional(ATTR_SERVER): vol.Any(None, str),
        vol.Optional(ATTR_REPORTED, default=dict): {str: vol.Coerce(float)},
        vol.Optional(ATTR_WAITING, default=list): [
            {
                vol.Required(ATTR_DIGEST): str,
                vol.Required(ATTR_SINCE): vol.Coerce(float),
                vol.Required(ATTR_EVENT): dict,
            }
        ],
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A report that waits; `since` in seconds since the epoch."""

    report: CrashReport
    since: float


class Outbox:
    """What is kept across restarts; changes count at once, `async_save` puts them on disk."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the file; nothing is read yet."""
        self._file = StoreFile(hass, KEY, SCHEMA, private=True, loss=LOSS)

    async def async_load(self) -> None:
        """Read the file."""
        await self._file.async_load()

    async def async_save(self) -> None:
        """Write the file."""
        await self._file.async_save()

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._file.async_remove()

    @property
    def since(self) -> float | None:
        """Return since when crash reports have been allowed without a break; None while not."""
        since: float | None = self._file.data.get(ATTR_SINCE)
        return since

    def allow(self, server: str) -> bool:
        """Note that reports to this server are allowed from now on; False where that was known.

        What waits for another server is dropped: a yes belongs to one.
        """
        if self.since is not None and self._file.data.get(ATTR_SERVER) == server:
            return False
        self.withdraw()
        self._set(ATTR_SINCE, time.time())
        self._set(ATTR_SERVER, server)
        return True

    def withdraw(self) -> bool:
        """Drop what was captured under a yes that was taken back; False where there is nothing."""
        if self.since is None and not self._lines:
            return False
        self._set(ATTR_SINCE, None)
        self._set(ATTR_WAITING, [])
        return True

    def admit(self, report: CrashReport) -> bool:
        """Let a report wait, unless its fault was reported today, or too many were."""
        now = time.time()
        # What lies in the future was noted under a clock that was wrong.
        reported = {
            digest: at
            for digest, at in self._file.data.get(ATTR_REPORTED, {}).items()
            if now - DAY < at <= now
        }
        if report.digest in reported or len(reported) >= MOST_A_DAY:
            return False
        self._set(ATTR_REPORTED, {**reported, report.digest: now})
        line = {ATTR_DIGEST: report.digest, ATTR_SINCE: now, ATTR_EVENT: report.event}
        self._set(ATTR_WAITING, [*self._lines, line][-MOST_WAITING:])
        return True

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """Return what waits, oldest first, and was not captured too long ago."""
        oldest = time.time() - KEPT
        return tuple(
            Waiting(
                report=CrashReport(event=line[ATTR_EVENT], digest=line[ATTR_DIGEST]),
                since=line[ATTR_SINCE],
            )
            for line in self._lines
            if line[ATTR_SINCE] > oldest
        )

    def drop(self, item: Waiting) -> None:
        """Take a report out, and with it those that are too old."""
        kept = {waiting.report.digest for waiting in self.waiting if waiting != item}
        self._set(ATTR_WAITING, [line for line in self._lines if line[ATTR_DIGEST] in kept])

    @property
    def _lines(self) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = self._file.data.get(ATTR_WAITING, [])
        return lines

    def _set(self, key: str, value: object) -> None:
        self._file.data = {**self._file.data, key: value}
