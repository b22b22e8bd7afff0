"""Devices in what is published: today's figures have all of them, and the history months."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from receiver.clock import Clock
from receiver.disclosure import nothing
from receiver.keys import PUBLISHER
from receiver.options import Options
from receiver.publishing.history import entry, of_day
from tests.receiver.figures import example_figures
from tests.receiver.homes import device, home, told_by
from tests.receiver.publishing.scheduled import PATIENCE, Naps, printing, publishing, settle, stored
from tests.receiver.rows import keep_all, row
from tests.receiver.running import Receiver, file_of
from tests.receiver.snapshots import delete, snapshot, taken
from tests.receiver.snapshots import device as sent

DEVICES = of_day(example_figures())["devices"]
TODAY = datetime(2025, 4, 15, 12, tzinfo=UTC).timestamp()


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(store=tmp_path / "analytics.db", smallest_group=5, count_after=0)


def fill(options: Options, homes: int = 12) -> None:
    told = told_by(home(device(kinds=["light"], sw_version="1.2.3")))
    keep_all(file_of(options), (row(n.to_bytes(16), told=told) for n in range(homes)))


def put_days(options: Options, days: Iterable[str], told: Any = None) -> None:
    """Keep figures as the published ones, and as those of days before."""
    figures = orjson.dumps(told or example_figures()).decode()
    with closing(sqlite3.connect(file_of(options))) as connection, connection:
        connection.executemany(
            "INSERT INTO history VALUES (?, ?)", [(day, figures) for day in days]
        )
        connection.execute("INSERT INTO published VALUES (1, 1, ?)", (figures,))


def told(history: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return what each day tells of devices."""
    return {one["day"]: one["devices"] for one in history}


async def test_a_day_is_kept_without_what_is_told_of_each_model(options: Options) -> None:
    fill(options)
    async with publishing(options) as publisher:
        assert await publisher.refresh()
        figures, (today,) = publisher.figures, publisher.history
    published, day = (
        orjson.loads(stored(options, f"SELECT figures FROM {table}")[0])
        for table in ("published", "history")
    )
    assert published == figures
    assert figures["devices"]["models"]["aqara"]["LWB010"]["software"] == {"1.2.3": 10}
    assert day == of_day(figures)
    assert day["devices"]["models"] == {"aqara": {"LWB010": 10}}
    assert today["devices"] == day["devices"]
    assert figures["active_installations"] == 0


async def test_devices_alone_are_published_no_more_often(options: Options) -> None:
    fill(options)
    naps = Naps()
    async with publishing(options, sleep=naps) as publisher:
        await naps.next()
        naps.end()
        # Figures that change each minute tell when a home came.
        assert await naps.next() == pytest.approx(options.publish_every, abs=PATIENCE)
        assert publisher.figures["devices"]["installations"] == 10


async def test_figures_and_months_are_there_at_once_after_a_restart(options: Options) -> None:
    fill(options)
    async with publishing(options) as publisher:
        await settle(publisher)
        before = publisher.figures, publisher.history
    async with publishing(options, command=("there-is-no-such-program",)) as publisher:
        assert (publisher.figures, publisher.history) == before


async def test_only_the_last_day_of_a_month_tells_of_devices(options: Options) -> None:
    fill(options)
    days = ["2025-02-28", "2025-03-30", "2025-03-31", "2025-04-01", "2025-04-14"]
    put_days(options, days)
    figures = example_figures() | {"last_updated": int(TODAY * 1000)}
    clock = Clock(wall=lambda: TODAY)
    async with publishing(options, command=printing(figures), clock=clock) as publisher:
        assert told(publisher.history) == dict.fromkeys(days) | dict.fromkeys(
            ["2025-02-28", "2025-03-31", "2025-04-14"], DEVICES
        )
        assert await publisher.refresh()
        assert told(publisher.history) == dict.fromkeys(days) | dict.fromkeys(
            ["2025-02-28", "2025-03-31", "2025-04-15"], DEVICES
        )


async def test_what_was_shown_in_a_month_stays_of_that_month(options: Options) -> None:
    fill(options)
    # The last day of January is of the same week as the second of February.
    put_days(options, ["2025-01-26", "2025-01-31", "2025-02-02"])
    figures = example_figures() | {"last_updated": int(TODAY * 1000)}
    clock = Clock(wall=lambda: TODAY)
    async with publishing(options, command=printing(figures), clock=clock) as publisher:
        before = told(publisher.history)
        assert [day for day, devices in before.items() if devices] == ["2025-01-31", "2025-02-02"]
        assert await publisher.refresh()
        assert told(publisher.history) == before | {"2025-04-15": DEVICES}


async def test_days_of_a_version_that_knew_no_devices_have_none(options: Options) -> None:
    fill(options)
    older = example_figures()
    del older["devices"]
    put_days(options, ["2025-01-26"], older)
    async with publishing(options) as publisher:
        assert publisher.figures["devices"] == nothing(5)["devices"]
        assert publisher.history == [entry("2025-01-26", nothing(5) | older)]
        assert await publisher.refresh()
        assert publisher.figures["devices"]["installations"] == 10


async def test_what_is_taken_back_is_in_no_figures_that_come_next(receiver: Receiver) -> None:
    identifiers = [await taken(receiver, snapshot(sent(model="TS0601"))) for _ in range(5)]
    for _ in range(5):
        await taken(receiver, snapshot(sent(model="Plug")))
    publisher = receiver.app[PUBLISHER]
    await settle(publisher)
    assert publisher.figures["devices"]["installations"] == 10
    assert "TS0601" in str(publisher.figures)
    before = stored(receiver.options, "SELECT name FROM name")
    assert '["example lamps","TS0601"]' in before
    assert [await delete(receiver, one) for one in identifiers] == [204] * 5
    assert await publisher.refresh()
    assert publisher.figures["devices"]["installations"] == 5
    assert "TS0601" not in str((publisher.figures, publisher.history))
    # Nor is the name of the model kept any longer.
    assert "TS0601" not in str(stored(receiver.options, "SELECT name FROM name"))
