"""A 200 is in the file at the path, also when that file is removed, moved, replaced or cut."""

import asyncio
import logging
import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from receiver.intake.ids import key_of
from receiver.keys import PUBLISHER, STORE
from receiver.storage import Row
from receiver.storage.sqlite import back_up
from receiver.storage.sqlite.opening import check
from receiver.storage.sqlite.writing.database import Database, FilesChangedError
from receiver.storage.sqlite.writing.statements import put
from tests.receiver.disk import PATIENCE, POLL
from tests.receiver.reports import base_report, new_id, start_event, valid_report
from tests.receiver.rows import row
from tests.receiver.running import Receiver, StartReceiver
from tests.receiver.waiting import at_most

LOG, INDEX = "-wal", "-shm"
BESIDE = (LOG, INDEX)

type Change = Callable[[Path], None]


def beside(path: Path, end: str) -> Path:
    return path.with_name(f"{path.name}{end}")


def away(path: Path) -> Path:
    return path.with_name(f"{path.name}.away")


def backup(path: Path) -> Path:
    """Return where a backup is that has the first report only."""
    return path.with_name("backup")


def removed(path: Path) -> None:
    path.unlink()


def all_removed(path: Path) -> None:
    for file in (path, *(beside(path, end) for end in BESIDE)):
        file.unlink()


def moved(path: Path) -> None:
    path.rename(away(path))


def log_removed(path: Path) -> None:
    beside(path, LOG).unlink()


def index_removed(path: Path) -> None:
    beside(path, INDEX).unlink()


def replaced(path: Path) -> None:
    """Put a backup there by renaming it: the log of the former database stays."""
    shutil.copy(backup(path), path.with_name("new"))
    path.with_name("new").replace(path)


def restored(path: Path) -> None:
    """Do what the operator's guide says, without the stop."""
    for end in BESIDE:
        beside(path, end).unlink()
    shutil.copyfile(backup(path), path)


def written_over(path: Path) -> None:
    shutil.copyfile(backup(path), path)
    # Not by chance as old as what was there.
    os.utime(path, (1, 1))


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def halved(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def log_emptied(path: Path) -> None:
    os.truncate(beside(path, LOG), 0)


def log_halved(path: Path) -> None:
    os.truncate(beside(path, LOG), beside(path, LOG).stat().st_size // 2)


def log_written_over(path: Path) -> None:
    log = beside(path, LOG)
    with log.open("r+b") as file:
        file.write(bytes(log.stat().st_size))
    # Not by chance as old as what was there.
    os.utime(log, (1, 1))


def index_emptied(path: Path) -> None:
    os.truncate(beside(path, INDEX), 0)


LOG_CHANGES = (log_emptied, log_halved, log_written_over)
CHANGES = (
    *LOG_CHANGES,
    index_emptied,
    removed,
    all_removed,
    moved,
    log_removed,
    index_removed,
    replaced,
    restored,
    written_over,
    emptied,
    halved,
)


async def settled(start: StartReceiver, **options: Path) -> Receiver:
    """Return a receiver that has done what it does at its start, which would notice changes."""
    # The first start publishes at once, in its own time; the next one goes by when that was.
    receiver = await start(**options)
    assert await receiver.app[PUBLISHER].refresh()
    await receiver.stop()
    receiver = await start(**options)
    # It has begun with the same before.
    await receiver.sweep()
    log = beside(receiver.database.resolve(), LOG)
    async with at_most(PATIENCE, lambda: f"{log} to be emptied"):
        while log.stat().st_size:
            await asyncio.sleep(POLL)
    return receiver


@pytest.fixture
async def three(start_receiver: StartReceiver) -> tuple[Receiver, list[str]]:
    """Return a receiver with three reports, of which a backup has the first, and their ids."""
    receiver = await settled(start_receiver)
    ids = [new_id() for _ in range(3)]
    await receiver.post_all([valid_report(uuid=ids[0])])
    back_up(receiver.database, backup(receiver.database))
    await receiver.post_all(valid_report(uuid=uuid) for uuid in ids[1:])
    return receiver, ids


def kept(path: Path) -> set[bytes]:
    """Return whose reports a sound database has."""
    with closing(sqlite3.connect(path)) as connection:
        check(connection, path)
        return {key for (key,) in connection.execute("SELECT key FROM installation")}


def keys(*ids: str) -> set[bytes]:
    return {key_of(uuid) for uuid in ids}


@pytest.mark.parametrize("change", CHANGES)
async def test_what_is_not_in_the_file_at_the_path_is_503(
    three: tuple[Receiver, list[str]], caplog: pytest.LogCaptureFixture, change: Change
) -> None:
    receiver, _ = three
    caplog.clear()
    change(receiver.database)
    status, body = await receiver.post(base_report())
    assert status == 503
    assert b"try again" in body
    status, body = await receiver.get("/healthz")
    assert status == 503
    assert b"the database can't be written" in body
    (told,) = (one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR)
    assert re.search(rf"{re.escape(str(receiver.database))}\S* (was|is) .+: \w+", told)


# What has the same length is noticed when something is written, and so is the log, which gets
# shorter by itself.
LATER = {written_over, *LOG_CHANGES}


@pytest.mark.parametrize("change", [one for one in CHANGES if one not in LATER])
async def test_it_is_not_well_before_somebody_reports(
    three: tuple[Receiver, list[str]], change: Change
) -> None:
    receiver, _ = three
    assert (await receiver.get("/healthz"))[0] == 200
    change(receiver.database)
    assert (await receiver.get("/healthz"))[0] == 503


@pytest.mark.parametrize("change", CHANGES)
async def test_a_deletion_and_an_event_are_not_answered_either(
    three: tuple[Receiver, list[str]], change: Change
) -> None:
    receiver, ids = three
    change(receiver.database)
    deletion, event = await asyncio.gather(
        receiver.delete(ids[0]), receiver.post(start_event(), path="/v1/events")
    )
    # Both in one commit, or the second in the file that is there by then.
    assert deletion == 503 or event[0] == 503


@pytest.mark.parametrize("change", [replaced, restored])
async def test_a_backup_that_was_put_there_is_used_and_left_whole(
    three: tuple[Receiver, list[str]], change: Change
) -> None:
    receiver, ids = three
    change(receiver.database)
    assert (await receiver.post(base_report()))[0] == 503
    later = base_report()
    await receiver.post_all([later])
    assert (await receiver.get("/healthz"))[0] == 200
    await receiver.stop()
    assert kept(receiver.database) == keys(ids[0], later["uuid"])


@pytest.mark.parametrize("change", [replaced, restored])
async def test_the_end_does_not_write_into_a_backup_that_was_put_there(
    three: tuple[Receiver, list[str]], change: Change
) -> None:
    receiver, ids = three
    change(receiver.database)
    await receiver.stop()
    assert kept(receiver.database) == keys(ids[0])


async def test_nothing_is_begun_in_the_place_of_what_is_gone(
    three: tuple[Receiver, list[str]],
) -> None:
    receiver, ids = three
    database = receiver.database
    moved(database)
    for _ in range(2):
        assert (await receiver.post(base_report()))[0] == 503
        assert not database.exists()
    # All that was answered is in the file, wherever it is.
    assert kept(away(database)) == keys(*ids)
    away(database).rename(database)
    later = base_report()
    await receiver.post_all([later])
    assert kept(database) == keys(*ids, later["uuid"])


def write_while_moved(database: Database, path: Path, record: Row) -> None:
    with database.transaction() as ledger:
        put(ledger, [record])
        moved(path)


def test_what_was_answered_is_kept_when_it_is_moved_during_a_commit(tmp_path: Path) -> None:
    path = tmp_path / "analytics.db"
    database = Database.open(path, create=True)
    first, second = (row(key_of(new_id())) for _ in range(2))
    with database.transaction() as ledger:
        put(ledger, [first])
    with pytest.raises(FilesChangedError):
        write_while_moved(database, path, second)
    database.close()
    assert first.key in kept(away(path))


@pytest.mark.parametrize("change", [log_removed, index_removed])
async def test_what_was_answered_is_kept_without_its_log(
    three: tuple[Receiver, list[str]], change: Change
) -> None:
    receiver, ids = three
    change(receiver.database)
    assert (await receiver.post(base_report()))[0] == 503
    await receiver.post_all([base_report(uuid=ids[0])])
    await receiver.stop()
    assert kept(receiver.database) == keys(*ids)


@pytest.mark.parametrize("change", [*LOG_CHANGES, index_emptied])
async def test_what_is_answered_after_the_log_was_destroyed_is_there_after_a_kill(
    three: tuple[Receiver, list[str]], change: Change
) -> None:
    receiver, _ = three
    database = receiver.database
    change(database)
    assert (await receiver.post(base_report()))[0] == 503
    later = base_report()
    await receiver.post_all([later])
    # What a kill leaves, which the end would still write to.
    killed = Path(shutil.copy(database, database.with_name("killed")))
    shutil.copy(beside(database, LOG), beside(killed, LOG))
    assert keys(later["uuid"]) <= kept(killed)
    await receiver.stop()
    assert kept(killed) == kept(database)


@pytest.mark.parametrize("change", [emptied, halved])
async def test_a_database_that_was_cut_is_503_until_a_backup_is_put_there(
    three: tuple[Receiver, list[str]], change: Change
) -> None:
    receiver, ids = three
    database = receiver.database
    change(database)
    for _ in range(3):
        assert (await receiver.post(base_report()))[0] == 503
    for end in BESIDE:
        beside(database, end).unlink(missing_ok=True)
    shutil.copyfile(backup(database), database)
    later = base_report()
    await receiver.post_all([later])
    assert kept(database) == keys(ids[0], later["uuid"])


async def test_a_link_that_leads_elsewhere_is_noticed(
    start_receiver: StartReceiver, tmp_path: Path
) -> None:
    here, there, link = tmp_path / "here", tmp_path / "there", tmp_path / "link"
    receiver = await start_receiver(store=here)
    await receiver.stop()
    shutil.copy(here, there)
    link.symlink_to(here)
    receiver = await settled(start_receiver, store=link)
    await receiver.post_all([base_report()])
    (tmp_path / "new").symlink_to(there)
    (tmp_path / "new").replace(link)
    assert (await receiver.post(base_report()))[0] == 503
    later = base_report()
    await receiver.post_all([later])
    assert kept(there) == keys(later["uuid"])


async def test_what_other_programs_do_beside_it_does_no_harm(receiver: Receiver) -> None:
    database = receiver.database
    for number in range(3):
        await receiver.post_all([base_report()])
        back_up(database, database.with_name(f"copy_{number}"))
        assert len(receiver.rows()) == number + 1
    assert receiver.app[STORE].available
