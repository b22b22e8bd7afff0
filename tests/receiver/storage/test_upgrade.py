"""What an earlier version kept counts as before: nothing is lost on the way."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from itertools import zip_longest
from pathlib import Path

import pytest
from hypothesis import given, settings

from receiver.intake.ids import key_of
from receiver.keys import STORE
from receiver.storage import Event, Row
from receiver.storage.sqlite import back_up, reading
from receiver.storage.sqlite.writing import Writer
from tests.receiver import child
from tests.receiver.counted import Life, Member, count_all, count_rows
from tests.receiver.disk import POLL, holds, locked, until_gone
from tests.receiver.doubting import counted, health
from tests.receiver.fleets import fleets, lives
from tests.receiver.old import (
    DAY,
    OldEvent,
    OldReport,
    fleet,
    id_of,
    left,
    make,
    old_events,
    old_report,
    tables,
    told_of,
)
from tests.receiver.reports import base_report, valid_report
from tests.receiver.rows import event, row, told
from tests.receiver.running import Clock, Receiver, StartReceiver
from tests.receiver.waiting import at_most

PATIENCE = 60
# More than some parts, and so many that it is not done before a test has asked some questions.
SOME, MANY = 180, 1_500
WAITS = "the database is brought up to date"


@asynccontextmanager
async def writing(path: Path) -> AsyncIterator[Writer]:
    """Have a writer that moves nothing by itself."""
    writer = Writer(path)
    await writer.start()
    try:
        yield writer
    finally:
        await writer.close()


async def bring(path: Path) -> None:
    async with writing(path) as writer:
        await writer.bring_up_to_date()


async def until_done(receiver: Receiver) -> None:
    async with at_most(PATIENCE, lambda: f"{left(receiver.database)} rows to be moved"):
        while receiver.app[STORE].upgrading:
            await asyncio.sleep(POLL)


def posted(path: Path, many: int) -> tuple[Path, Path]:
    """Make an old database, and one that was told the same."""
    homes = fleet(many)
    homes.make(path / "analytics.db")
    homes.post(path / "new.db")
    return path / "analytics.db", path / "new.db"


@settings(max_examples=15)
@given(fleets(), lives())
def test_old_reports_and_events_count_as_they_did(members: list[Member], lived: list[Life]) -> None:
    now = int(time.time())
    reports: list[OldReport] = []
    events: list[OldEvent] = []
    for number, (one, life) in enumerate(zip_longest(members, lived)):
        if one:
            reports.append(old_report(key_of(id_of(number)), one, now - DAY, now))
        events += old_events(key_of(id_of(number)), life or (), now - DAY)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "analytics.db"
        make(path, reports, events)
        asyncio.run(bring(path))
        with reading(path) as kept:
            found = count_rows(kept.rows(), kept.names).counts
    expected = count_all(members, lived)
    assert found.installations == expected.installations
    assert found.tables == expected.tables
    assert {name: list(values) for name, values in found.statistics.items()} == {
        name: list(values) for name, values in expected.statistics.items()
    }


@pytest.mark.parametrize("version", [1, 2, 3])
async def test_each_earlier_version_becomes_what_a_new_one_would_have(
    start_receiver: StartReceiver, tmp_path: Path, caplog: pytest.LogCaptureFixture, version: int
) -> None:
    homes = fleet(SOME)
    if version == 1:
        homes.events.clear()
    homes.make(tmp_path / "analytics.db", version)
    homes.post(tmp_path / "new.db")
    receiver = await start_receiver()
    await until_done(receiver)
    assert told_of(receiver.database) == told_of(tmp_path / "new.db")
    assert tables(receiver.database) == tables(tmp_path / "new.db")
    reports, events = len(homes.reports), len(homes.events)
    async with at_most(PATIENCE, lambda: "the end to be logged"):
        while "is up to date" not in caplog.text:
            await asyncio.sleep(POLL)
    assert caplog.text.count("a backup that was made before") == 1
    assert f"Moving {reports} reports and {events} events" in caplog.text
    assert f"{reports + events} reports and events were moved, and 0 dropped" in caplog.text
    assert await receiver.publish()
    assert await counted(receiver) == reports // 5 * 5
    assert await health(receiver) == (200, "ok", [])


async def test_nothing_is_published_before_the_end(
    start_receiver: StartReceiver, tmp_path: Path
) -> None:
    fleet(MANY).make(tmp_path / "analytics.db")
    receiver = await start_receiver()
    assert not await receiver.publish()
    assert await health(receiver) == (200, "waiting", [WAITS])
    await receiver.post_all([valid_report()])
    assert not receiver.rows("SELECT * FROM published")
    assert receiver.app[STORE].upgrading
    await until_done(receiver)
    assert await receiver.publish()


async def test_sums_are_not_printed_before_the_end(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    fleet(SOME).make(database)
    async with writing(database):
        pass
    shown = await asyncio.to_thread(child.run, "aggregate", "--database", database)
    assert (shown.returncode, shown.stdout) == (1, "")
    (line,) = shown.stderr.splitlines()
    assert "is being brought up to date" in line
    await bring(database)
    shown = await asyncio.to_thread(child.run, "aggregate", "--database", database)
    assert shown.returncode == 0


async def test_who_reports_meanwhile_is_who_reported_before(tmp_path: Path) -> None:
    old, new = posted(tmp_path, SOME)
    now = int(time.time())
    records: list[Row | Event] = [
        *(row(key_of(id_of(number)), now, told=told(version="2026.11.9")) for number in range(20)),
        *(event(key_of(id_of(number)), now) for number in range(10, 30)),
        row(b"somebody new", now),
    ]
    for path in (old, new):
        async with writing(path) as writer:
            await asyncio.gather(*map(writer.put, records))
            if path == old:
                assert writer.upgrading
                await writer.bring_up_to_date()
    assert told_of(old) == told_of(new)


async def test_who_is_deleted_meanwhile_leaves_nothing(tmp_path: Path) -> None:
    old, new = posted(tmp_path, SOME)
    keys = [key_of(id_of(number)) for number in range(20)]
    async with writing(new) as writer:
        await asyncio.gather(*map(writer.delete, keys))
    async with writing(old) as writer:
        assert all(holds(old, key) for key in told_of(new))
        await asyncio.gather(*map(writer.delete, keys))
        for key in keys:
            await until_gone(old, key)
        assert writer.upgrading
        await writer.bring_up_to_date()
    assert told_of(old) == told_of(new)


async def test_what_was_moved_leaves_no_bytes_behind(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    report = '{"version":"2026.10.4","installation_type":"Unknown","mark":"something of before"}'
    make(database, [OldReport(key=bytes(16), report=report, first_seen=1, last_seen=1)])
    assert holds(database, "something of before")
    async with writing(database) as writer:
        await writer.bring_up_to_date()
        await until_gone(database, "something of before")


async def test_what_is_not_valid_any_more_is_dropped_and_counted(
    start_receiver: StartReceiver, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now = int(time.time())
    wrong: tuple[str | bytes, ...] = (
        '{"version":"2026.10.4"}',
        '{"installation_type":"Unknown"}',
        '{"version":"2026.10.4","installation_type":"Unknown","energy":7}',
        "[]",
        "7",
        "{",
        "",
        b'{"version":"\xff"}',
    )
    right = '{"version":"2026.10.4","installation_type":"Unknown","sold_later":true}'
    make(
        tmp_path / "analytics.db",
        [
            OldReport(key=bytes([number]), report=text, first_seen=now, last_seen=now)
            for number, text in enumerate((*wrong, right))
        ],
        [
            OldEvent(key=bytes([1]), event="{}", time=now),
            OldEvent(key=bytes([1]), event='{"event":"stop","version":"2026.10.4"}', time=now),
        ],
    )
    receiver = await start_receiver()
    await until_done(receiver)
    kept = receiver.kept()
    assert [one.key for one in kept] == [bytes([1]), bytes([len(wrong)])]
    assert (bool(kept[0].report), len(kept[0].events)) == (False, 1)
    dropped = {one["name"]: one["count"] for one in receiver.rows("SELECT * FROM dropped_key")}
    assert dropped == {"installation_type": 1, "energy": 1, "version": 7, "sold_later": 1}
    async with at_most(PATIENCE, lambda: "the end to be logged"):
        while "2 reports and events were moved, and 9 dropped" not in caplog.text:
            await asyncio.sleep(POLL)


async def test_a_place_that_is_damaged_is_unknown(
    start_receiver: StartReceiver, tmp_path: Path
) -> None:
    now = int(time.time())
    path = tmp_path / "analytics.db"
    report = '{"version":"2026.10.4","installation_type":"Unknown"}'
    make(path, [OldReport(key=b"x", report=report, first_seen=now, last_seen=now)], [])
    with closing(sqlite3.connect(path)) as old, old:
        old.execute("UPDATE installation SET country = CAST(x'ff' AS TEXT), region = 'CA'")
    receiver = await start_receiver()
    await until_done(receiver)
    [row] = receiver.kept()
    assert row.report == {"versions": ["2026.10.4"], "types": ["Unknown"]}


async def test_events_that_tell_the_same_are_one_and_too_many_make_room(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    told_events = [
        '{"event":"fault","version":"2026.10.4","fault":{"error":"SegmentationFault",'
        f'"thread":"main","function":null,"file":"a.py","line":{line}}}}}'
        for line in (1, 2)
    ]
    many = [f'{{"event":"start","version":"2026.{number}.0"}}' for number in range(60)]
    make(
        database,
        events=[
            *(OldEvent(key=b"a", event=one, time=at) for at, one in enumerate(told_events)),
            *(OldEvent(key=b"b", event=one, time=at) for at, one in enumerate(many)),
        ],
    )
    await bring(database)
    kept = told_of(database)
    assert [at for at, _, _ in kept[b"a"][-1]] == [1]
    assert [at for at, _, _ in kept[b"b"][-1]] == [*range(59, 9, -1)]


async def test_a_killed_receiver_goes_on_where_it_was(tmp_path: Path) -> None:
    old, new = posted(tmp_path, 350)
    async with writing(old):
        remaining = left(old)
    while remaining:
        with child.receiver(old) as running:
            async with at_most(PATIENCE, lambda: "rows to be moved"):
                while left(old) == remaining:
                    await asyncio.sleep(0.002)
            running.kill()
        remaining = left(old)
    await bring(old)
    assert told_of(old) == told_of(new)


async def test_a_full_disk_only_holds_it_up(tmp_path: Path) -> None:
    homes = fleet(MANY)
    old, new = tmp_path / "analytics.db", tmp_path / "new.db"
    homes.make(old)
    homes.post(new)
    with child.receiver(old) as running:
        running.limit_files(100_000)
        async with at_most(PATIENCE, lambda: "it to stand still"):
            before = -1
            while before != (before := left(old)):
                await asyncio.sleep(0.5)
        assert before
        running.unlimit_files()
        async with at_most(PATIENCE, lambda: f"{left(old)} rows to be moved"):
            while "old_moved" in tables(old):
                await asyncio.sleep(POLL)
        status, log = await asyncio.to_thread(running.stop)
    assert status == 0
    assert log.count("can't be written") == log.count("can be written again") > 0
    assert "Traceback" not in log
    assert told_of(old) == told_of(new)


async def test_a_lock_only_holds_it_up(start_receiver: StartReceiver, tmp_path: Path) -> None:
    old, new = posted(tmp_path, MANY)
    receiver = await start_receiver()
    with locked(old):
        assert (await receiver.post(base_report()))[0] == 503
        assert left(old)
    await until_done(receiver)
    assert told_of(old) == told_of(new)


async def test_a_backup_in_the_middle_has_all_of_it(tmp_path: Path) -> None:
    old, new = posted(tmp_path, SOME)
    copy = tmp_path / "copy.db"
    async with writing(old) as writer:
        # Some are moved by this, and most are not.
        await asyncio.gather(*(writer.put(row(key, 1)) for key in [*told_of(new)][:40]))
        back_up(old, copy)
        await writer.bring_up_to_date()
    assert left(copy)
    await bring(copy)
    assert told_of(copy) == told_of(old)
    assert told_of(copy).keys() == told_of(new).keys()


async def test_two_receivers_at_once_move_everything_once(tmp_path: Path) -> None:
    old, new = posted(tmp_path, SOME)
    async with (
        writing(old) as one,
        writing(old) as other,
        at_most(PATIENCE, lambda: f"{left(old)} rows to be moved"),
    ):
        await asyncio.gather(one.bring_up_to_date(), other.bring_up_to_date())
    assert told_of(old) == told_of(new)


async def test_what_is_too_old_goes_right_after_it(
    start_receiver: StartReceiver, tmp_path: Path
) -> None:
    now = int(time.time())
    text = '{"version":"2026.10.4","installation_type":"Unknown"}'
    make(
        tmp_path / "analytics.db",
        [
            OldReport(key=bytes([days]), report=text, first_seen=1, last_seen=now - days * DAY)
            for days in (0, 59, 61)
        ],
    )
    receiver = await start_receiver()
    async with at_most(PATIENCE, lambda: "the oldest to go"):
        while receiver.app[STORE].upgrading or len(receiver.rows()) > 2:
            await asyncio.sleep(POLL)
    assert [one.key for one in receiver.kept()] == [bytes([0]), bytes([59])]


async def test_the_clock_is_measured_by_what_an_earlier_version_kept(
    start_receiver: StartReceiver, tmp_path: Path
) -> None:
    fleet(SOME).make(tmp_path / "analytics.db")
    clock = Clock()
    clock.jump(days=-90)
    receiver = await start_receiver(clock=clock)
    await until_done(receiver)
    assert (await health(receiver))[:2] == (200, "waiting")
    kept = len(receiver.rows())
    clock.jump(days=90)
    await receiver.sweep()
    assert await receiver.publish()
    assert len(receiver.rows()) == kept


async def test_what_came_in_doubt_is_dated_anew_after_it(
    start_receiver: StartReceiver, tmp_path: Path
) -> None:
    now = int(time.time())
    text = '{"version":"2026.10.4","installation_type":"Unknown"}'
    event = '{"version":"2026.10.4","event":"stop"}'
    make(
        tmp_path / "analytics.db",
        [
            OldReport(
                key=bytes(16),
                report=text,
                first_seen=now - 30 * DAY,
                last_seen=now - 20 * DAY,
                last_doubted=1,
            ),
            # By this the clock is right.
            OldReport(key=b"x" * 16, report=text, first_seen=now, last_seen=now),
        ],
        [OldEvent(key=bytes(16), event=event, time=now - 20 * DAY, doubted=1)],
    )
    receiver = await start_receiver()
    await until_done(receiver)
    await receiver.sweep()
    stored, _ = (one.stored for one in receiver.kept())
    assert stored.first_seen == now - 30 * DAY
    assert stored.last_seen >= now - 10
    assert stored.events[0].time >= now - 10
    assert not stored.doubted
