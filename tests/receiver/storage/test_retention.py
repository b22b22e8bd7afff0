"""What is deleted is gone: from the answers, from the file, from the write-ahead log."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from receiver.intake.ids import key_of
from receiver.keys import CLOCK, STORE
from receiver.storage.layout import packed
from receiver.storage.sqlite.writing import Writer
from receiver.storage.writing import Retention
from receiver.storage.writing.retention import AFTER_A_FAULT, EVERY
from scripts.kept_rows import kept_rows
from tests.receiver.disk import being_read, holds, locked, until_gone
from tests.receiver.reports import INTEGRATIONS, base_report, new_id
from tests.receiver.rows import row, told
from tests.receiver.running import Clock, Receiver, StartReceiver

MARK = "an_integration_that_tells_somebody"
SIXTY_DAYS = {"days": 60}


def marked(**changes: object) -> dict[str, object]:
    """Return a report with a name that can be looked for."""
    return base_report(custom_integrations=[{"domain": MARK, "version": "1.0"}], **changes)


def kept_bytes(database: Path) -> bytes:
    """Return what the database has of the report of the only installation."""
    (known,) = kept_rows(database)
    return packed(known.stored.report)


async def assert_leaves_nothing(receiver: Receiver, uuid: str) -> None:
    """Make sure that neither a row nor a name is left on the disk of an installation."""
    await until_gone(receiver.database, key_of(uuid))
    # That nobody tells a name any more is seen when all are counted.
    assert await receiver.publish()
    await until_gone(receiver.database, MARK)


async def test_an_installation_is_gone_after_sixty_days(receiver: Receiver) -> None:
    uuid = new_id()
    await receiver.post_all([marked(uuid=uuid)])
    assert holds(receiver.database, MARK)
    assert holds(receiver.database, key_of(uuid))
    receiver.clock.move(days=60, seconds=2)
    await receiver.sweep()
    assert not receiver.rows()
    await assert_leaves_nothing(receiver, uuid)


async def test_it_is_not_gone_before(receiver: Receiver) -> None:
    kept, old = new_id(), new_id()
    await receiver.post_all([base_report(uuid=kept), marked(uuid=old)])
    receiver.clock.move(days=59)
    await receiver.post_all([base_report(uuid=kept)])
    await receiver.sweep()
    assert len(receiver.rows()) == 2
    receiver.clock.move(days=59)
    await receiver.sweep()
    assert len(receiver.rows()) == 1
    await assert_leaves_nothing(receiver, old)


async def test_the_days_are_the_operators_choice(start_receiver: StartReceiver) -> None:
    clock = Clock()
    receiver = await start_receiver(clock=clock, retention_days=1)
    uuid = new_id()
    await receiver.post_all([marked(uuid=uuid)])
    await receiver.stop()
    clock.move(days=1, seconds=2)
    # It looks at its start, too.
    receiver = await start_receiver(clock=clock, retention_days=1)
    await assert_leaves_nothing(receiver, uuid)
    assert not receiver.rows()


async def test_a_deletion_leaves_no_bytes(receiver: Receiver) -> None:
    uuid = new_id()
    await receiver.post_all([base_report() for _ in range(50)])
    await receiver.post_all([marked(uuid=uuid)])
    await receiver.post_all([base_report() for _ in range(50)])
    assert await receiver.delete(uuid) == 204
    assert len(receiver.rows()) == 100
    await assert_leaves_nothing(receiver, uuid)


async def test_a_deletion_leaves_no_bytes_when_a_reader_is_done(receiver: Receiver) -> None:
    uuid = new_id()
    database = receiver.database
    await receiver.post_all([marked(uuid=uuid)])
    with being_read(database) as reader:
        assert await receiver.delete(uuid) == 204
        assert reader.execute("SELECT count(*) FROM installation").fetchone() == (1,)
        # Reports don't wait for the reader either.
        await receiver.post_all([base_report()])
        assert holds(database, key_of(uuid))
    assert len(receiver.rows()) == 1
    await assert_leaves_nothing(receiver, uuid)


async def test_what_was_deleted_before_a_stop_leaves_no_bytes(
    start_receiver: StartReceiver,
) -> None:
    receiver = await start_receiver()
    uuid = new_id()
    await receiver.post_all([marked(uuid=uuid)])
    await receiver.delete(uuid)
    await receiver.stop()
    assert not holds(receiver.database, key_of(uuid))


async def test_what_was_replaced_leaves_no_bytes(tmp_path: Path) -> None:
    path = tmp_path / "analytics.db"
    writer = Writer(path, replaced_for=0.1)
    await writer.start()
    kept = []
    # The same names in two orders: what is looked for are the codes of a row.
    for names in (INTEGRATIONS, ("mqtt", "zha", *INTEGRATIONS[::-1])):
        report = replace(told(), names={"integrations": names})
        await writer.put(row(bytes(16), told=report))
        kept.append(kept_bytes(path))
        assert holds(path, kept[-1])
    await until_gone(path, kept[0])
    assert holds(path, kept[1])
    await writer.close()


async def test_reports_are_taken_between_the_parts_of_what_expires(receiver: Receiver) -> None:
    writer = receiver.app[STORE]
    many = 1_500
    await asyncio.gather(*(receiver.post(base_report()) for _ in range(many)))
    receiver.clock.move(days=61)
    expired = asyncio.create_task(writer.expire(int(receiver.clock()) - 3600))
    await receiver.post_all([base_report()])
    assert len(receiver.rows()) > many * 3 / 4
    assert await expired == many
    assert len(receiver.rows()) == 1


@pytest.fixture
def pauses() -> asyncio.Queue[float]:
    return asyncio.Queue()


@pytest.fixture
def sleep(pauses: asyncio.Queue[float]) -> Callable[[float], Awaitable[None]]:
    """Return a sleep that tells how long it would take, and goes on when that was read."""

    async def wait(seconds: float) -> None:
        await pauses.put(seconds)
        await pauses.join()

    return wait


async def test_it_looks_every_hour(
    receiver: Receiver,
    pauses: asyncio.Queue[float],
    sleep: Callable[[float], Awaitable[None]],
) -> None:
    retention = Retention(receiver.app[STORE], 60, clock=receiver.app[CLOCK], sleep=sleep)
    await retention.start()
    assert await pauses.get() == EVERY
    await receiver.post_all([marked()])
    receiver.clock.move(**SIXTY_DAYS, hours=1)
    pauses.task_done()
    assert await pauses.get() == EVERY
    await retention.stop()
    assert not receiver.rows()


async def test_a_fault_is_tried_again_soon(
    receiver: Receiver,
    pauses: asyncio.Queue[float],
    sleep: Callable[[float], Awaitable[None]],
) -> None:
    await receiver.post_all([marked()])
    receiver.clock.move(**SIXTY_DAYS, hours=1)
    retention = Retention(receiver.app[STORE], 60, clock=receiver.app[CLOCK], sleep=sleep)
    with locked(receiver.database):
        await retention.start()
        assert await pauses.get() == AFTER_A_FAULT
    pauses.task_done()
    assert await pauses.get() == EVERY
    await retention.stop()
    assert not receiver.rows()


async def test_what_nobody_expected_is_tried_again_soon_and_not_quoted(
    receiver: Receiver,
    pauses: asyncio.Queue[float],
    sleep: Callable[[float], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fails(_before: int) -> int:
        raise KeyError(MARK)

    store = receiver.app[STORE]
    retention = Retention(store, 60, clock=receiver.app[CLOCK], sleep=sleep)
    with monkeypatch.context() as patch:
        patch.setattr(store, "expire", fails)
        await retention.start()
        assert await pauses.get() == AFTER_A_FAULT
    pauses.task_done()
    assert await pauses.get() == EVERY
    await retention.stop()
    assert "KeyError" in caplog.text
    assert MARK not in caplog.text
