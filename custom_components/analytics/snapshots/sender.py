"""A snapshot from the host's function to the device database's answer, top to bottom."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from homeassistant.core import HomeAssistant

from .. import host
from ..collect import Home, Source, async_home
from ..consent import ATTR_SNAPSHOTS, ATTR_SUBMISSION_IDENTIFIER, ConsentStore, is_identifier
from ..const import LOGGER
from ..models import Blocked, Destination, Kind, Message, Outcome, Report, Request
from ..outbound import Delivery, Make, Noted, parsed
from ..tiers import encode
from .held import Told, told
from .inspect import Inspector
from .records import Records
from .serials import serials

VERSION: Final = 1
HEADER: Final = "X-Device-Database-Submission-Identifier"
INVALID_IDENTIFIER: Final = "invalid-submission-identifier"
# A device or an entity that is removed meanwhile makes the host's function fail.
TRIES: Final = 3
_SHORT_WORD: Final = re.compile(r"(?=.{1,40}\Z)[a-z]+(?:-[a-z]+)*")


class SnapshotError(Exception):
    """A snapshot that could not be made; it says why."""


async def async_made(hass: HomeAssistant) -> Any:
    """Return what the host says of its devices; raises SnapshotError if it goes on failing."""
    failure = ""
    for _ in range(TRIES):
        try:
            return await host.async_devices_payload(hass)
        except Exception as error:  # noqa: BLE001 - the host's code, and that of integrations
            failure = type(error).__name__
    raise SnapshotError(f"Home Assistant could not list its devices ({failure})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """The way to one device database; `blocked` is asked right before each request."""

    destination: Destination
    source: Source
    store: ConsentStore
    records: Records
    delivery: Delivery
    blocked: Callable[[], Blocked | None]

    async def async_send(self, attempt: int) -> Outcome:
        """Make a snapshot, write it down, send it, and tell how that ended."""
        await self.delivery.gate.async_read()
        if blocked := self.blocked():
            return Outcome(kind=Kind.BLOCKED, reason=blocked.obstacle)
        try:
            report, body = await self.async_prepare()
        except SnapshotError as error:
            return self.delivery.log.unsendable(str(error))
        except OSError as error:
            return self.delivery.log.unsendable(
                f"secrets.yaml can't be read ({type(error).__name__})"
            )
        if not report.payload:
            LOGGER.debug("No snapshot is sent, for there are no devices")
            return Outcome(kind=Kind.BLOCKED, reason="no devices")
        if blocked := self.blocked():
            return Outcome(kind=Kind.BLOCKED, reason=blocked.obstacle)
        return await self.async_deliver(lambda: (report, body), attempt)

    async def async_prepare(self) -> tuple[Report, bytes]:
        """Return what would be sent, and its bytes. Raises SnapshotError and OSError."""
        return await self._async_looked_at(inspected)

    async def async_explain(self) -> tuple[Report, bytes, list[Told]]:
        """Return the same, and of each device what is told of it. Raises as `async_prepare`."""
        return await self._async_looked_at(_explained)

    async def _async_looked_at[T](self, look: Callable[[object, Home, list[Any]], T]) -> T:
        hass = self.source.hass
        made = await async_made(hass)
        if not isinstance(made, dict) or made.get("version") != host.SNAPSHOT_FORM:
            raise SnapshotError("this Home Assistant makes snapshots of a kind that is not known")
        home = await async_home(self.source)
        return await hass.async_add_executor_job(
            look, made.get("integrations"), home, list(host.devices(hass))
        )

    async def async_deliver(
        self,
        make: Make,
        attempt: int,
        permit: Callable[[], bool] = lambda: True,
        noted: Noted = lambda _outcome: None,
        *,
        approved: bool = False,
    ) -> Outcome:
        """Send what is made under the identifier of now, if that is allowed and stays the same.

        Raises what `make` does.
        """
        identifier = self.records.identifier
        named = {HEADER: identifier} if identifier else {}
        return await self.delivery.async_deliver(
            make,
            self.destination,
            Request(
                url=self.destination.url + host.SNAPSHOT_PATH,
                headers={"Content-Type": "application/json", **named},
                answered=partial(self._answered, identifier),
            ),
            lambda _: permit() and self.blocked() is None and self.records.identifier == identifier,
            attempt,
            noted,
            approved=approved,
        )

    def _answered(self, sent_as: str | None, outcome: Outcome, body: bytes) -> Outcome:
        """Keep the identifier that an answer brings, or drop one that is not known there."""
        answer = parsed(body)
        if outcome.kind is Kind.SENT:
            self.records.sent()
            identifier = answer.get(ATTR_SUBMISSION_IDENTIFIER)
            if is_identifier(identifier) and identifier != sent_as:
                self.records.keep_identifier(identifier)
            self._save()
        elif outcome.status == HTTPStatus.BAD_REQUEST:
            kind = answer.get("kind")
            if kind == INVALID_IDENTIFIER:
                self.records.keep_identifier(None)
                self._save()
                return replace(outcome, reason="this installation is not known there any more")
            if isinstance(kind, str) and _SHORT_WORD.fullmatch(kind) and sent_as != kind:
                return replace(outcome, reason=f"{outcome.reason} ({kind})")
        return outcome

    def _save(self) -> None:
        """Put what was kept on disk, whatever becomes of the task that sends."""
        self.source.hass.async_create_task(self.store.async_save(), "analytics snapshot was sent")


def inspected(payload: object, home: Home, devices: list[Any]) -> tuple[Report, bytes]:
    """Look at a payload, which takes its time in a large home. Blocking. Raises OSError."""
    passed = Inspector(home.knowledge(), serials(devices)).inspect(payload)
    report = Report(
        message=Message.SNAPSHOT,
        payload=passed.payload,
        tiers={ATTR_SNAPSHOTS: VERSION},
        dropped=passed.dropped,
    )
    return report, encode(passed.payload)


def _explained(payload: object, home: Home, devices: list[Any]) -> tuple[Report, bytes, list[Told]]:
    """Look at a payload, and tell what became of each device. Blocking. Raises OSError."""
    report, body = inspected(payload, home, devices)
    return report, body, told(payload, report.payload, home.knowledge(), serials(devices))
