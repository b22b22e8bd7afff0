"""Rows on the disk: when one is written, and that none ever has a code without its name."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from receiver.storage import StorageUnavailable
from receiver.storage.sqlite.dictionary import Dictionary
from receiver.storage.sqlite.opening import open_database
from receiver.storage.sqlite.writing import Writer
from receiver.storage.sqlite.writing.database import Database
from receiver.storage.sqlite.writing.ledger import Ledger, Old
from receiver.storage.sqlite.writing.statements import delete, put
from receiver.storage.writing.changes import UNCHANGED_FOR
from scripts.kept_rows import kept_rows
from tests.receiver.disk import POLL, holds, locked, until_gone
from tests.receiver.rows import event, keep_all, row, told
from tests.receiver.waiting import at_most

NOW = 1_800_000_000
DAY = 24 * 3600
KEY, OTHER = bytes([1] * 16), bytes([2] * 16)
PATIENCE = 60
TOLD = told(integrations=["hue", "zha"])

type Files = dict[str, tuple[bytes, int]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "analytics.db"


@pytest.fixture
async def writer(path: Path) -> AsyncIterator[Writer]:
    writer = Writer(path)
    await writer.start()
    yield writer
    await writer.close()


def files(path: Path) -> Files:
    """Return what is on the disk, and when it was written."""
    return {
        file.name: (file.read_bytes(), file.stat().st_mtime_ns)
        for file in (path, path.with_name(f"{path.name}-wal"))
    }


async def settled(writer: Writer, path: Path) -> Files:
    """Return what is on the disk when nothing is left to be taken out of the log."""
    await writer._ask(lambda ledger: delete(ledger, OTHER))
    log = path.with_name(f"{path.name}-wal")
    async with at_most(PATIENCE, lambda: f"{log} to be emptied"):
        while log.stat().st_size:
            await asyncio.sleep(POLL)
    # When it is done with that.
    await writer._ask(lambda _: 0)
    return files(path)


@pytest.mark.parametrize("later", [0, 1, UNCHANGED_FOR - 1])
async def test_a_report_that_tells_the_same_is_not_written(
    writer: Writer, path: Path, later: int
) -> None:
    await writer.put(row(KEY, NOW, told=TOLD))
    await writer.put(event(KEY, NOW))
    before = await settled(writer, path)
    await writer.put(row(KEY, NOW + later, told=TOLD, dropped=("unknown",)))
    assert files(path) == before
    (known,) = kept_rows(path)
    assert known.stored.last_seen == NOW


async def test_a_report_after_another_whole_day_is_written(writer: Writer, path: Path) -> None:
    """Whoever counts after some days counts from that second on."""
    for time in (NOW, NOW + DAY - 60, NOW + DAY - 1, NOW + DAY):
        await writer.put(row(KEY, time, told=TOLD))
        (known,) = kept_rows(path)
        assert known.stored.last_seen == (NOW + DAY - 60 if time == NOW + DAY - 1 else time)


@pytest.mark.parametrize(
    "again",
    [
        {"time": NOW + UNCHANGED_FOR},
        {"time": NOW + UNCHANGED_FOR * 9},
        # A clock that was ahead, and one that is doubted.
        {"time": NOW - 1},
        {"time": NOW + 1, "doubted": True},
        {"time": NOW + 1, "told": TOLD.at("DE", None)},
        {"time": NOW + 1, "told": told(integrations=["hue"])},
        {"time": NOW + 1, "told": told(integrations=["hue", "zha"], state_count=1)},
    ],
    ids=str,
)
async def test_what_is_not_the_same_or_of_twelve_hours_later_is_written(
    writer: Writer, path: Path, again: dict[str, Any]
) -> None:
    await writer.put(row(KEY, NOW, told=TOLD))
    await writer.put(row(KEY, **{"told": TOLD, **again}))
    (known,) = kept_rows(path)
    assert known.stored.last_seen == again["time"]
    assert known.stored.last_doubted == again.get("doubted", False)


async def test_a_report_after_one_in_doubt_is_written(writer: Writer, path: Path) -> None:
    await writer.put(row(KEY, NOW, told=TOLD, doubted=True))
    await writer.put(row(KEY, NOW + 1, told=TOLD))
    (known,) = kept_rows(path)
    assert not known.stored.doubted
    assert known.stored.first_seen == NOW + 1


async def test_a_deletion_leaves_nothing_of_the_row(path: Path) -> None:
    writer = Writer(path, replaced_for=0.1)
    await writer.start()
    await writer.put(row(OTHER, NOW, told=told(version="2026.11.0")))
    for number in range(3):
        await writer.put(row(KEY, NOW + number, told=told(state_count=number)))
        await writer.put(event(KEY, NOW + number))
    (known, _) = kept_rows(path)
    await writer.delete(KEY)
    for found in (KEY, known.stored.pack()):
        await until_gone(path, found)
    assert holds(path, OTHER)
    await writer.close()


def fault(_ledger: Ledger) -> int:
    raise TypeError


def names(path: Path) -> set[Any]:
    """Return the names that the database has."""
    with closing(open_database(path, read_only=True)) as connection:
        return {(table, name) for _, table, name in Dictionary.load(connection).names()}


def assert_sound(path: Path, told_by: dict[bytes, str]) -> None:
    """Make sure that each row tells the version that its installation has told."""
    rows = list(kept_rows(path))
    assert {one.key: one.report["versions"] for one in rows} == {
        key: [version] for key, version in told_by.items()
    }


async def test_a_fault_takes_names_and_rows_of_the_whole_batch_back(
    writer: Writer, path: Path
) -> None:
    first, lost, last = (
        row(bytes([n] * 16), NOW, told=told(version=f"2026.{n}")) for n in (1, 2, 3)
    )
    await writer.put(first)
    # Also of what needs no write by itself, since it is kept by what is taken back.
    batch = (writer.put(lost), writer.put(lost), writer._ask(fault))
    outcomes = await asyncio.gather(*batch, return_exceptions=True)
    assert [type(one) for one in outcomes] == [StorageUnavailable] * 3
    assert ("versions", "2026.2") not in names(path)
    await writer.put(last)
    assert_sound(path, {first.key: "2026.1", last.key: "2026.3"})
    assert {name for table, name in names(path) if table == "versions"} == {"2026.1", "2026.3"}
    await writer.put(lost)
    assert_sound(path, {first.key: "2026.1", lost.key: "2026.2", last.key: "2026.3"})


async def test_names_that_another_process_wrote_are_known(writer: Writer, path: Path) -> None:
    await writer.put(row(KEY, NOW, told=told(version="2026.1")))
    # It has looked at the files, and waits for the other one.
    with locked(path, ending="COMMIT") as connection:
        second = asyncio.create_task(writer.put(row(OTHER, NOW, told=told(version="2026.3"))))
        await asyncio.wait([second], timeout=0.1)
        dictionary = Dictionary.load(connection)
        put(
            Ledger(connection, dictionary, Old(left=False)),
            [row(bytes(16), NOW, told=told(version="2026.2"))],
        )
    # Not by the names and codes that it knew before.
    with pytest.raises(StorageUnavailable):
        await second
    await writer.put(row(OTHER, NOW, told=told(version="2026.3")))
    assert_sound(path, {KEY: "2026.1", bytes(16): "2026.2", OTHER: "2026.3"})


async def test_two_receivers_by_mistake_spoil_no_row(writer: Writer, path: Path) -> None:
    other = Writer(path)
    await other.start()
    told_by = {}
    for number in range(30):
        key, version = bytes([number] * 16), f"2026.{number}"
        for one in (writer, other):
            record = row(key, NOW + number, told=told(version=version))
            # Each notices the other one, and goes on with what is there.
            async with at_most(PATIENCE, lambda: "a report to be taken"):
                while not await taken(one, record):
                    pass
        told_by[key] = version
    await other.close()
    assert_sound(path, told_by)


async def taken(writer: Writer, record: Any) -> bool:
    try:
        await writer.put(record)
    except StorageUnavailable:
        return False
    return True


@pytest.mark.parametrize("stop", [lambda: None, lambda: 1 / 0])
def test_a_new_name_is_there_with_its_row_or_not_at_all(
    path: Path, stop: Callable[[], object]
) -> None:
    keep_all(path, [row(KEY, NOW)])
    before = names(path)
    database = Database.open(path)
    try:
        with database.transaction() as ledger:
            put(ledger, [row(OTHER, NOW, told=told(version="2026.2"))])
            stop()
    except ZeroDivisionError:
        database.close()
        assert names(path) == before
        assert len(list(kept_rows(path))) == 1
    else:
        database.close()
        assert names(path) == before | {("versions", "2026.2")}
        assert_sound(path, {KEY: "2026.10.4", OTHER: "2026.2"})


DAMAGED = [b"", b"garbage", b"garbage-garbage!" * 10, b"\xff" * 64]


async def damage(writer: Writer, found: bytes) -> None:
    sql = "UPDATE installation SET row = ? WHERE key = ?"
    await writer._ask(lambda ledger: ledger.connection.execute(sql, (found, KEY)).rowcount)


@pytest.mark.parametrize("found", DAMAGED, ids=repr)
async def test_a_report_or_an_event_takes_the_place_of_a_row_that_cant_be_read(
    writer: Writer, path: Path, found: bytes
) -> None:
    for record in (row(KEY, NOW, told=TOLD), event(KEY, NOW)):
        await writer.put(row(KEY, NOW, told=TOLD))
        await damage(writer, found)
        await writer.put(record)
        (known,) = kept_rows(path)
        assert known.stored.latest == NOW


@pytest.mark.parametrize("found", DAMAGED, ids=repr)
async def test_a_row_that_cant_be_read_goes_when_it_is_looked_at(
    writer: Writer, path: Path, found: bytes
) -> None:
    await writer.put(row(OTHER, NOW, told=TOLD))
    for doubted in (False, True):
        await writer.put(row(KEY, NOW - 1, told=TOLD, doubted=doubted))
        await damage(writer, found)
        await writer.leave_nameless_out()
        await writer.redate(NOW, to_come=NOW, stop=lambda: False)
        await writer.expire(NOW)
        (known,) = kept_rows(path)
        assert known.key == OTHER
