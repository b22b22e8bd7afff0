"""Snapshots that come to whole receivers, on each engine: deleted meanwhile, and killed."""

import asyncio
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from receiver.intake.ids import snapshot_key_of
from receiver.intake.worker import Worker
from receiver.schema import devices as tables
from scripts.kept_rows import KeptRow
from tests.receiver import child
from tests.receiver.running import Receiver, StartReceiver
from tests.receiver.snapshots import delete, device, post, send, snapshot, taken
from tests.receiver.stores.engines import Engine, Sqlite, Valkey
from tests.receiver.valkey.clients import options
from tests.receiver.waiting import at_most

PATIENCE = 60
SENDERS = 8
# The kill comes after so many answers.
ANSWERS = (10, 35, 60)


@pytest.fixture
async def receiver(engine: Engine, start_receiver: StartReceiver) -> Receiver:
    """Return a receiver on this engine."""
    return await start_receiver(store=place(engine))


def place(engine: Engine) -> Any:
    """Return what a receiver is told to keep all in."""
    if isinstance(engine, Valkey):
        return options(engine.servers)
    assert isinstance(engine, Sqlite)
    return engine.path


def models(row: KeptRow) -> list[str]:
    """Return the models of a snapshot, without their maker."""
    return [model for _, model in row.report[tables.MODELS]]


async def test_a_snapshot_is_kept_replaced_and_deleted(receiver: Receiver, engine: Engine) -> None:
    identifier = await taken(receiver, snapshot(device(1)))
    other = await taken(receiver, snapshot(device(7)))
    assert await taken(receiver, snapshot(device(2)), identifier) == identifier
    found = {key: models(row) for key, row in (await engine.rows()).items()}
    assert found == {
        snapshot_key_of(identifier): ["Lamp 2"],
        snapshot_key_of(other): ["Lamp 7"],
    }
    assert await delete(receiver, identifier) == 204
    assert (await engine.rows()).keys() == {snapshot_key_of(other)}
    assert (await post(receiver, snapshot(), identifier))[0] == 400
    assert (await engine.rows()).keys() == {snapshot_key_of(other)}


async def test_a_snapshot_does_not_bring_back_what_is_deleted_while_it_is_unpacked(
    receiver: Receiver, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = await taken(receiver, snapshot(device(1)))
    unpacked, go_on = asyncio.Event(), asyncio.Event()
    unpack = Worker.unpack

    async def slow(*arguments: Any, **more: Any) -> Any:
        found = await unpack(*arguments, **more)
        unpacked.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(Worker, "unpack", slow)
    posting = asyncio.create_task(post(receiver, snapshot(device(2)), identifier))
    async with at_most(PATIENCE, lambda: "a snapshot to be unpacked"):
        await unpacked.wait()
    assert await delete(receiver, identifier) == 204
    go_on.set()
    status, answer = await posting
    assert (status, answer["kind"]) == (400, "invalid-submission-identifier")
    assert await engine.rows() == {}


async def load(url: str, sender: int, known: dict[str, int]) -> None:
    """Send one snapshot after the other, each instead of the one before; note what was taken."""
    identifier = None
    async with aiohttp.ClientSession() as session:
        for number in count():
            body = snapshot(device(number, manufacturer=f"Maker {sender}"))
            status, answer = await send(session, url, body, identifier)
            assert status == 200, answer
            identifier = answer["submission_identifier"]
            known[identifier] = number


async def load_and_kill(running: child.Child, enough: int) -> dict[str, int]:
    """Return the last snapshot that was taken of each identifier before a receiver was killed."""
    known: dict[str, int] = {}
    senders = [asyncio.create_task(load(running.url, one, known)) for one in range(SENDERS)]
    try:
        async with at_most(PATIENCE, lambda: f"{enough} snapshots to be taken: {known}"):
            while sum(known.values()) < enough:
                ended, _ = await asyncio.wait(senders, timeout=0.002)
                for sender in ended:
                    sender.result()
    finally:
        running.kill()
        await asyncio.gather(*senders, return_exceptions=True)
    return known


async def test_a_killed_receiver_leaves_each_snapshot_that_it_answered(engine: Engine) -> None:
    known: dict[str, int] = {}
    for enough in ANSWERS:
        with child.receiver(url_of(engine)) as killed:
            known |= await load_and_kill(killed, enough)
        rows = await engine.rows()
        # Also of rows whose answer nobody got, each has all its names.
        found = {key: [int(one.split()[1]) for one in models(row)] for key, row in rows.items()}
        assert {len(numbers) for numbers in found.values()} == {1}
        for identifier, number in known.items():
            # A later one may be there that was not answered any more.
            assert found[snapshot_key_of(identifier)][0] in {number, number + 1}
    assert len(known) >= len(ANSWERS)


def url_of(engine: Engine) -> Path | str:
    """Return what a receiver is told by its command line to keep all in."""
    return engine.servers.url if isinstance(engine, Valkey) else place(engine)
