"""How a request ended: what its answer says, or why there is none."""

from http import HTTPStatus
from typing import Any, Final

import aiohttp
import orjson
from homeassistant.util import dt as dt_util

from ..models import Kind, Outcome
from .retry import parse_retry_after

LONGEST_ANSWER: Final = 64 * 1024


def reason_of(error: Exception, limit: float) -> str:
    """Return why there was no answer, without an address: it may be the proxy's."""
    if isinstance(error, TimeoutError):
        return f"no answer within {limit:.0f} seconds"
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy answered with status {error.status}"
    return f"no connection ({type(error).__name__})"


async def async_read(response: aiohttp.ClientResponse) -> bytes:
    """Return the body of an answer; empty where it is longer than any that is worth reading."""
    body = b""
    async for part in response.content.iter_any():
        body += part
        if len(body) > LONGEST_ANSWER:
            return b""
    return body


def judged(response: aiohttp.ClientResponse, success: HTTPStatus) -> Outcome:
    """Sort an answer: `success` is that, 429 and 5xx are worth another try, all else is not."""
    status = response.status
    if status == success:
        return Outcome(kind=Kind.SENT, status=status)
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Outcome(
            kind=Kind.RETRYABLE,
            reason=f"answered with status {status}",
            status=status,
            retry_after=parse_retry_after(
                response.headers.get("Retry-After"), response.headers.get("Date"), dt_util.utcnow()
            ),
        )
    return Outcome(kind=Kind.REFUSED, reason=f"answered with status {status}", status=status)


def parsed(body: bytes) -> dict[str, Any]:
    """Return an answer that is a JSON object; empty for any other."""
    try:
        answer = orjson.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
