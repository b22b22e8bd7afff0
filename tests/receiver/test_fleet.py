"""The demo's made-up fleet: what a receiver takes whole, and what its figures look like."""

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import orjson
import pytest

from receiver.dashboard.charts import Chart
from receiver.dashboard.charts.trends import medians, releases, systems, types, unclean, usage
from receiver.publishing.history import entry
from receiver.schema import validate, validate_event
from scripts.fleet.__main__ import fill, main
from scripts.fleet.home import Home, home, report
from scripts.fleet.life import events
from scripts.fleet.releases import version_on

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = NOW.date()
HOMES = 150

# The newest figures, and what charts need of each day.
type Published = tuple[dict[str, Any], list[Any]]


def homes(number: int) -> Iterator[tuple[random.Random, Home]]:
    chance = random.Random(1)
    for _ in range(number):
        yield chance, home(chance, TODAY)


def test_each_report_is_taken_whole_and_nothing_is_another_word() -> None:
    for _, one in homes(200):
        body = report(one, TODAY)
        taken = validate(body)
        assert taken.dropped == ()
        assert "other" not in {*chain.from_iterable(taken.told.names.values())}
        assert len(one.place["CF-IPCountry"]) == 2


def test_each_event_is_taken_whole() -> None:
    told = set()
    for chance, one in homes(600):
        for event in events(chance, one, TODAY):
            told.add(event["event"])
            taken = validate_event(event)
            assert taken.dropped == ()
            assert "other" not in {*chain.from_iterable(taken.told.names.values())}
    assert told == {"start", "stop", "fault"}


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2026, 11, 3), "2026.10.3"),
        (date(2026, 11, 4), "2026.11.0"),
        (date(2026, 11, 11), "2026.11.1"),
        (date(2026, 1, 1), "2025.12.4"),
    ],
)
def test_releases_come_on_the_first_wednesday(day: date, version: str) -> None:
    assert version_on(day) == version


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Return the figures of a fleet, and those of each day, by the receiver itself."""
    database = tmp_path_factory.mktemp("fleet") / "analytics.db"
    asyncio.run(fill(database, HOMES, seed=3, now=NOW))
    return figures(database)


def figures(database: Path) -> Published:
    with closing(sqlite3.connect(database)) as connection:
        [(newest,)] = connection.execute("SELECT figures FROM published")
        days = connection.execute("SELECT day, figures FROM history ORDER BY day").fetchall()
    return orjson.loads(newest), [entry(day, orjson.loads(text)) for day, text in days]


def test_all_homes_are_there_today_and_came_over_three_months(
    published: Published,
) -> None:
    newest, history = published
    assert newest["last_updated"] == NOW.timestamp() * 1000
    assert newest["active_installations"] == HOMES
    assert (TODAY - date.fromisoformat(history[0]["day"])).days == 90
    growth = [day["active_installations"] for day in history]
    assert growth == sorted(growth)
    assert 0 < growth[0] < growth[-1] == HOMES


def test_few_integrations_are_everywhere_and_most_are_rare(
    published: Published,
) -> None:
    newest, _ = published
    shares = [count / newest["reports_integrations"] for count in newest["integrations"].values()]
    assert sum(share > 0.8 for share in shares) == pytest.approx(10, abs=2)
    assert sum(share < 0.1 for share in shares) > 200


def lines(newest: dict[str, Any], history: list[Any]) -> Iterator[Chart]:
    """Yield all charts of the dashboard that have a line over time."""
    yield types(history)
    yield releases(history)
    yield usage(history, "integrations", "reports_integrations", "mqtt")
    yield usage(history, "custom_integrations", "reports_integrations", "hacs")
    yield usage(history, "addons", "reports_addons", "core_ssh")
    yield systems(history, str)
    yield unclean(history)
    for statistic in newest["statistics"]:
        yield medians(history, statistic)


def test_every_chart_over_time_has_a_line_of_three_months(
    published: Published,
) -> None:
    for chart in lines(*published):
        assert chart.drawable, chart.key
        assert (chart.days[-1] - chart.days[0]).days == 90, chart.key


def test_a_release_takes_the_place_of_the_one_before(
    published: Published,
) -> None:
    chart = releases(published[1])
    newest, before = chart.series[0], chart.series[1]
    assert newest.name == "2026.11"
    assert newest.values[0] == 0
    assert (newest.values[-1] or 0) > 40
    assert max(value or 0 for value in before.values) > (before.values[-1] or 0)


def test_devices_are_told_of_by_the_month(published: Published) -> None:
    newest, history = published
    months = {day["day"][:7]: day["devices"]["installations"] for day in history}
    assert [*months] == ["2026-08", "2026-09", "2026-10", "2026-11"]
    assert 0 < months["2026-08"] < months["2026-11"] == newest["devices"]["installations"]
    assert months["2026-11"] < HOMES / 2
    assert newest["devices"]["makers"]["google"]["total"] > 5


async def test_the_same_seed_makes_the_same_figures(tmp_path: Path) -> None:
    made = []
    for name, seed in (("first", 1), ("again", 1), ("other", 2)):
        await fill(tmp_path / name, 20, seed=seed, now=NOW)
        made.append(figures(tmp_path / name))
    first, again, other = made
    assert first == again
    assert first != other


def test_it_is_made_by_a_command(tmp_path: Path) -> None:
    main([str(tmp_path / "analytics.db"), "3"])
    newest, _ = figures(tmp_path / "analytics.db")
    assert newest["active_installations"] == 3
