"""What was deleted, and answered, does not come back, whatever was under way meanwhile."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest

from receiver.storage import Event, Row, StorageUnavailable
from receiver.storage.valkey import keys
from receiver.storage.valkey.cluster import Cluster
from receiver.storage.valkey.marks import LASTS
from receiver.storage.valkey.reading import reading
from receiver.storage.valkey.writing import ClusterStore
from receiver.storage.valkey.writing.dictionary import Dictionary
from receiver.storage.valkey.writing.rows import PATIENCE, Rows
from receiver.storage.valkey.writing.store import Pace
from receiver.storage.valkey.writing.walking import rows as walked
from scripts.valkey_servers import Node, Servers
from tests.receiver.rows import event, row, told
from tests.receiver.running import Clock
from tests.receiver.stores.engines import DAYS, Valkey
from tests.receiver.valkey.clients import options
from tests.receiver.valkey.disks import holding
from tests.receiver.valkey.held import SlowNames, held
from tests.receiver.waiting import at_most

TIMEOUT = 60
KEY = bytes(range(16))
PLACE = keys.row_key(KEY)
NOW = int(time.time())
MARK = LASTS / 1_000
RECORDS = pytest.mark.parametrize("make", [row, event], ids=["report", "event"])
KNOWN = pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def engine(servers: Servers, clock: Clock) -> AsyncIterator[Valkey]:
    """Return a cluster that keeps nothing yet, of receivers that do nothing by themselves."""
    pace = Pace(upkeep=10**9, steady=clock.steady)
    async with AsyncExitStack() as stack:
        yield Valkey(stack, several=True, servers=servers, pace=pace)


@pytest.fixture
async def store(engine: Valkey) -> ClusterStore:
    return await engine.receiver()


async def call(servers: Servers, *command: bytes | str | int) -> object:
    """Ask the node that has the row."""
    node = await asyncio.to_thread(servers.primary_of, PLACE)
    found: object = await asyncio.to_thread(node.call, *command)
    return found


@KNOWN
@RECORDS
async def test_what_was_under_way_does_not_bring_back_what_was_deleted(
    engine: Valkey,
    store: ClusterStore,
    cluster: Cluster,
    make: Callable[..., Row | Event],
    *,
    known: bool,
) -> None:
    if known:
        await store.put(row(KEY, NOW))
    async with held(cluster, make(KEY, NOW)) as late:
        await store.delete(KEY)
    assert late.written is False
    assert await engine.rows() == {}
    # What comes after it is kept, and nothing else.
    await store.put(row(KEY, NOW, told=told(version="2026.1.0")))
    found = (await engine.rows())[KEY]
    assert (found.report["versions"], found.events) == (["2026.1.0"], [])


async def test_of_two_deletions_it_is_the_later_one_that_counts(
    engine: Valkey, store: ClusterStore, cluster: Cluster
) -> None:
    await store.delete(KEY)
    async with held(cluster, row(KEY, NOW)) as late:
        await store.delete(KEY)
    assert late.written is False
    assert await engine.rows() == {}


@KNOWN
async def test_what_a_node_that_hangs_holds_up_does_not_come_back(
    engine: Valkey, store: ClusterStore, *, known: bool
) -> None:
    other = await engine.receiver()
    names = await asyncio.to_thread(engine.servers.primary_of, keys.CODES)
    key = await asyncio.to_thread(elsewhere, engine.servers, names)
    if known:
        await store.put(row(key, NOW))
    names.pause()
    putting = asyncio.create_task(other.put(row(key, NOW, told=told(version="2026.1.0"))))
    await asyncio.sleep(0)
    # One after the other: once this is answered, the row was read.
    place = keys.row_key(key)
    await other._cluster.read(place, b"GET", place)
    await store.delete(key)
    names.resume()
    # Where another node takes over meanwhile it may be refused.
    with suppress(StorageUnavailable):
        await putting
    await asyncio.to_thread(engine.servers.wait_until_whole)
    assert await engine.rows() == {}


def elsewhere(servers: Servers, node: Node) -> bytes:
    """Return a key whose row is not on a node."""
    some = (bytes([number] * 16) for number in range(1, 100))
    return next(key for key in some if servers.primary_of(keys.row_key(key)) != node)


@KNOWN
async def test_what_came_after_a_deletion_is_kept_though_its_mark_goes_meanwhile(
    engine: Valkey, store: ClusterStore, cluster: Cluster, *, known: bool
) -> None:
    if known:
        await store.put(event(KEY, NOW))
    await store.delete(KEY)
    async with held(cluster, row(KEY, NOW)) as late:
        await call(engine.servers, "DEL", PLACE)
    assert late.written is True
    found = (await engine.rows())[KEY]
    assert (found.report["versions"], found.events) == (["2026.10.4"], [])


async def test_what_was_too_old_meanwhile_is_no_deletion(
    engine: Valkey, store: ClusterStore, cluster: Cluster
) -> None:
    await store.put(event(KEY, NOW))
    async with held(cluster, row(KEY, NOW)) as late:
        await call(engine.servers, "DEL", PLACE)
    assert late.written is True
    found = (await engine.rows())[KEY]
    assert (found.report["versions"], found.events) == (["2026.10.4"], [])


async def test_what_takes_longer_than_a_mark_lasts_is_given_up(
    engine: Valkey, cluster: Cluster
) -> None:
    assert MARK >= 1.5 * PATIENCE
    with pytest.raises(StorageUnavailable, match="takes too long"):
        await Rows(cluster, SlowNames(cluster), DAYS, patience=0.1).put(row(KEY, NOW))
    assert await engine.rows() == {}


async def test_a_change_of_what_was_deleted_meanwhile_is_none(
    engine: Valkey, store: ClusterStore, cluster: Cluster
) -> None:
    await store.put(row(KEY, NOW))
    stored = (await engine.rows())[KEY].stored.pack()
    await store.delete(KEY)
    changing = Rows(cluster, Dictionary(cluster), DAYS)
    assert await changing.amend(KEY, stored, lambda _: True, now=NOW) is None
    assert await engine.rows() == {}


async def test_nobody_who_reads_rows_sees_that_one_was_deleted(
    engine: Valkey, store: ClusterStore, cluster: Cluster
) -> None:
    other = bytes(16)
    await store.put(row(other, NOW))
    await store.delete(KEY)
    assert await call(engine.servers, "EXISTS", PLACE) == 1
    with reading(options(engine.servers)) as kept:
        found = {key: one for part in kept.entries() for key, one in part.items()}
        assert found.keys() == kept.get([KEY, other]).keys() == {other}
        assert [one for part in kept.rows() for one in part] == [*found.values()]
    assert [one async for part in walked(cluster) for one in part] == [*found.items()]


@KNOWN
async def test_a_deletion_writes_the_same_whether_there_was_anything(
    engine: Valkey, store: ClusterStore, *, known: bool
) -> None:
    if known:
        await store.put(row(KEY, NOW))
        await store.put(event(KEY, NOW))
    node = await asyncio.to_thread(engine.servers.primary_of, PLACE)
    before = appended(node.folder.rglob("*.incr.aof"))
    await store.delete(KEY)
    (command,) = appended(node.folder.rglob("*.incr.aof"))[len(before) :]
    assert command[:4] == [b"SET", PLACE, command[2], b"PXAT"]
    assert len(command[2]) == 8
    left = await call(engine.servers, "PTTL", PLACE)
    assert isinstance(left, int)
    assert 0 < left <= LASTS


def appended(files: Iterable[Path]) -> list[list[bytes]]:
    """Return the commands about the row that a node has appended to its file."""
    found = []
    for file in files:
        # Parts have their sizes before them: none of those of this row has a line's end.
        for command in file.read_bytes().split(b"\r\n*"):
            parts = [part.partition(b"\r\n")[2] for part in command.split(b"\r\n$")[1:]]
            if PLACE in parts:
                found.append(parts)
    return found


async def test_nothing_of_a_deleted_home_is_on_any_disk_once_its_mark_is_gone(
    engine: Valkey, store: ClusterStore, cluster: Cluster, clock: Clock
) -> None:
    servers = engine.servers
    await store.tidy()
    await store.put(row(KEY, NOW))
    async with held(cluster, event(KEY, NOW)):
        await store.delete(KEY)
    # Nobody rewrites files for it as long as the mark would stay in them.
    clock.move(seconds=MARK - 1)
    await store.tidy()
    assert await asyncio.to_thread(holding, servers, KEY)
    clock.move(seconds=1)
    await store.tidy()
    async with at_most(TIMEOUT, lambda: "the hash of an id to leave the disks"):
        while await asyncio.to_thread(holding, servers, KEY):
            await asyncio.sleep(0.05)
    # What was kept again since is not taken away.
    await store.delete(KEY)
    await store.put(row(KEY, NOW))
    clock.move(seconds=MARK)
    await store.tidy()
    assert (await engine.rows()).keys() == {KEY}
