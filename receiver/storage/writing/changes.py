"""What becomes of what is kept of an installation: plain functions that change a `Stored`.

Most reports need none: they come with a row already as it is to be, see `unchanged` and `new_row`.
"""

import struct
from collections.abc import Callable, Iterable, Set
from typing import Final

from ...clock import CORRECTED
from ..layout import FIRST_DOUBTED, LAST_DOUBTED, Moment, Stored, Words, moment, words

# So long a report that tells the same leaves its row as it is. What is deleted some days after the
# last report is deleted up to that much earlier.
UNCHANGED_FOR: Final = 12 * 3600
DAY: Final = 24 * 3600
# Of one installation; the oldest make room. A start and a stop that differ each day fill a month.
MAX_EVENTS: Final = 50
# Of one installation, its latest: no home has more, and floods of made-up ones must take many ids.
MAX_FAILURES: Final = 250
_HEAD: Final = struct.Struct("<3I")
_WORD: Final = 4

# An integration that failed to be set up and why, None for any reason; or None for another code.
type Failure = tuple[str, str | None]


def unchanged(row: bytes, report: bytes, time: int) -> bool:
    """Tell whether a row need not be written for this report, whose time is not doubted."""
    head, first_seen, last_seen = _HEAD.unpack_from(row)
    return (
        # As many words, and no doubt beside them.
        head * _WORD == len(report)
        and 0 <= time - last_seen < UNCHANGED_FOR
        # Whoever has reported for some days counts from that hour on.
        and (time - first_seen) // DAY == (last_seen - first_seen) // DAY
        and row.startswith(report, _HEAD.size)
    )


def new_row(report: bytes, time: int, *, doubted: bool) -> bytes:
    """Return the row of an installation that was not known."""
    doubts = (FIRST_DOUBTED | LAST_DOUBTED) * doubted
    return _HEAD.pack(len(report) // _WORD | doubts, time, time) + report


def keep_report(stored: Stored, report: Words, time: int, *, doubted: bool) -> None:
    """Keep a report instead of the one before."""
    if not stored.report or (stored.first_doubted and not doubted):
        stored.first_seen, stored.first_doubted = time, doubted
    else:
        # A clock that was a bit ahead when it came must not keep it from being counted until then.
        stored.first_seen = min(stored.first_seen, time)
        stored.first_doubted &= doubted
    stored.report, stored.last_seen, stored.last_doubted = report, time, doubted


def keep_event(stored: Stored, codes: Words, time: int, *, doubted: bool) -> None:
    """Keep an event beside the ones before; where there are many, drop the oldest."""
    before = []
    now = time
    for one in stored.events:
        if one.codes == codes:
            # A client that got no answer sends the same once more.
            time = max(time, one.time)
        else:
            before.append(one)
    if not doubted:
        # What came before this is dated anew, so that this is later.
        _date_anew(before, now - 1, now + CORRECTED)
        time = time if time <= now + CORRECTED else now
    stored.events = [Moment(time, doubted, codes), *before]
    _sort(stored)
    del stored.events[MAX_EVENTS:]


def cut_failures(stored: Stored, failure: Callable[[int], Failure | None]) -> None:
    """Leave out failures to set integrations up but for the latest ones that differ.

    Of those left, that an integration failed at all stays, too.
    """
    if sum(len(one.codes) for one in stored.events) <= MAX_FAILURES:
        return
    latest: set[Failure] = set()
    domains: set[str] = set()
    for event in stored.events:
        found = {code: known for code in event.codes if (known := failure(code))}
        for known in found.values():
            if known[1] is not None and len(latest) < MAX_FAILURES:
                latest.add(known)
                domains.add(known[0])
        event.codes = words(
            code
            for code in event.codes
            if (known := found.get(code)) is None
            or known in latest
            or (known[1] is None and known[0] in domains)
        )


def leave_out(stored: Stored, codes: Set[int]) -> None:
    """Leave out codes of the report and the events."""
    stored.report = words(code for code in stored.report if code not in codes)
    for event in stored.events:
        event.codes = words(code for code in event.codes if code not in codes)


def expire(stored: Stored, before: int) -> bool:
    """Delete what is of before then; tell whether that was the report."""
    stored.events = [one for one in stored.events if one.time >= before]
    gone = bool(stored.report) and stored.last_seen < before
    if gone:
        stored.report = words()
        stored.first_seen = stored.last_seen = 0
        stored.first_doubted = stored.last_doubted = False
    return gone


def redate(stored: Stored, now: int, to_come: int) -> None:
    """Let be of now what came in doubt and what is of later than `to_come`."""
    if stored.report and (stored.last_doubted or stored.last_seen > to_come):
        # What is kept by its day stays so: of one home alone that came meanwhile, a report and a
        # snapshot would be of the same second.
        then = now if stored.last_seen % DAY else now - now % DAY
        stored.first_seen = then if stored.first_doubted else min(stored.first_seen, then)
        stored.last_seen = then
    stored.first_doubted = stored.last_doubted = False
    _date_anew(stored.events, now, to_come)
    _sort(stored)


def _date_anew(events: Iterable[Moment], now: int, to_come: int) -> None:
    """Let events have come now, a second apart: their order is that in which they came."""
    late = (one for one in events if one.doubted or one.time > to_come)
    for place, one in enumerate(late):
        one.time, one.doubted = moment(now - place), False


def _sort(stored: Stored) -> None:
    """Put the latest first; of the same second, what came last."""
    stored.events.sort(key=lambda one: one.time, reverse=True)
