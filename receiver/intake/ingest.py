"""Take reports and events: /v1, as Home Assistant and the plugin know it.

Each is answered with 200 when it is on the disk, not before. Neither bodies nor paths nor
addresses are logged: an id is a secret, since whoever knows it can delete.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from ..clock import Clock
from ..schema import EVENTS, FIELDS, ReportError, Taken, validate, validate_event
from ..storage import Event, Row, StorageUnavailable
from ..storage.writing import Store
from ..unpacking import BodyError
from .answers import Answers
from .body import Patience, read_json
from .geo import Geo, Sender
from .ids import key_of
from .snapshots import SNAPSHOTS

# What it says of snapshots, to clients that would take theirs back.
_SNAPSHOTS: Final = {"path": SNAPSHOTS, "deletes": True}


@dataclass(frozen=True, kw_only=True, slots=True)
class Ingest:
    """The handlers, and what they need."""

    store: Store
    answers: Answers
    geo: Geo
    clock: Clock
    patience: Patience

    async def post(self, request: web.Request) -> web.Response:
        """Take a report."""
        return await self._take(request, validate, self._row)

    async def post_event(self, request: web.Request) -> web.Response:
        """Take an event; where it came from is nobody's business."""
        return await self._take(request, validate_event, lambda taken, _: self._event(taken))

    async def _take(
        self,
        request: web.Request,
        check: Callable[[Any], Taken],
        record: Callable[[Taken, Sender], Row | Event],
    ) -> web.Response:
        sender, held_back = self.answers.held_back(request)
        if held_back:
            return held_back
        try:
            taken = check(await read_json(request, self.patience))
        except BodyError as error:
            return self.answers.refused(error.status, {"error": error.remedy})
        except ReportError as error:
            return self.answers.refused(400, {"error": error.remedy, "field": error.field})
        try:
            await self.store.put(record(taken, sender))
        except StorageUnavailable:
            return self.answers.unavailable()
        return self.answers.accepted()

    def _row(self, report: Taken, sender: Sender) -> Row:
        place = self.geo.place(sender)
        return Row(
            key=key_of(report.uuid),
            time=int(self.clock.look()),
            doubted=self.clock.doubted,
            told=report.told.at(place.country, place.region),
            dropped=report.dropped,
        )

    def _event(self, event: Taken) -> Event:
        return Event(
            key=key_of(event.uuid),
            time=int(self.clock.look()),
            doubted=self.clock.doubted,
            told=event.told,
            dropped=event.dropped,
        )

    async def describe(self, _request: web.Request) -> web.Response:
        """Say what is taken."""
        events = {event: list(keys) for event, keys in EVENTS.items()}
        return web.json_response(
            {
                "extended": True,
                "fields": list(FIELDS),
                "events": events,
                "snapshots": _SNAPSHOTS,
            }
        )
