"""What a row tells of its times, without all that it takes to unpack it: all rows are looked at."""

from ...layout import (
    EVENT_DOUBTED,
    EVENT_HEAD,
    EVENT_MASK,
    FIRST_DOUBTED,
    HEAD,
    LAST_DOUBTED,
    REPORT_MASK,
    words,
)


def glance(row: bytes) -> tuple[int, int, bool]:
    """Return the earliest and the latest time of a row, and whether any is doubted."""
    told = words(row)
    head = told[0]
    report = head & REPORT_MASK
    doubted = head & (FIRST_DOUBTED | LAST_DOUBTED)
    times = [told[HEAD - 1]] if report else []
    place = HEAD + report
    while place < len(told):
        head, time = told[place], told[place + 1]
        times.append(time)
        doubted |= head & EVENT_DOUBTED
        place += EVENT_HEAD + (head & EVENT_MASK)
    return min(times, default=0), max(times, default=0), bool(doubted)
