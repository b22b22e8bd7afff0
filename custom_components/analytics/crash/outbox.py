"""Crash reports that wait to be sent, and which faults were reported when; on disk, and bounded."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration
from homeassistant.util.hass_dict import HassKey

from .. import clock
from ..const import DOMAIN, LOGGER
from ..files import SerialStoreFile, async_once
from .build import CrashReport
from .capture import DAY
from .outbox_schema import (
    ATTR_DIGEST,
    ATTR_EVENT,
    ATTR_INTEGRATION,
    ATTR_MADE_BY,
    ATTR_NEVER,
    ATTR_REPORTED,
    ATTR_SERVER,
    ATTR_SINCE,
    ATTR_WAITING,
    DATED,
    SCHEMA,
)
from .record import Because, Record
from .times import Json, is_of_an_earlier_run, shifted

KEY: Final = "analytics.crashes"
LOSS: Final = (
    "crash reports that waited in it are lost, and so is the choice to tell nothing of some "
    "integrations"
)
KEPT: Final = 7 * DAY
MOST_A_DAY: Final = 20
MOST_WAITING: Final = 50


class Outbox(SerialStoreFile):
    """What is kept across restarts; changes count at once, `async_save` puts them on disk."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the file; nothing is read yet."""
        super().__init__(hass, KEY, SCHEMA, loss=LOSS, items=(*DATED, ATTR_NEVER), dated=DATED)
        self._made_by = ""
        # What was noticed in this run: of more than what waits, and not on disk.
        self.record = Record()
        # As the clock was set when times were noted, and of which reports these are.
        self._setting = clock.Setting()
        self._of_this_run: set[str] = set()

    async def async_load(self) -> None:
        """Read the file, without what another version of this integration made."""
        await super().async_load()
        self._made_by = str((await async_get_integration(self._hass, DOMAIN)).version)
        kept = [line for line in self._lines if line[ATTR_MADE_BY] == self._made_by]
        if dropped := len(self._lines) - len(kept):
            self._set(ATTR_WAITING, kept)
            LOGGER.info(
                "Crash reports that another version of Open Analytics made are not sent, "
                "%d of them are dropped",
                dropped,
            )
            await self.async_save()

    @property
    def agreed(self) -> bool:
        """Tell whether crash reports have been allowed without a break until now."""
        return self.data.get(ATTR_SINCE) is not None

    def allow(self, server: str) -> bool:
        """Note that reports to this server are allowed from now on; False where that was known.

        What waits for another server is dropped: a yes belongs to one.
        """
        if self.agreed and self.data.get(ATTR_SERVER) == server:
            return False
        self.withdraw()
        self._set(ATTR_SINCE, self.now)
        self._set(ATTR_SERVER, server)
        return True

    def withdraw(self) -> bool:
        """Drop what was captured under a yes that was taken back; False where there is nothing."""
        if not self.agreed and not self._lines:
            return False
        self._set(ATTR_SINCE, None)
        self.clear()
        return True

    def clear(self) -> None:
        """Drop what waits; the yes goes on."""
        self._set(ATTR_WAITING, [])
        self.record.withdraw(Because.CONSENT)

    @property
    def never(self) -> frozenset[str]:
        """Return the integrations of which nothing is to be reported, to whatever server."""
        return frozenset(self.data.get(ATTR_NEVER, ()))

    def exclude(self, integration: str, *, never: bool) -> None:
        """Take the user's word about an integration, which drops what waits of it."""
        others = self.never - {integration}
        self._set(ATTR_NEVER, sorted({*others, integration} if never else others))
        if not never:
            self.record.readmit(integration)
        if never:
            kept = [
                each
                for each in self._lines
                if not self.excludes(each[ATTR_EVENT], each.get(ATTR_INTEGRATION))
            ]
            self._set(ATTR_WAITING, kept)
            self.record.withdraw(Because.NEVER, integration)

    def excludes(self, event: Json, integration: str | None = None) -> bool:
        """Tell whether the user wants no report of where an event of ours happened."""
        tags = event.get("tags")
        told = tags.get(ATTR_INTEGRATION) if isinstance(tags, dict) else None
        named = {integration, self.record.integration(event["event_id"]), str(told)}
        return not self.never.isdisjoint(named)

    @property
    def full(self) -> bool:
        """Tell whether as many were reported today as may be."""
        return len(self._reported) >= MOST_A_DAY

    def admit(self, report: CrashReport) -> Because | None:
        """Let a report wait, or return why not."""
        self.follow_clock()
        now, reported = self.now, self._reported
        if report.integration in self.never:
            return Because.NEVER
        if report.digest in reported:
            return Because.TODAY
        if self.full:
            return Because.LIMIT
        self._set(ATTR_REPORTED, {**reported, report.digest: now})
        line = {
            ATTR_DIGEST: report.digest,
            ATTR_SINCE: now,
            ATTR_MADE_BY: self._made_by,
            ATTR_INTEGRATION: report.integration,
            ATTR_EVENT: report.event,
        }
        if not is_of_an_earlier_run(report.event):
            self._of_this_run.add(report.event["event_id"])
        others = [each for each in self._lines if each[ATTR_DIGEST] != report.digest]
        self._set(ATTR_WAITING, [*others, line][-MOST_WAITING:])
        return None

    @property
    def waiting(self) -> tuple[CrashReport, ...]:
        """Return what waits, oldest first, and was not captured too long ago."""
        return tuple(
            CrashReport(
                event=line[ATTR_EVENT],
                digest=line[ATTR_DIGEST],
                integration=line.get(ATTR_INTEGRATION),
            )
            for line in self._recent
        )

    @property
    def _recent(self) -> list[Json]:
        return [line for line in self._lines if self.is_recent(line[ATTR_SINCE], KEPT)]

    def follow_clock(self) -> bool:
        """Tell what was noticed in this run by the clock as it is set now; True where that changed.

        On a small board that is what waited for the network, with which the time came.
        """
        if not (shift := self._setting.changed()):
            return False
        told = [self._told(line, shift) for line in self._lines]
        if told == self._lines:
            return False
        self._set(ATTR_WAITING, told)
        return True

    def _told(self, line: Json, shift: float) -> Json:
        if line[ATTR_EVENT]["event_id"] not in self._of_this_run:
            return line
        return {**line, ATTR_EVENT: shifted(line[ATTR_EVENT], shift)}

    def drop(self, report: CrashReport) -> None:
        """Take a report out, and with it those that are too old."""
        self._of_this_run.discard(report.event["event_id"])
        kept = [line for line in self._recent if not _is_line_of(report, line)]
        self._set(ATTR_WAITING, kept)

    @property
    def _reported(self) -> dict[str, float]:
        """Return the digests of what was reported in the last day."""
        noted: dict[str, float] = self.data.get(ATTR_REPORTED, {})
        return {digest: at for digest, at in noted.items() if self.is_recent(at, DAY)}

    @property
    def _lines(self) -> list[Json]:
        lines: list[Json] = self.data.get(ATTR_WAITING, [])
        return lines

    def _set(self, key: str, value: object) -> None:
        self.data = {**self.data, key: value}


def _is_line_of(report: CrashReport, line: Json) -> bool:
    return bool(line[ATTR_EVENT]["event_id"] == report.event["event_id"])


async def async_outbox(hass: HomeAssistant) -> Outbox:
    """Return the outbox of this run of the host."""
    return await async_once(hass, OUTBOX, Outbox)


OUTBOX: Final[HassKey[Outbox]] = HassKey(KEY)
