"""Take reports, and delete them: /v1, as Home Assistant and the plugin know it.

A report is answered with 200 when it is on the disk, not before. Neither bodies nor paths nor
addresses are logged: an id is a secret, since whoever knows it can delete.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aiohttp import web

from .body import BodyError, Patience, read_json
from .checks import ReportError
from .geo import Geo, Proxies
from .limits import RateLimiter
from .schema import FIELDS, key_of, validate
from .storage.sqlite import StorageUnavailable
from .storage.statements import Row
from .storage.writer import Writer

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

    writer: Writer
    limiter: RateLimiter
    proxies: Proxies
    geo: Geo
    clock: Callable[[], float]
    patience: Patience
    outcomes: Counter[str]

    async def post(self, request: web.Request) -> web.Response:
        """Take a report."""
        sender = self.proxies.sender(request.remote, request.headers)
        if wait := self.limiter.wait(sender.address):
            return self._rate_limited(wait)
        try:
            report = validate(await read_json(request, self.patience))
        except BodyError as error:
            return self._refused(error.status, {"error": error.remedy})
        except ReportError as error:
            return self._refused(400, {"error": error.remedy, "field": error.field})
        place = sender.told or self.geo.place(sender.address)
        row = Row(
            key=report.key,
            time=int(self.clock()),
            country=place.country,
            region=place.region,
            report=report.body,
            dropped=report.dropped,
        )
        try:
            await self.writer.put(row)
        except StorageUnavailable:
            return self._unavailable()
        self.outcomes[Outcome.ACCEPTED] += 1
        return web.Response()

    async def delete(self, request: web.Request) -> web.Response:
        """Delete an installation; whether it was there is nobody's business."""
        sender = self.proxies.sender(request.remote, request.headers)
        if wait := self.limiter.wait(sender.address):
            return self._rate_limited(wait)
        try:
            await self.writer.delete(key_of(request.match_info["uuid"]))
        except StorageUnavailable:
            return self._unavailable()
        self.outcomes[Outcome.DELETED] += 1
        return web.Response(status=204)

    async def describe(self, _request: web.Request) -> web.Response:
        """Say what is taken."""
        return web.json_response({"extended": False, "fields": list(FIELDS)})

    def _rate_limited(self, wait: int) -> web.Response:
        return self._later(Outcome.RATE_LIMITED, 429, "too many requests", wait)

    def _refused(self, status: int, answer: dict[str, str]) -> web.Response:
        self.outcomes[Outcome.REFUSED] += 1
        response = web.json_response(answer, status=status)
        if status == web.HTTPRequestTimeout.status_code:
            response.force_close()
        return response

    def _unavailable(self) -> web.Response:
        return self._later(Outcome.UNAVAILABLE, 503, "the report can't be stored now", RETRY_LATER)

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
        web.get(PATH, ingest.describe),
        web.delete(f"{PATH}/{{uuid}}", ingest.delete),
    ]
