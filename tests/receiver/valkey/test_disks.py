"""What was deleted and replaced leaves the disks of all nodes, when their files are rewritten."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from receiver.storage.valkey.marks import LASTS
from receiver.storage.valkey.writing import ClusterStore
from receiver.storage.valkey.writing.store import Pace
from scripts.kept_rows import KeptRow
from scripts.valkey_servers import Servers
from tests.receiver.rows import event, row, told
from tests.receiver.running import Clock
from tests.receiver.stores.engines import Valkey
from tests.receiver.valkey.disks import holding
from tests.receiver.waiting import at_most

PATIENCE = 60
KEY, OTHER = bytes(range(16)), bytes(range(100, 116))
MARK = LASTS / 1_000


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def engine(servers: Servers, clock: Clock) -> AsyncIterator[Valkey]:
    """Return a cluster that keeps nothing yet, of receivers that do nothing by themselves."""
    async with AsyncExitStack() as stack:
        pace = Pace(upkeep=10**9, steady=clock.steady)
        yield Valkey(stack, several=True, servers=servers, pace=pace)


async def until_gone(servers: Servers, found: bytes) -> None:
    """Wait until no disk has these bytes."""
    async with at_most(PATIENCE, lambda: f"{found!r} to leave the disks"):
        while await asyncio.to_thread(holding, servers, found):
            await asyncio.sleep(0.05)


async def until_copied(servers: Servers, found: bytes) -> None:
    """Wait until a primary and both of its replicas have these bytes on their disks."""
    async with at_most(PATIENCE, lambda: f"{found!r} to be on all disks"):
        while await asyncio.to_thread(holding, servers, found) < 3:
            await asyncio.sleep(0.05)


async def kept(engine: Valkey, key: bytes) -> KeptRow:
    return (await engine.rows())[key]


async def test_what_was_deleted_and_replaced_leaves_all_disks(engine: Valkey, clock: Clock) -> None:
    store, now = await engine.receiver(), int(time.time())
    await store.tidy()
    await store.put(row(OTHER, now))
    await store.put(row(KEY, now, told=told(state_count=1234)))
    replaced = (await kept(engine, KEY)).stored.pack()
    await store.put(event(KEY, now))
    last = (await kept(engine, KEY)).stored.pack()
    for found in (KEY, replaced, last):
        await until_copied(engine.servers, found)
    # Nothing is due before something was deleted.
    await store.tidy()
    assert await asyncio.to_thread(holding, engine.servers, replaced)
    await store.delete(KEY)
    clock.move(seconds=MARK)
    await store.tidy()
    for found in (KEY, replaced, last):
        await until_gone(engine.servers, found)
    await until_copied(engine.servers, OTHER)


async def test_what_was_replaced_leaves_all_disks_within_an_hour(engine: Valkey) -> None:
    engine.pace = Pace(upkeep=0.2, rewrite=1)
    store, now = await engine.receiver(), int(time.time())
    await store.put(row(KEY, now, told=told(state_count=1234)))
    replaced = (await kept(engine, KEY)).stored.pack()
    await store.put(row(KEY, now, told=told(state_count=4321)))
    await until_gone(engine.servers, replaced)
    await until_copied(engine.servers, (await kept(engine, KEY)).stored.pack())


async def test_one_receiver_rewrites_for_all(engine: Valkey, clock: Clock) -> None:
    one, other = await engine.receiver(), await engine.receiver()
    await one.tidy()
    rewrites = await asyncio.to_thread(rewritten, engine.servers)
    await one.delete(KEY)
    await other.delete(OTHER)
    clock.move(seconds=MARK)
    await asyncio.gather(one.tidy(), other.tidy())
    await asyncio.gather(one.tidy(), other.tidy())
    more = await asyncio.to_thread(rewritten, engine.servers)
    # Where one began before the other's deletion was told, that takes another time.
    assert {after - before for before, after in zip(rewrites, more, strict=True)} <= {1, 2}
    await asyncio.gather(one.tidy(), other.tidy())
    assert await asyncio.to_thread(rewritten, engine.servers) == more


def rewritten(servers: Servers) -> list[int]:
    return [int(node.info("persistence")["aof_rewrites"]) for node in servers.nodes]


async def test_a_node_that_hangs_is_told_and_tried_again(
    engine: Valkey, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    store = await engine.receiver()
    await store.tidy()
    await store.put(row(KEY, int(time.time())))
    await store.delete(KEY)
    primary = await asyncio.to_thread(engine.servers.primary_of, b"i:" + KEY)
    replica = (await asyncio.to_thread(engine.servers.replicas_of, primary))[0]
    store._rewriting._patience = 1
    clock.move(seconds=MARK)
    replica.pause()
    with caplog.at_level(logging.WARNING):
        await store.tidy()
    assert "can't be taken off the disk" in caplog.text
    replica.resume()
    await asyncio.to_thread(engine.servers.wait_until_whole)
    async with at_most(PATIENCE, lambda: "the files to be rewritten"):
        while await asyncio.to_thread(holding, engine.servers, KEY):
            await store.tidy()


async def test_what_was_deleted_before_a_stop_leaves_the_disks(
    engine: Valkey, clock: Clock
) -> None:
    store: ClusterStore = await engine.receiver()
    await store.tidy()
    await store.put(row(KEY, int(time.time())))
    await store.delete(KEY)
    await store.close()
    again = await engine.receiver()
    await again.tidy()
    assert await asyncio.to_thread(holding, engine.servers, KEY)
    clock.move(seconds=MARK)
    await again.tidy()
    await until_gone(engine.servers, KEY)
