"""A disk that is full, a database that is locked: 503, and on without a restart."""

import asyncio
import resource
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from receiver.intake.ids import key_of
from receiver.keys import OUTCOMES, STORE
from receiver.storage import StorageUnavailable
from receiver.storage.sqlite.opening import open_database
from receiver.storage.sqlite.writing import Writer
from receiver.storage.sqlite.writing.ledger import Ledger
from tests.receiver import child
from tests.receiver.disk import POLL, locked
from tests.receiver.reports import base_report, new_id, valid_report
from tests.receiver.rows import row
from tests.receiver.running import Receiver
from tests.receiver.waiting import at_most

DISK = 300_000
PATIENCE = 60


async def test_a_locked_database_is_503_until_it_is_free(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    report = valid_report()
    await receiver.post_all([report])
    with locked(receiver.database):
        async with receiver.session.post(receiver.url(), json=valid_report()) as refused:
            assert refused.status == 503
            assert int(refused.headers["Retry-After"]) > 0
            assert "try again" in (await refused.json())["error"]
        assert await receiver.delete(report["uuid"]) == 503
        assert not receiver.app[STORE].available
        assert (await receiver.get("/v1"))[0] == 200
    await receiver.post_all([base_report()])
    assert await receiver.delete(report["uuid"]) == 204
    assert receiver.app[STORE].available
    assert len(receiver.rows()) == 1
    assert receiver.app[OUTCOMES]["unavailable"] == 2
    # Once, not for every report.
    assert caplog.text.count("can't be written") == 1
    assert caplog.text.count("can be written again") == 1


async def test_a_report_waits_for_a_short_lock(receiver: Receiver) -> None:
    with locked(receiver.database):
        post = asyncio.create_task(receiver.post(base_report()))
        await asyncio.wait([post], timeout=0.3)
        assert not post.done()
    assert await post == (200, b"")


async def test_a_write_that_hangs_is_told_before_it_fails(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "analytics.db", patience=0.05)

    def available() -> bool:
        return writer.available

    await writer.start()
    with locked(tmp_path / "analytics.db"):
        put = asyncio.create_task(writer.put(row(bytes(16))))
        async with at_most(PATIENCE, lambda: "the writer to be found hanging"):
            while available():
                await asyncio.sleep(POLL)
        assert not put.done()
    await put
    assert available()
    await writer.close()


async def send(session: aiohttp.ClientSession, url: str, taken: list[str]) -> bool:
    """Send a large report, and note its id if it was taken."""
    uuid = new_id()
    report = valid_report(uuid=uuid, integrations=[f"integration_{n}" for n in range(300)])
    async with session.post(f"{url}/v1", json=report) as answer:
        if answer.status == 200:
            taken.append(uuid)
            return True
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert (await answer.json())["error"]
        return False


@pytest.mark.skipif(
    not hasattr(resource, "prlimit"), reason="only Linux limits the files of another process"
)
async def test_a_full_disk_is_503_until_there_is_room(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    taken: list[str] = []
    with child.receiver(database) as running:
        async with aiohttp.ClientSession() as session:
            running.limit_files(DISK)
            refused = 0
            # The first refusals make room: the write-ahead log moves into the database.
            async with at_most(PATIENCE, lambda: f"ten refusals, {len(taken)} reports were taken"):
                while refused < 10:
                    refused = 0 if await send(session, running.url, taken) else refused + 1
            assert taken
            running.unlimit_files()
            answers = [await send(session, running.url, taken) for _ in range(20)]
            assert all(answers)
        status, log = await asyncio.to_thread(running.stop)
    assert status == 0
    assert log.count("can't be written") == log.count("can be written again") > 0
    assert "Traceback" not in log
    with closing(open_database(database)) as connection:
        kept = {key for (key,) in connection.execute("SELECT key FROM installation")}
    assert kept == {key_of(uuid) for uuid in taken}


async def test_a_database_that_can_not_be_opened_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "analytics.db"
    folder.mkdir()
    shown = await asyncio.to_thread(child.run, "--database", folder)
    assert shown.returncode == 1
    assert str(folder) in shown.stderr
    assert "Traceback" not in shown.stderr


def a_fault_of_sqlite(ledger: Ledger) -> int:
    return ledger.connection.execute("SELECT * FROM gone").rowcount


def a_fault_of_ours(_ledger: Ledger) -> int:
    raise TypeError("secret")


@pytest.mark.parametrize("fault", [a_fault_of_sqlite, a_fault_of_ours])
async def test_any_fault_is_told_once_and_the_next_report_is_kept(
    receiver: Receiver,
    caplog: pytest.LogCaptureFixture,
    fault: Callable[[Ledger], int],
) -> None:
    await receiver.post_all([base_report()])
    writer = receiver.app[STORE]
    assert isinstance(writer, Writer)
    with pytest.raises(StorageUnavailable):
        await writer._ask(fault)
    assert not writer.available
    await receiver.post_all([base_report()])
    assert len(receiver.rows()) == 2
    assert "can't be written" in caplog.text
    assert "secret" not in caplog.text
