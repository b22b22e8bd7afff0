"""Rows that several receivers change at once, and how long the cluster keeps them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from receiver.storage import StorageUnavailable
from receiver.storage.valkey import keys
from receiver.storage.valkey.cluster import Cluster
from receiver.storage.valkey.writing import ClusterStore
from receiver.storage.valkey.writing.walking import PART, ROWS
from receiver.storage.valkey.writing.walking import rows as walked
from scripts.valkey_servers import Servers
from tests.receiver.reports import start_event
from tests.receiver.rows import event, row, told, told_of_event
from tests.receiver.stores.engines import DAYS, Valkey

KEY = bytes([7] * 16)
PLACE = keys.row_key(KEY)
HOUR = 3600
# Milliseconds that may pass in a test.
SLACK = 120_000


@pytest.fixture
async def engine(servers: Servers) -> AsyncIterator[Valkey]:
    """Return a cluster that keeps nothing yet."""
    async with AsyncExitStack() as stack:
        yield Valkey(stack, several=True, servers=servers)


@pytest.fixture
async def two(engine: Valkey) -> tuple[ClusterStore, ClusterStore]:
    """Return two receivers of it."""
    return await engine.receiver(), await engine.receiver()


@pytest.fixture
def now() -> int:
    return int(time.time())


async def left(engine: Valkey, place: bytes = PLACE) -> int:
    """Return after how many milliseconds a row goes by itself."""
    node = await asyncio.to_thread(engine.servers.primary_of, place)
    found: int = await asyncio.to_thread(node.call, "PTTL", place)
    return found


async def test_a_report_and_events_at_two_receivers_at_once_are_all_kept(
    engine: Valkey, two: tuple[ClusterStore, ClusterStore], now: int
) -> None:
    one, other = two
    for number in range(20):
        key = bytes([number] * 16)
        told_by = (start_event(version=f"2026.1.{n}") for n in range(6))
        events = [event(key, now, told=told_of_event(one)) for one in told_by]
        await asyncio.gather(
            one.put(row(key, now)),
            *(receiver.put(each) for each in events for receiver in two),
            other.put(row(key, now)),
        )
        known = (await engine.rows())[key]
        assert known.report["versions"] == ["2026.10.4"]
        assert len(known.events) == len(events)


async def test_of_a_deletion_and_a_report_at_once_nothing_older_is_left(
    engine: Valkey, two: tuple[ClusterStore, ClusterStore], now: int
) -> None:
    one, other = two
    await one.put(event(KEY, now))
    for number in range(30):
        await one.put(row(KEY, now, told=told(version="2026.1")))
        await asyncio.gather(
            one.delete(KEY), other.put(row(KEY, now, told=told(version=f"2026.2.{number}")))
        )
        for known in (await engine.rows()).values():
            assert (known.report["versions"], known.events) == ([f"2026.2.{number}"], [])


async def test_the_same_report_after_a_deletion_is_kept(
    engine: Valkey, two: tuple[ClusterStore, ClusterStore], now: int
) -> None:
    one, other = two
    for _ in range(20):
        await one.put(row(KEY, now))
        # Where it comes last it finds nothing to leave as it is.
        await asyncio.gather(other.delete(KEY), one.put(row(KEY, now)))
        await one.put(row(KEY, now))
        assert (await engine.rows())[KEY].report["versions"] == ["2026.10.4"]


async def test_a_row_goes_by_itself_so_long_after_its_latest_time(
    engine: Valkey, two: tuple[ClusterStore, ClusterStore], now: int
) -> None:
    store, _ = two
    await store.put(row(KEY, now))
    assert DAYS * 1_000 - SLACK < await left(engine) <= DAYS * 1_000
    # That tells the same: the row is of an hour ago then, and stays as long as that says.
    await store.put(row(KEY, now + HOUR))
    assert (DAYS - HOUR) * 1_000 - SLACK < await left(engine) <= (DAYS - HOUR) * 1_000
    await store.put(event(KEY, now + 2 * HOUR))
    assert DAYS * 1_000 - SLACK < await left(engine) <= DAYS * 1_000


async def test_a_report_of_a_clock_that_was_ahead_goes_when_it_is_due(
    engine: Valkey, two: tuple[ClusterStore, ClusterStore], now: int
) -> None:
    store, _ = two
    ahead = 40 * 24 * HOUR
    await store.put(row(KEY, now + ahead))
    await store.put(event(KEY, now))
    assert await left(engine) > DAYS * 1_000
    await store.redate(now, to_come=now + HOUR, stop=lambda: False)
    assert DAYS * 1_000 - SLACK < await left(engine) <= DAYS * 1_000


async def test_what_changes_for_its_codes_goes_when_it_would_have_gone(
    engine: Valkey, two: tuple[ClusterStore, ClusterStore], now: int
) -> None:
    store, _ = two
    await store.put(row(KEY, now - HOUR))
    await store.put(row(KEY, now - HOUR))
    (code, *_) = (await engine.rows())[KEY].stored.report
    node = await asyncio.to_thread(engine.servers.primary_of, PLACE)
    await asyncio.to_thread(node.call, "PEXPIRE", PLACE, 1_000_000)
    await store._ageing.leave_out({code})
    assert code not in (await engine.rows())[KEY].stored.report
    assert 0 < await left(engine) <= 1_000_000


async def test_rows_are_read_by_so_many_bytes_at_once(cluster: Cluster) -> None:
    rows = {b"{a}%13d" % number: bytes([number]) * 128_000 for number in range(1, 30)}
    rows |= {b"{a}%13d" % number: bytes(20) for number in range(100, 900)}
    rows |= {b"%16d" % number: bytes(100_000) for number in range(30)}
    writes = ((keys.row_key(key), row) for key, row in rows.items())
    await asyncio.gather(*(cluster.write(place, b"SET", place, row) for place, row in writes))
    parts = [part async for part in walked(cluster)]
    assert max(sum(len(row) for _, row in part) for part in parts) <= PART
    assert max(map(len, parts)) < 2 * ROWS
    found = [key for part in parts for key, _ in part]
    assert sorted(found) == sorted(rows)
    assert {key: row for part in parts for key, row in part} == rows


async def test_all_rows_are_looked_at_by_one_receiver(
    engine: Valkey, two: tuple[ClusterStore, ClusterStore], now: int
) -> None:
    for number in range(50):
        await two[number % 2].put(row(bytes([number] * 16), now - 9 * 24 * HOUR))
    before = now - 8 * 24 * HOUR
    gone = await asyncio.gather(*(store.expire(before) for store in two))
    assert sum(gone) == 50
    # The other one leaves alone what was done, until an hour has passed.
    done = gone.index(50)
    await two[done].put(row(KEY, now - 9 * 24 * HOUR))
    assert await two[not done].expire(before) == 0
    assert await two[not done].expire(before + HOUR) == 1


async def test_what_came_in_doubt_is_left_until_it_is_dated_anew(
    engine: Valkey, two: tuple[ClusterStore, ClusterStore], now: int
) -> None:
    one, other = two
    long_ago = now - 90 * 24 * HOUR
    await other.redate(now, to_come=now + HOUR, stop=lambda: False)
    # One that was off for long, and goes on from there until it believes its clock.
    await one.put(row(KEY, long_ago, doubted=True))
    assert await other.expire(now - DAYS) == 0
    # Though another one has done so a moment ago.
    await one.redate(now, to_come=now + HOUR, stop=lambda: False)
    assert (await engine.rows())[KEY].stored.last_seen == now
    assert DAYS * 1_000 - SLACK < await left(engine) <= DAYS * 1_000


async def test_a_failover_in_the_midst_loses_nothing_that_was_answered(
    engine: Valkey, two: tuple[ClusterStore, ClusterStore], now: int
) -> None:
    servers = engine.servers
    await two[0].put(row(KEY, now))
    kept: set[bytes] = set()

    async def write(store: ClusterStore, start: int) -> None:
        for number in range(start, start + 150):
            key = number.to_bytes(16, "big")
            try:
                await store.put(row(key, now))
            except StorageUnavailable:
                continue
            kept.add(key)

    writing = [asyncio.create_task(write(store, n * 1_000)) for n, store in enumerate(two)]
    primary = await asyncio.to_thread(servers.primary_of, PLACE)
    primary.kill()
    await asyncio.gather(*writing)
    await asyncio.to_thread(servers.wait_until_whole)
    assert kept
    assert kept | {KEY} <= (await engine.rows()).keys()


@pytest.mark.parametrize("found", [b"garbage", b"garbage-garbage!" * 10, b"\xff" * 64], ids=repr)
async def test_what_cant_be_read_is_no_row(
    engine: Valkey, two: tuple[ClusterStore, ClusterStore], now: int, found: bytes
) -> None:
    store, _ = two
    node = await asyncio.to_thread(engine.servers.primary_of, PLACE)
    for record in (row(KEY, now), event(KEY, now)):
        await asyncio.to_thread(node.call, "SET", PLACE, found)
        await store.redate(now, to_come=now, stop=lambda: False)
        assert await store.expire(now) == 0
        await store.leave_nameless_out()
        await store.put(record)
        assert [*await engine.rows()] == [KEY]
        # A receiver that has just looked does not do so again.
        await asyncio.to_thread(node.call, "DEL", PLACE)
