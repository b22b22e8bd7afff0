"""The table of retries."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.analytics.outbound import retry

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 60), (2, 300), (3, 900), (4, 3600), (5, None), (50, None)]
)
def test_waits_grow_and_end(attempt: int, seconds: float | None) -> None:
    assert retry.delay(attempt, None, lambda: 0.5) == seconds


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 48), (0.5, 60), (1.0, 72)])
def test_jitter_spreads_a_wait_by_a_fifth(jitter: float, seconds: float) -> None:
    assert retry.delay(1, None, lambda: jitter) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("retry_after", "seconds"), [(None, 60), (0, 60), (10, 60), (120, 120), (1e9, 3600)]
)
def test_the_receivers_wish_is_obeyed_up_to_an_hour(
    retry_after: float | None, seconds: float
) -> None:
    assert retry.delay(1, retry_after, lambda: 0.5) == seconds


@pytest.mark.parametrize(
    ("wait", "expected"), [(None, None), (59.9, 159.9), (60.0, None), (61.0, None)]
)
def test_no_retry_at_or_after_the_regular_report(
    wait: float | None, expected: float | None
) -> None:
    assert retry.next_attempt(100.0, wait, 160.0) == expected


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120),
        (" 7 ", 7),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("9" * 400, float("inf")),
        ("Sat, 21 Nov 2026 12:02:00 GMT", 120),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0),
        ("Sat, 21 Nov 2026 12:02:00", None),
        ("Sat, 99 Nov 2026 12:02:00 GMT", None),
        ("Mon, 1 Jan 99999999999999999999 00:00:00 GMT", None),
    ],
)
def test_retry_after_headers(header: str | None, seconds: float | None) -> None:
    assert retry.parse_retry_after(header, None, NOW) == seconds


@pytest.mark.parametrize("date", ["", "soon", "Mon, 1 Jan 99999999999999999999 00:00:00 GMT"])
def test_a_date_that_is_none_is_no_reason_to_hurry(date: str) -> None:
    header = "Sat, 21 Nov 2026 12:02:00 GMT"
    assert retry.parse_retry_after(header, date, NOW) == 120


@pytest.mark.parametrize("days", [-20, 20])
def test_a_time_is_compared_with_the_receivers_clock(days: int) -> None:
    header, date = "Sat, 21 Nov 2026 12:02:00 GMT", "Sat, 21 Nov 2026 12:00:00 GMT"
    assert retry.parse_retry_after(header, date, NOW + timedelta(days=days)) == 120
