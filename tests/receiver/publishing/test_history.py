"""Which days are kept, and what of them."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from receiver.publishing.history import DAILY, WEEKLY, entry, kept, monthly, of_day, told_monthly
from tests.receiver.figures import example_figures

TODAY = date(2026, 11, 25)
FIRST = date(2023, 1, 1)
ALL = [(FIRST + timedelta(days=number)).isoformat() for number in range((TODAY - FIRST).days + 1)]


def is_last_of_month(day: date) -> bool:
    return (day + timedelta(days=1)).month != day.month


def test_every_day_of_the_last_two_months_is_kept() -> None:
    assert [day for day in kept(ALL, TODAY) if day > "2026-09-26"] == ALL[-60:]


def test_older_days_are_kept_by_week_and_then_by_month() -> None:
    days = [date.fromisoformat(day) for day in kept(ALL, TODAY)]
    weekly = [day for day in days if DAILY <= TODAY - day < WEEKLY]
    monthly = [day for day in days if TODAY - day >= WEEKLY]
    assert len({(*day.isocalendar()[:2], day.month) for day in weekly}) == len(weekly)
    # The last day of each week, and of each month, but for the week that is not over.
    assert all(day.isoweekday() == 7 or is_last_of_month(day) for day in weekly[:-1])
    assert 43 <= len({day.isocalendar()[:2] for day in weekly}) <= 45
    assert len({(day.year, day.month) for day in monthly}) == len(monthly) == 35
    assert len(days) < 155


def test_thinning_every_day_keeps_what_thinning_at_once_does() -> None:
    stored: list[str] = []
    for number, day in enumerate(ALL):
        stored = kept([*stored, day], FIRST + timedelta(days=number))
    at_once = kept(ALL, TODAY)
    assert stored[-60:] == at_once[-60:]
    # No week and no month gets lost on the way from days to weeks to months.
    assert {day[:7] for day in stored} == {day[:7] for day in ALL}
    assert len(stored) - len(at_once) <= 2


@given(st.lists(st.dates(FIRST, TODAY), unique=True))
def test_the_last_day_of_a_month_is_always_kept(days: list[date]) -> None:
    told = [day.isoformat() for day in days]
    assert monthly(told) <= {*kept(told, TODAY)}


@given(st.lists(st.dates(FIRST, TODAY), unique=True))
def test_thinning_twice_changes_nothing_and_gaps_are_fine(days: list[date]) -> None:
    once = kept([day.isoformat() for day in days], TODAY)
    assert kept(once, TODAY) == once == sorted(once)
    assert set(once) <= {day.isoformat() for day in days}
    if days:
        assert once[-1] == max(days).isoformat()


def test_days_to_come_are_not_kept() -> None:
    kept_days = kept([*ALL, "2026-11-26", "2028-01-01"], TODAY)
    assert kept_days == kept(ALL, TODAY)
    assert kept_days[-1] == TODAY.isoformat()


def test_an_entry_has_what_charts_show() -> None:
    figures = example_figures()
    one = entry("2026-11-25", figures)
    assert one["day"] == "2026-11-25"
    assert one["versions"] == figures["versions"]
    assert one["integrations"] == figures["integrations"]
    assert one["addons"]["core_ssh"] == figures["addons"]["core_ssh"]["total"]
    assert one["custom_integrations"]["hacs"] == figures["custom_integrations"]["hacs"]["total"]
    assert one["systems"]["alpine"] == figures["systems"]["alpine"]["total"]
    assert one["virtualizations"] == figures["virtualizations"]
    assert one["unclean"] == figures["unclean"] > 0
    assert one["medians"]["user_count"] == figures["statistics"]["user_count"]["quartiles"][1]


def test_devices_are_told_by_the_last_day_of_each_month() -> None:
    days = kept(ALL, TODAY)
    figures = example_figures()
    assert {day[:7] for day in monthly(days)} == {day[:7] for day in days}
    history = [entry(day, figures, devices=day not in monthly(days[:-1])) for day in days[:-1]]
    assert not any(one["devices"] for one in told_monthly(history))
    history = told_monthly([entry(day, figures) for day in days])
    with_devices = [one["day"] for one in history if one["devices"]]
    assert with_devices == sorted(monthly(days))
    assert with_devices[-2:] == ["2026-10-31", "2026-11-25"]
    # The rest of a day is as it was.
    assert [one["versions"] for one in history] == [figures["versions"]] * len(days)


def test_devices_of_a_month_are_totals() -> None:
    figures = example_figures()
    told = entry("2026-11-25", figures)["devices"]
    devices = figures["devices"]
    assert told["installations"] == devices["installations"]
    for name in ("reaches", "classes", "integrations", "makers"):
        assert told[name] == {key: row["total"] for key, row in devices[name].items()}
    assert told["models"] == {
        maker: {model: row["total"] for model, row in models.items()}
        for maker, models in devices["models"].items()
    }
    assert entry("2026-11-25", of_day(figures)) == entry("2026-11-25", figures)


def test_a_median_that_is_not_published_is_in_no_entry() -> None:
    figures = example_figures()
    del figures["statistics"]["user_count"]["quartiles"]
    assert "user_count" not in entry("2026-11-25", figures)["medians"]
