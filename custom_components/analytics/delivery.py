"""Send a report: one POST, 30 seconds, never a redirect."""

from http import HTTPStatus
from typing import Final

import aiohttp
import async_timeout
from homeassistant.const import __version__ as HOST_VERSION
from homeassistant.util import dt as dt_util

from .models import Destination, Kind, Outcome
from .retry import parse_retry_after

LIMIT: Final = 30.0

# What the host would send by itself tells the versions of Python and aiohttp, which no tier owns:
# by its User-Agent, and by the encodings that it accepts.
HEADERS: Final = {
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Content-Type": "application/json",
    "User-Agent": f"home-assistant/{HOST_VERSION}",
}


async def async_deliver(
    session: aiohttp.ClientSession, destination: Destination, body: bytes
) -> Outcome:
    """Post a body to a destination, and tell how that ended."""
    try:
        async with (
            async_timeout.timeout(LIMIT),
            session.post(
                destination.url, data=body, headers=HEADERS, allow_redirects=False
            ) as response,
        ):
            return _judge(response)
    except TimeoutError:
        return Outcome(kind=Kind.RETRYABLE, reason=f"no answer within {LIMIT:.0f} seconds")
    except aiohttp.ClientError as error:
        return Outcome(kind=Kind.RETRYABLE, reason=f"no connection ({type(error).__name__})")


def _judge(response: aiohttp.ClientResponse) -> Outcome:
    """Sort an answer: 200 is success, 429 and 5xx are worth another try, all else is not."""
    status = response.status
    if status == HTTPStatus.OK:
        return Outcome(kind=Kind.SENT, status=status)
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Outcome(
            kind=Kind.RETRYABLE,
            reason=f"answered with status {status}",
            status=status,
            retry_after=parse_retry_after(response.headers.get("Retry-After"), dt_util.utcnow()),
        )
    return Outcome(kind=Kind.REFUSED, reason=f"answered with status {status}", status=status)
