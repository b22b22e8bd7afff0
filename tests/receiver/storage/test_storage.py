"""The database file: what is ours, what is refused and left as it is, backups."""

import asyncio
import fcntl
import sqlite3
import stat
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from receiver.intake.ids import key_of
from receiver.keys import STORE
from receiver.storage import StorageError, StorageUnavailable, Stored
from receiver.storage.sqlite import back_up
from receiver.storage.sqlite.opening import open_database
from receiver.storage.sqlite.reading import Kept
from receiver.storage.sqlite.tables import MIGRATIONS
from receiver.storage.sqlite.writing import Writer
from scripts.kept_rows import kept_rows
from tests.receiver import child, old
from tests.receiver.disk import POLL
from tests.receiver.fleets import member
from tests.receiver.reports import base_report, start_event, valid_report
from tests.receiver.rows import row
from tests.receiver.running import Receiver, StartReceiver
from tests.receiver.waiting import at_most

# Length and place of the lock that every connection of SQLite shares while it is open.
SHARED_LOCK = (510, 0x4000_0002)


def nothing_of_ours(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1000)


def another_programs(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE diary (entry TEXT)")
        connection.commit()


def only_a_header(path: Path) -> None:
    with closing(open_database(path)):
        pass
    path.write_bytes(path.read_bytes()[:100])


def torn_pages(path: Path) -> None:
    with closing(open_database(path)) as connection:
        rows = [(bytes([number] * 16), bytes(2000)) for number in range(200)]
        connection.executemany("INSERT INTO installation VALUES (?, 1, 1, 0, ?)", rows)
    content = bytearray(path.read_bytes())
    content[40_000:200_000] = b"\xa5" * 160_000
    path.write_bytes(content)


def from_the_future(path: Path) -> None:
    with closing(open_database(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def of_version(path: Path, version: int) -> None:
    """Make a database as an earlier version of the receiver made it, with a report."""
    now = int(time.time())
    if version == old.WITH_ROWS:
        old.make_rows(path, [row(bytes(1), now)])
        return
    old.make(path, [old.old_report(bytes(1), member(base_report()), now, now)], version=version)


def a_log_without_its_database(path: Path) -> None:
    path.with_name(f"{path.name}-wal").write_bytes(b"x" * 5000)


@pytest.mark.parametrize("version", MIGRATIONS)
async def test_a_database_of_an_earlier_version_is_brought_up_to_date(
    start_receiver: StartReceiver, tmp_path: Path, version: int
) -> None:
    of_version(tmp_path / "analytics.db", version)
    receiver = await start_receiver()
    await receiver.post_events([start_event()])
    await receiver.post_all([valid_report()])
    async with at_most(10, lambda: "what is old to be moved"):
        while receiver.app[STORE].upgrading:
            await asyncio.sleep(POLL)
    assert len(receiver.rows()) == 3
    with closing(open_database(tmp_path / "new.db")) as new:
        tables = set(new.execute("SELECT name, sql FROM sqlite_schema"))
    found = receiver.rows("SELECT name, sql FROM sqlite_schema")
    assert tables == {(row["name"], row["sql"]) for row in found}


def test_a_database_of_an_earlier_version_can_be_backed_up_but_not_counted(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    of_version(database, 1)
    shown = child.run("aggregate", "--database", database)
    assert shown.returncode == 1
    assert "earlier version: run the receiver" in shown.stderr
    back_up(database, tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)


def test_a_change_of_version_that_is_interrupted_is_none(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    of_version(database, 1)
    with closing(sqlite3.connect(database)) as other:
        # The last step fails.
        other.execute("CREATE TABLE swept (times)")
    with pytest.raises(StorageUnavailable):
        open_database(database)
    with closing(sqlite3.connect(database)) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (1,)
        tables = [sql for (sql,) in other.execute("SELECT sql FROM sqlite_schema")]
    assert not any("doubted INTEGER" in sql or "TABLE event " in sql for sql in tables if sql)
    assert not any("row BLOB" in sql for sql in tables if sql)


@pytest.mark.parametrize(
    "make",
    [
        nothing_of_ours,
        another_programs,
        only_a_header,
        torn_pages,
        from_the_future,
        a_log_without_its_database,
    ],
)
def test_a_file_that_is_none_of_ours_or_damaged_is_refused_and_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "analytics.db"
    make(path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    shown = child.run("--database", path, "--port", "0")
    assert shown.returncode == 1
    assert str(path) in shown.stderr
    assert "Traceback" not in shown.stderr
    after = {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.stat().st_size}
    assert {name: after.get(name) for name in before} == before


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    shown = child.run("--database", tmp_path / "missing" / "analytics.db")
    assert shown.returncode == 1
    assert "make it first" in shown.stderr


def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    path = tmp_path / "analytics.db"
    path.touch()
    with closing(open_database(path)) as connection:
        assert not list(Kept(connection).rows())


async def test_only_the_receivers_user_may_read_the_files(receiver: Receiver) -> None:
    await receiver.post_all([valid_report()])
    files = list(receiver.database.parent.glob("analytics.db*"))
    assert len(files) == 3
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


def test_nobody_else_takes_the_database_for_closed(tmp_path: Path) -> None:
    path = tmp_path / "analytics.db"
    with child.receiver(path) as running, path.open("rb+") as file:
        # Whoever gets this lock deletes the log, with all reports that are in it.
        with pytest.raises(BlockingIOError):
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, *SHARED_LOCK)
        assert running.stop()[0] == 0


async def test_what_was_kept_is_there_after_a_restart(start_receiver: StartReceiver) -> None:
    receiver = await start_receiver()
    await receiver.post_all([valid_report()])
    kept = receiver.rows()
    await receiver.stop()
    again = await start_receiver()
    assert again.rows() == kept


async def test_a_reader_does_not_make_a_database(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="--store"):
        open_database(tmp_path / "analytics.db", read_only=True)
    assert not list(tmp_path.iterdir())


async def test_a_reader_sees_rows_and_names_and_can_not_write(receiver: Receiver) -> None:
    await receiver.post_all([valid_report()])
    (known,) = receiver.kept()
    with closing(open_database(receiver.database, read_only=True)) as connection:
        ((row,),) = Kept(connection).rows()
        assert Stored.unpack(row) == known.stored
        names = {code: (table, name) for code, table, name in Kept(connection).names()}
        assert ("versions", "2026.10.4") in [names.get(word) for word in known.stored.report]
        assert Kept(connection).swept() == 0
        with pytest.raises(sqlite3.OperationalError):
            connection.execute("DELETE FROM installation")


async def test_what_waits_when_the_receiver_stops_is_kept(start_receiver: StartReceiver) -> None:
    receiver = await start_receiver()
    writer = receiver.app[STORE]
    rows = [row(bytes([number]), 1) for number in range(50)]
    puts = [asyncio.ensure_future(writer.put(row)) for row in rows]
    await asyncio.sleep(0)
    await writer.close()
    async with at_most(10, lambda: f"{len(rows)} reports to be kept"):
        await asyncio.gather(*puts)
    assert len(receiver.rows()) == len(rows)
    with pytest.raises(StorageUnavailable):
        await writer.put(rows[0])


async def test_a_writer_that_was_not_started_says_so(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "analytics.db")
    with pytest.raises(StorageUnavailable):
        await writer.delete(b"x")
    await writer.close()


async def test_a_backup_of_a_running_receiver_is_a_database_of_its_own(
    receiver: Receiver, tmp_path: Path
) -> None:
    reports_before = [valid_report() for _ in range(20)]
    await receiver.post_all(reports_before)
    await receiver.post_events([start_event()])
    target = tmp_path / "backup" / "copy.db"
    target.parent.mkdir()
    database = receiver.database
    _, shown = await asyncio.gather(
        receiver.post_all(base_report() for _ in range(300)),
        asyncio.to_thread(child.run, "backup", "--database", database, target),
    )
    assert (shown.returncode, shown.stderr) == (0, "")
    assert [file.name for file in target.parent.iterdir()] == ["copy.db"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with closing(open_database(target)) as copy:
        kept = {key for (key,) in copy.execute("SELECT key FROM installation")}
    assert sum(len(one.events) for one in kept_rows(target)) == 1
    assert len(kept) > len(reports_before)
    assert kept <= {row["key"] for row in receiver.rows()}


async def test_a_backup_has_nothing_of_what_was_deleted(receiver: Receiver, tmp_path: Path) -> None:
    reports_before = [valid_report(version=f"2026.{number:04}.4") for number in range(600)]
    await receiver.post_all(reports_before)
    deletions = [receiver.delete(report["uuid"]) for report in reports_before[::2]]
    assert {*await asyncio.gather(*deletions)} == {204}
    target = tmp_path / "copy"
    back_up(receiver.database, target)
    kept = target.read_bytes()
    here = [key_of(report["uuid"]) in kept for report in reports_before]
    assert here == [False, True] * 300


async def test_a_backup_never_replaces_a_file(receiver: Receiver, tmp_path: Path) -> None:
    target = tmp_path / "diary"
    target.write_text("Dear diary")
    with pytest.raises(StorageError, match="name a new file"):
        back_up(receiver.database, target)
    assert target.read_text() == "Dear diary"


def test_a_backup_of_nothing_is_told(tmp_path: Path) -> None:
    shown = child.run("backup", "--database", tmp_path / "missing.db", tmp_path / "copy.db")
    assert shown.returncode == 1
    assert "check --store" in shown.stderr
    assert not list(tmp_path.iterdir())
