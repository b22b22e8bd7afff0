"""Take reports and events, and delete them: /v1, as Home Assistant and the plugin know it.

Each is answered with 200 when it is on the disk, not before. Neither bodies nor paths nor
addresses are logged: an id is a secret, since whoever knows it can delete.
"""

from asyncio import sleep
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import Any, Final

from aiohttp import web

from ..clock import Clock
from ..schema import EVENTS, FIELDS, ReportError, Taken, validate, validate_event
from ..storage import Event, Row, StorageUnavailable
from ..storage.writing import Store
from .body import BodyError, Patience, read_json
from .geo import Geo, Proxies, Sender
from .ids import key_of
from .limits import RateLimiter

PATH: Final = "/v1"
RETRY_LATER: Final = 60


class Outcome(StrEnum):
    """What became of a request; counted for /metrics."""

    ACCEPTED = "accepted"
    DELETED = "deleted"
    REFUSED = "refused"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ingest:
    """The handlers, and what they need."""

    store: Store
    limiter: RateLimiter
    proxies: Proxies
    geo: Geo
    clock: Clock
    patience: Patience
    outcomes: Counter[str]

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
        sender = self.proxies.sender(request.remote, request.headers)
        if held_back := self._held_back(request, sender):
            return held_back
        try:
            taken = check(await read_json(request, self.patience))
        except BodyError as error:
            return self._refused(error.status, {"error": error.remedy})
        except ReportError as error:
            return self._refused(400, {"error": error.remedy, "field": error.field})
        try:
            await self.store.put(record(taken, sender))
        except StorageUnavailable:
            return self._unavailable()
        self.outcomes[Outcome.ACCEPTED] += 1
        return web.Response()

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

    async def delete(self, request: web.Request) -> web.Response:
        """Delete an installation; whether and what was there is nobody's business."""
        began = monotonic()
        sender = self.proxies.sender(request.remote, request.headers)
        if held_back := self._held_back(request, sender):
            return held_back
        try:
            await self.store.delete(key_of(request.match_info["uuid"]))
        except StorageUnavailable:
            return self._unavailable()
        # Large reports take longer to delete, and the time of the answer would tell.
        await sleep(-(monotonic() - began) % self.patience.deletion)
        self.outcomes[Outcome.DELETED] += 1
        return web.Response(status=204)

    async def describe(self, _request: web.Request) -> web.Response:
        """Say what is taken."""
        events = {event: list(keys) for event, keys in EVENTS.items()}
        return web.json_response({"extended": True, "fields": list(FIELDS), "events": events})

    def _held_back(self, request: web.Request, sender: Sender) -> web.Response | None:
        """Return the answer to who is not listened to, None for all others."""
        # Browsers say so of what a page sends, and a page can have it sent by all who look at it.
        if "Origin" in request.headers:
            return self._refused(403, {"error": "expected Home Assistant, and no web page"})
        if wait := self.limiter.wait(sender.address):
            return self._rate_limited(wait)
        return None

    def _rate_limited(self, wait: int) -> web.Response:
        return self._later(Outcome.RATE_LIMITED, 429, "too many requests", wait)

    def _refused(self, status: int, answer: dict[str, str]) -> web.Response:
        self.outcomes[Outcome.REFUSED] += 1
        response = web.json_response(answer, status=status)
        if status == web.HTTPRequestTimeout.status_code:
            response.force_close()
        return response

    def _unavailable(self) -> web.Response:
        return self._later(Outcome.UNAVAILABLE, 503, "it can't be stored now", RETRY_LATER)

    def _later(self, outcome: Outcome, status: int, error: str, wait: int) -> web.Response:
        self.outcomes[outcome] += 1
        return web.json_response(
            {"error": f"{error}; try again in {wait} seconds"},
            status=status,
            headers={"Retry-After": str(wait)},
        )


def routes(ingest: Ingest) -> list[web.RouteDef]:
    """Return where the handlers listen."""
    return [
        web.post(PATH, ingest.post),
        web.post(f"{PATH}/events", ingest.post_event),
        web.get(PATH, ingest.describe),
        web.delete(f"{PATH}/{{uuid:[^/]+}}", ingest.delete),
    ]
