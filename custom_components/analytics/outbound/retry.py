"""How long until a report that could not be delivered is tried again: the table of delays."""

from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

DELAYS: Final = (60.0, 300.0, 900.0, 3600.0)
JITTER: Final = 0.2
LONGEST_WAIT: Final = 3600.0


def delay(attempt: int, retry_after: float | None, jitter: Callable[[], float]) -> float | None:
    """Return the seconds to wait after failure number `attempt`, None after the last retry.

    `jitter` returns a number from 0 to 1. The receiver's wish is obeyed up to an hour.
    """
    if attempt > len(DELAYS):
        return None
    planned = DELAYS[attempt - 1] * (1 - JITTER + 2 * JITTER * jitter())
    return max(planned, min(retry_after or 0.0, LONGEST_WAIT))


def next_attempt(now: float, wait: float | None, regular: float) -> float | None:
    """Return the time of the next retry, None where the regular report comes first."""
    if wait is None or now + wait >= regular:
        return None
    return now + wait


def parse_retry_after(header: str | None, date: str | None, now: datetime) -> float | None:
    """Return the seconds that Retry-After (RFC 9110, 10.2.3) asks for, None if unusable.

    A time is compared with that of the answer, `date`, for our clock may be another.
    """
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
        return max(0.0, (moment - (_answered_at(date) or now)).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None


def _answered_at(date: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(date) if date else None
    except (ValueError, OverflowError):
        return None
