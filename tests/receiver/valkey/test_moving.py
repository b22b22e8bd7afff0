"""Slots that move from node to node while they are written to and read."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import islice

import pytest
from valkey.crc import key_slot

from receiver.storage.valkey.cluster import Cluster
from scripts.valkey_servers import Move
from scripts.valkey_servers import Servers as RealServers
from tests.receiver.valkey.clients import Writers, keys_of

type Moving = Callable[[bytes], Move]


@pytest.fixture
def moving(servers: RealServers) -> Iterator[Moving]:
    """Return what makes the move of a key's slot to another primary, which is moved back."""
    moves: list[Move] = []

    def make(key: bytes) -> Move:
        source = servers.primary_of(key)
        target = next(one for one in servers.primaries() if one is not source)
        moves.append(move := servers.move(key_slot(key), target))
        return move

    yield make
    for move in moves:
        servers.move_slots([move.slot], move.source)


async def test_a_key_is_found_at_each_step_of_its_move(cluster: Cluster, moving: Moving) -> None:
    keys = [b"{moving}:%d" % number for number in range(4)]

    async def written(text: bytes) -> None:
        for key in keys:
            assert await cluster.write(key, b"SET", key, text) == b"OK"
            assert await cluster.read(key, b"GET", key) == text

    for key in keys[:2]:
        await cluster.write(key, b"SET", key, b"before")
    move = moving(keys[0])
    move.begin()
    await written(b"begun")
    assert move.keys(1) == 1
    await written(b"half of it moved")
    while move.keys():
        pass
    await written(b"all moved")
    move.end([])
    await written(b"ended")


async def test_nothing_is_lost_and_nothing_refused_while_slots_move(
    servers: RealServers, cluster: Cluster
) -> None:
    source, target, _ = await asyncio.to_thread(servers.primaries)
    slots = {key_slot(key) for key in islice(keys_of(cluster, source), 40)}
    async with Writers(cluster) as writers:
        await writers.more()
        await asyncio.to_thread(servers.move_slots, slots, target)
        await writers.more()
        await asyncio.to_thread(servers.move_slots, slots, source)
        await writers.more()
    assert writers.refused == []
    await writers.all_there()
    assert cluster.available


async def test_who_finds_a_key_elsewhere_knows_it_from_then_on(
    servers: RealServers, cluster: Cluster, moving: Moving
) -> None:
    key = b"{moved}:1"
    move = moving(key)
    await asyncio.to_thread(move.whole, servers.primaries())
    before = move.source.info("errorstats")
    for _ in range(10):
        await cluster.write(key, b"SET", key, b"1")
    told = moved(move.source.info("errorstats")) - moved(before)
    assert told == 1


async def test_a_primary_without_slots_is_written_to_no_more(cluster: Cluster) -> None:
    leaves, takes, *_ = cluster.primaries()
    topology = cluster._lookout.topology
    for slot in topology.slots(leaves):
        topology.moved(slot, takes)
    # It would look for a key of theirs without an end.
    await cluster._probe(leaves)
    assert topology.slots(leaves) == frozenset()


def moved(told: dict[str, str]) -> int:
    return int(told.get("errorstat_MOVED", "count=0").removeprefix("count="))
