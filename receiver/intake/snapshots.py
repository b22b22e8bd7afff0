"""Take snapshots of devices, as the device database of the Open Home Foundation does.

A snapshot takes the place of the one before of its identifier. That is made here, kept as a hash,
and nothing joins it with the reports of the same home: its time is kept as a day.
"""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from ..clock import Clock
from ..schema import Told
from ..storage import NotKeptError, Row, StorageUnavailable
from ..storage.writing import Store
from ..unpacking import MOST_BODY, BodyError, is_packed
from .answers import Answers
from .body import BusyError, Patience, encoding_of, read
from .ids import is_identifier, new_identifier, snapshot_key_of
from .lanes import Lanes
from .worker import WorkerError

SNAPSHOTS: Final = "/api/v1/snapshot/1"
IDENTIFIER: Final = "X-Device-Database-Submission-Identifier"
# What the header and the answer call it, and what is wrong in the words of that database.
ANSWERED: Final = "submission_identifier"
MALFORMED: Final = "malformed-submission"
INVALID: Final = "invalid-submission-identifier"
_CLIENT: Final = "home-assistant/"


class IdentifierError(Exception):
    """An identifier that is none, or under which nothing is kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshots:
    """The handler, and what it needs."""

    store: Store
    answers: Answers
    lanes: Lanes
    clock: Clock
    patience: Patience

    async def post(self, request: web.Request) -> web.Response:
        """Take a snapshot."""
        sender, held_back = self.answers.held_back(request)
        if held_back:
            return held_back
        try:
            # One sender's must not be all that there is room and time for.
            with self.answers.limiter.alone(sender.address) as alone:
                identifier = await self._taken(request, alone=alone)
        except BodyError as error:
            return self._refused(error)
        except (IdentifierError, NotKeptError):
            message = (
                "this identifier is not known; send without one, and keep the one of the answer"
            )
            return self.answers.refused(400, {"kind": INVALID, "message": message})
        except BusyError:
            return self.answers.unavailable("there are too many snapshots at once")
        except (StorageUnavailable, WorkerError):
            return self.answers.unavailable()
        return self.answers.accepted({ANSWERED: identifier})

    async def _taken(self, request: web.Request, *, alone: bool) -> str:
        """Keep a snapshot, and return its identifier; raises what keeps it from that."""
        known = _identifier_of(request)
        packed = is_packed(encoding_of(request))
        if not alone:
            raise BusyError
        lane = self.lanes.lane(request.content_length, packed=packed)
        # Until it is kept: what waits for the disk is as large as what waits to be unpacked.
        with lane.flight.room() as room:
            body = await read(request, self.patience.snapshot, MOST_BODY, room.ask)
            told, dropped = await lane.worker.unpack(body, room, packed=packed)
            identifier = known or new_identifier()
            row = self._row(identifier, told, dropped, known=known is not None)
            await self.store.put(row)
        return identifier

    def _row(self, identifier: str, told: Told, dropped: tuple[str, ...], *, known: bool) -> Row:
        return Row(
            key=snapshot_key_of(identifier),
            time=int(self.clock.look()),
            doubted=self.clock.doubted,
            told=told,
            dropped=dropped,
            coarse=True,
            known=known,
        )

    def _refused(self, error: BodyError) -> web.Response:
        answer = {"error": error.remedy}
        if error.status == web.HTTPBadRequest.status_code:
            answer = {"kind": MALFORMED, "message": error.remedy}
        return self.answers.refused(error.status, answer)


def _identifier_of(request: web.Request) -> str | None:
    """Return the identifier that a client has, None for one that has none yet.

    Raise BodyError where it is no client, IdentifierError where it is no identifier.
    """
    if not request.headers.get("User-Agent", "").startswith(_CLIENT):
        raise BodyError(400, f"expected a User-Agent that begins with {_CLIENT}")
    told = request.headers.getall(IDENTIFIER, ())
    if not told:
        return None
    if len(told) > 1 or not is_identifier(told[0]):
        raise IdentifierError
    return told[0]
