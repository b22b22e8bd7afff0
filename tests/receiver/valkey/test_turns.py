"""Whose turn it is, and that a publisher who is slow replaces nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from receiver.storage.valkey.cluster import Cluster
from receiver.storage.valkey.writing import ClusterStore
from receiver.storage.valkey.writing.turns import Turns
from receiver.storage.writing import Published
from scripts.valkey_servers import Servers
from tests.receiver.stores.engines import Valkey
from tests.receiver.waiting import at_most

PATIENCE = 30
DAY = "2026-11-30"


@pytest.fixture
async def two(servers: Servers) -> AsyncIterator[tuple[ClusterStore, ClusterStore]]:
    """Return two receivers of a cluster."""
    async with AsyncExitStack() as stack:
        engine = Valkey(stack, several=True, servers=servers)
        yield await engine.receiver(), await engine.receiver()


async def test_it_is_the_turn_of_one(two: tuple[ClusterStore, ClusterStore]) -> None:
    one, other = two
    async with one.turn("count") as ours, other.turn("count") as theirs, other.turn("x") as more:
        assert (ours, theirs, more) == (True, False, True)
    async with other.turn("count") as theirs:
        assert theirs


async def test_a_turn_lasts_as_long_as_the_work(cluster: Cluster) -> None:
    slow = Turns(cluster, lasts=0.5, renewed=0.1)
    async with slow.take("count") as ours:
        assert ours
        for _ in range(10):
            await asyncio.sleep(0.1)
            async with Turns(cluster).take("count") as theirs:
                assert not theirs


async def test_who_is_gone_leaves_its_turn_to_others(cluster: Cluster) -> None:
    gone = Turns(cluster, lasts=0.2, renewed=PATIENCE)
    async with gone.take("count") as ours:
        assert ours
        async with at_most(PATIENCE, lambda: "the turn to end"):
            while True:
                async with Turns(cluster).take("count") as theirs:
                    if theirs:
                        break
                await asyncio.sleep(0.05)


async def test_a_turn_that_was_lost_is_told_and_not_taken_from_others(
    cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    slow, other = Turns(cluster, renewed=0.05), Turns(cluster)
    place = b"{turn}:count"
    async with slow.take("count") as ours:
        assert ours
        await cluster.write(place, b"DEL", place)
        async with other.take("count") as theirs:
            assert theirs
            # It has looked once more.
            await asyncio.sleep(0.3)
        async with other.take("count") as theirs:
            assert theirs
    assert "may have done the same" in caplog.text


async def test_figures_are_never_replaced_by_older_ones(
    two: tuple[ClusterStore, ClusterStore],
) -> None:
    one, other = two
    assert await one.save_published(100, b'{"a":1}', DAY, b'{"d":1}')
    for time in (99, 100):
        assert not await other.save_published(
            time, b'{"b":1}', "2026-11-29", b'{"b":1}', obsolete=[DAY]
        )
        for store in two:
            published = Published(time=100, figures=b'{"a":1}', days=(DAY,))
            assert await store.published(after=99) == published
            assert await store.days([DAY, "2026-11-29"]) == [(DAY, b'{"d":1}')]
    # Once more, by who got no answer.
    assert await one.save_published(100, b'{"a":1}', DAY, b'{"d":1}')
    assert await other.save_published(101, b'{"b":1}', DAY, b'{"b":1}')


async def test_of_two_who_publish_at_once_the_newer_one_stays(
    two: tuple[ClusterStore, ClusterStore],
) -> None:
    times = range(1, 40)
    puts = [
        two[time % 2].save_published(time, b"{%d}" % time, DAY, b"<%d>" % time) for time in times
    ]
    await asyncio.gather(*reversed(puts))
    found = await two[0].published(after=0)
    assert found == Published(time=39, figures=b"{39}", days=(DAY,))
    assert await two[1].days([DAY]) == [(DAY, b"<39>")]
