"""A node that dies, hangs or falls behind while others write: what was taken is kept."""

import asyncio
import os
from collections.abc import Callable

import pytest
from valkey.crc import key_slot

from receiver.storage import StorageUnavailable
from receiver.storage.valkey.cluster import Cluster
from scripts.valkey_servers import Node as Real
from scripts.valkey_servers import Servers as RealServers
from tests.receiver.valkey.clients import Writers, keys_of, until

pytestmark = pytest.mark.long

# Of killing a node, each in its turn.
ROUNDS = int(os.environ.get("CLUSTER_KILL_ROUNDS", "6"))

FAILURES = {"killed": Real.kill, "paused": Real.pause}


@pytest.fixture
def slots_of(servers: RealServers) -> Callable[[Real], set[int]]:
    def found(node: Real) -> set[int]:
        ranges = [
            (int(a), int(b))
            for a, b, (_, port, *_), *_ in node.call("CLUSTER", "SLOTS")
            if port == node.port
        ]
        return {slot for first, last in ranges for slot in range(first, last + 1)}

    return found


@pytest.mark.parametrize("fail", FAILURES.values(), ids=FAILURES)
async def test_while_a_primary_is_gone_only_its_shard_is_silent_and_nothing_is_lost(
    servers: RealServers,
    cluster: Cluster,
    fail: Callable[[Real], None],
    slots_of: Callable[[Real], set[int]],
) -> None:
    victim = await asyncio.to_thread(servers.primary_of, b"any")
    slots = slots_of(victim)

    def here(keys: list[bytes]) -> list[bytes]:
        return [key for key in keys if key_slot(key) in slots]

    async with Writers(cluster) as writers:
        await writers.more()
        taken = len(writers.taken)
        await asyncio.to_thread(fail, victim)
        await until(lambda: not cluster.available, "the failure to be noticed")
        await asyncio.to_thread(servers.wait_for_successor, victim)
        meanwhile = writers.taken[taken:]
        succeeded = len(writers.taken)
        await until(lambda: bool(here(writers.taken[succeeded:])), "a write to the successor")
        await until(lambda: cluster.available, "all shards to work")
    assert len(meanwhile) > len(here(meanwhile))
    assert here(writers.refused) == writers.refused
    await writers.all_there()


async def test_a_replica_that_hangs_holds_up_nothing_where_another_keeps_up(
    servers: RealServers, cluster: Cluster
) -> None:
    for primary in await asyncio.to_thread(servers.primaries):
        (await asyncio.to_thread(servers.replicas_of, primary))[0].pause()
    async with Writers(cluster) as writers:
        await writers.more(600)
    assert writers.refused == []


async def test_what_no_replica_confirms_is_refused_in_words_and_others_go_on(
    servers: RealServers, cluster: Cluster
) -> None:
    primary, other, _ = await asyncio.to_thread(servers.primaries)
    replicas = await asyncio.to_thread(servers.replicas_of, primary)
    for replica in replicas:
        replica.pause()
    key, elsewhere = next(keys_of(cluster, primary)), next(keys_of(cluster, other))
    with pytest.raises(StorageUnavailable, match="no replica has confirmed a write"):
        await cluster.write(key, b"SET", key, b"1")
    assert not cluster.available
    assert await cluster.write(elsewhere, b"SET", elsewhere, b"1") == b"OK"
    # Reading needs no replica.
    assert await cluster.read(key, b"GET", key) == b"1"
    for replica in replicas:
        replica.resume()
    await until(lambda: cluster.available, "writes to be confirmed again")
    assert await cluster.write(key, b"SET", key, b"2") == b"OK"


async def test_a_replica_that_is_behind_confirms_nothing_that_it_does_not_have(
    servers: RealServers, cluster: Cluster
) -> None:
    primary = await asyncio.to_thread(servers.primary_of, b"late")
    for replica in await asyncio.to_thread(servers.replicas_of, primary):
        replica.pause()
    write = asyncio.create_task(cluster.write(b"late", b"SET", b"late", b"1"))
    await until(lambda: primary.call("EXISTS", "late") == 1, "the primary to have it")
    assert not write.done()
    for replica in await asyncio.to_thread(servers.replicas_of, primary) or servers.nodes:
        if replica.paused:
            replica.resume()
    assert await write == b"OK"


async def test_all_nodes_may_be_away_for_a_while(servers: RealServers, cluster: Cluster) -> None:
    for node in servers.nodes:
        node.kill()
    with pytest.raises(StorageUnavailable):
        await cluster.write(b"key", b"SET", b"key", b"1")
    assert not cluster.available
    for node in servers.nodes:
        await asyncio.to_thread(servers.restart, node)
    await until(lambda: cluster.available, "the cluster to work again")
    assert await cluster.write(b"key", b"SET", b"key", b"2") == b"OK"


async def test_whichever_nodes_die_in_turn_what_was_taken_is_there(
    servers: RealServers, cluster: Cluster
) -> None:
    async with Writers(cluster) as writers:
        for number in range(ROUNDS):
            victim = servers.nodes[number % len(servers.nodes)]
            await writers.more(50)
            victim.kill()
            await writers.more(50)
            await asyncio.to_thread(servers.restart, victim)
            await asyncio.to_thread(servers.wait_until_whole)
        await until(lambda: cluster.available, "all shards to work")
    await writers.all_there()
