"""What is answered, in the same words to all who send anything, and counted for /metrics."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from aiohttp import web

from .geo import Proxies, Sender
from .limits import RateLimiter

RETRY_LATER: Final = 60


class Outcome(StrEnum):
    """What became of a request; counted for /metrics."""

    ACCEPTED = "accepted"
    DELETED = "deleted"
    REFUSED = "refused"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """Answers requests, and knows who is not listened to."""

    limiter: RateLimiter
    proxies: Proxies
    outcomes: Counter[str]

    def held_back(self, request: web.Request) -> tuple[Sender, web.Response | None]:
        """Return who sent a request, and the answer to who is not listened to."""
        sender = self.proxies.sender(request.remote, request.headers)
        # Browsers say so of what a page sends, and a page can have it sent by all who look at it.
        if "Origin" in request.headers:
            return sender, self.refused(403, {"error": "expected Home Assistant, and no web page"})
        if wait := self.limiter.wait(sender.address):
            return sender, self._later(Outcome.RATE_LIMITED, 429, "too many requests", wait)
        return sender, None

    def accepted(self, answer: Any = None) -> web.Response:
        """Say that it is kept."""
        self.outcomes[Outcome.ACCEPTED] += 1
        return web.Response() if answer is None else web.json_response(answer)

    def deleted(self) -> web.Response:
        """Say that nothing of it is kept."""
        self.outcomes[Outcome.DELETED] += 1
        return web.Response(status=204)

    def refused(self, status: int, answer: dict[str, str]) -> web.Response:
        """Say what is wrong with it."""
        self.outcomes[Outcome.REFUSED] += 1
        response = web.json_response(answer, status=status)
        if status == web.HTTPRequestTimeout.status_code:
            response.force_close()
        return response

    def unavailable(self, error: str = "it can't be stored now") -> web.Response:
        """Say that it can't be kept now."""
        return self._later(Outcome.UNAVAILABLE, 503, error, RETRY_LATER)

    def _later(self, outcome: Outcome, status: int, error: str, wait: int) -> web.Response:
        self.outcomes[outcome] += 1
        return web.json_response(
            {"error": f"{error}; try again in {wait} seconds"},
            status=status,
            headers={"Retry-After": str(wait)},
        )
