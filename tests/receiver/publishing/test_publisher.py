"""Publishing: a child process counts; whatever happens to it, the receiver and its figures stay."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from receiver.disclosure import nothing
from receiver.keys import PUBLISHER
from receiver.options import Options
from receiver.publishing import Publisher
from receiver.storage.sqlite.writing import Writer
from tests.receiver.figures import example_figures
from tests.receiver.publishing.scheduled import (
    PATIENCE,
    Naps,
    fill,
    killed,
    printing,
    program,
    publishing,
    settle,
    stored,
)
from tests.receiver.reports import valid_report
from tests.receiver.rows import event, keep_all
from tests.receiver.running import Receiver, file_of


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(store=tmp_path / "analytics.db", smallest_group=5, count_after=0)


async def test_reports_that_came_over_http_are_published(receiver: Receiver) -> None:
    await receiver.post_all(valid_report() for _ in range(12))
    publisher = receiver.app[PUBLISHER]
    assert await publisher.refresh()
    assert publisher.figures["active_installations"] == 10
    assert publisher.figures["custom_integrations"]["hacs"] == {
        "total": 10,
        "versions": {"2.0.5": 10},
    }
    assert publisher.figures["statistics"]["state_count"]["quartiles"] == [420, 420, 420]
    assert [one["active_installations"] for one in publisher.history] == [10]
    assert publisher.age < PATIENCE
    assert publisher.fresh


async def test_hostile_names_stop_nothing(receiver: Receiver) -> None:
    hostile = valid_report(
        integrations=["__proto__", "constructor"],
        addons=[{"slug": "__proto__", "version": "__proto__"}],
        custom_integrations=[{"domain": "__proto__", "version": "toString"}],
        recorder={"engine": "__proto__", "version": "__proto__"},
    )
    await receiver.post_all(hostile | {"uuid": f"{number:032}"} for number in range(5))
    assert await receiver.app[PUBLISHER].refresh()
    figures = receiver.app[PUBLISHER].figures
    assert figures["integrations"] == {"__proto__": 5, "constructor": 5}
    assert figures["addons"]["__proto__"]["versions"] == {"__proto__": 5}
    assert figures["recorders"] == {"__proto__": {"total": 5, "versions": {"__proto__": 5}}}


async def test_figures_are_there_at_once_after_a_restart(options: Options) -> None:
    fill(options, 11)
    async with publishing(options) as publisher:
        assert await publisher.refresh()
        before = publisher.figures, publisher.history
    async with publishing(options, command=program("raise SystemExit(1)")) as publisher:
        assert (publisher.figures, publisher.history) == before


async def test_figures_of_a_smaller_k_are_not_shown_after_a_restart_with_a_larger_one(
    options: Options,
) -> None:
    fill(options, 3)
    async with publishing(replace(options, smallest_group=1)) as publisher:
        assert await publisher.refresh()
        assert publisher.figures["countries"] == {"US": 3}
    async with publishing(options) as publisher:
        assert publisher.figures | {"last_updated": 0} == nothing(5)
        assert [one["active_installations"] for one in publisher.history] == [0]


async def test_what_others_see_changes_only_when_it_is_published(options: Options) -> None:
    fill(options, 10)
    async with publishing(options) as publisher:
        await publisher.refresh()
        figures, history = publisher.figures, publisher.history
        fill(options, 20)
        assert publisher.figures["active_installations"] == 10
        await publisher.refresh()
        assert publisher.figures["active_installations"] == 20
        # Replaced, not changed: a page that is being made is made of one publication.
        assert figures["active_installations"] == history[0]["active_installations"] == 10


def garbage(options: Options) -> tuple[str, ...]:
    other = file_of(options).with_name("garbage.db")
    other.write_bytes(b"no database at all" * 100)
    return program(
        "import sys; from receiver.aggregate import main; "
        f"sys.exit(main(['--database', {str(other)!r}]))"
    )


def truncated(options: Options) -> tuple[str, ...]:
    other = file_of(options).with_name("truncated.db")
    fill(replace(options, store=other), 2_000)
    other.write_bytes(other.read_bytes()[:40_000])
    return program(
        "import sys; from receiver.aggregate import main; "
        f"sys.exit(main(['--database', {str(other)!r}]))"
    )


def silent(_: Options) -> tuple[str, ...]:
    return program("")


def half(_: Options) -> tuple[str, ...]:
    return program("print('{\"active_installations\": 1')")


def other_version(_: Options) -> tuple[str, ...]:
    return program("print('{\"installations\": 10}')")


def missing(_: Options) -> tuple[str, ...]:
    return ("there-is-no-such-program",)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (garbage, "is no database of this receiver"),
        (truncated, "truncated.db"),
        (killed, "status -9"),
        (silent, "empty document"),
        (half, "unexpected end"),
        (other_version, "last_updated"),
        (missing, "can't be started"),
    ],
)
async def test_a_fault_keeps_the_last_good_figures_and_is_one_line_in_the_log(
    options: Options,
    broken: Callable[[Options], tuple[str, ...]],
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fill(options, 10)
    async with publishing(options) as publisher:
        assert await publisher.refresh()
        good = publisher.figures
    async with publishing(options, command=broken(options)) as publisher:
        caplog.clear()
        assert not await publisher.refresh()
        assert publisher.figures == good
    (line,) = [one for one in caplog.records if one.name.startswith("receiver")]
    assert reason in line.getMessage()
    assert "\n" not in line.getMessage()
    assert line.exc_info is None


async def test_what_can_not_be_kept_is_shown_all_the_same(
    options: Options, caplog: pytest.LogCaptureFixture
) -> None:
    fill(options, 10)
    writer = Writer(file_of(options))
    await writer.start()
    await writer.close()
    publisher = Publisher(options, writer)
    assert not await publisher.refresh()
    assert publisher.figures["active_installations"] == 10
    # The writer tells of it, once.
    assert caplog.text == ""
    assert stored(options) == []


async def test_what_can_not_be_kept_is_published_no_more_often(options: Options) -> None:
    fill(options, 10)
    writer = Writer(file_of(options))
    await writer.start()
    await writer.close()
    naps = Naps()
    publisher = Publisher(options, writer, sleep=naps)
    await publisher.start()
    await naps.next()
    naps.end()
    # Figures that change every five minutes could be compared.
    assert await naps.next() == pytest.approx(options.publish_every, abs=PATIENCE)
    assert publisher.figures["active_installations"] == 10
    await publisher.stop()


async def test_a_fleet_that_gets_too_small_is_published_no_more_often(options: Options) -> None:
    fill(options, 5)
    async with publishing(options) as publisher:
        await publisher.refresh()
    with closing(sqlite3.connect(file_of(options))) as connection, connection:
        connection.execute("DELETE FROM installation")
    naps = Naps()
    async with publishing(options, sleep=naps) as publisher:
        await naps.next()
        await publisher.refresh()
        assert publisher.figures["active_installations"] == 0
        naps.end()
        assert await naps.next() == pytest.approx(options.publish_every, abs=PATIENCE)


async def test_events_alone_are_published_no_more_often(options: Options) -> None:
    keep_all(file_of(options), (event(number.to_bytes(16)) for number in range(10)))
    naps = Naps()
    async with publishing(options, sleep=naps) as publisher:
        await naps.next()
        naps.end()
        assert await naps.next() == pytest.approx(options.publish_every, abs=PATIENCE)
        assert publisher.figures["reports_lifecycle"] == 10


async def test_a_deletion_is_at_once_and_figures_change_with_the_next_publication(
    receiver: Receiver,
) -> None:
    reports = [valid_report() for _ in range(10)]
    await receiver.post_all(reports)
    publisher = receiver.app[PUBLISHER]
    await settle(publisher)
    files = ["/", "/data.json", "/csv/totals.csv", "/metrics"]
    before = [await receiver.get(path) for path in files]
    assert await receiver.delete(reports[0]["uuid"]) == 204
    assert len(receiver.rows()) == 9
    assert [await receiver.get(path) for path in files] == before
    await publisher.refresh()
    assert publisher.figures["active_installations"] == 5


async def test_old_days_leave_the_database_when_their_week_is_over(options: Options) -> None:
    fill(options, 10)
    figures = orjson.dumps(example_figures()).decode()
    old = ["2025-01-06", "2025-01-07", "2025-02-01"]
    with closing(sqlite3.connect(file_of(options))) as connection, connection:
        connection.executemany("INSERT INTO history VALUES (?, ?)", [(day, figures) for day in old])
        connection.execute("INSERT INTO published VALUES (1, 1, ?)", (figures,))
    async with publishing(options) as publisher:
        assert [one["day"] for one in publisher.history] == old
        await publisher.refresh()
        days = [one["day"] for one in publisher.history]
    assert days[:2] == ["2025-01-07", "2025-02-01"]
    assert len(days) == 3
    assert sorted(stored(options, "SELECT day FROM history")) == days


async def test_too_many_names_are_told_in_the_log(
    options: Options, caplog: pytest.LogCaptureFixture
) -> None:
    command = printing(
        example_figures(), before="import sys; print('too many different', file=sys.stderr)"
    )
    fill(options, 1)
    async with publishing(options, command=command) as publisher:
        assert await publisher.refresh()
    assert "The figures are incomplete: too many different" in caplog.text


async def test_what_is_not_readable_any_more_is_told_and_begins_anew(
    options: Options, caplog: pytest.LogCaptureFixture
) -> None:
    fill(options, 10)
    with closing(sqlite3.connect(file_of(options))) as connection, connection:
        connection.execute("INSERT INTO published VALUES (1, 1, '{\"older\": 1}')")
    async with publishing(options) as publisher:
        assert publisher.figures == nothing(5)
        assert await publisher.refresh()
        assert publisher.figures["active_installations"] == 10
    assert caplog.text.count("can't be read") == 1


async def test_a_name_that_nobody_has_any_more_leaves_the_disk(receiver: Receiver) -> None:
    gone = valid_report(integrations=["annamaria_boiler"])
    stay = [valid_report(integrations=["hue"]) for _ in range(10)]
    await receiver.post_all([gone, *stay])
    publisher = receiver.app[PUBLISHER]
    await settle(publisher)
    assert '"annamaria_boiler"' in names(receiver.options)
    assert await receiver.delete(gone["uuid"]) == 204
    # What is left is known by the same codes, also where the one that is free is another's now.
    for turn in range(2):
        assert await publisher.refresh()
        assert '"annamaria_boiler"' not in names(receiver.options)
        assert publisher.figures["integrations"] == {"hue": 10}
        await receiver.post_all([gone | {"integrations": [f"new_{turn}"]}])


async def test_who_does_not_say_which_names_are_used_lets_none_go(options: Options) -> None:
    fill(options, 10)
    before = names(options)
    async with publishing(options, command=printing(example_figures())) as publisher:
        assert await publisher.refresh()
    assert before
    assert names(options) == before


def names(options: Options) -> list[str]:
    return stored(options, "SELECT name FROM name ORDER BY code")
