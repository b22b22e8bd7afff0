"""A node that dies, hangs or falls behind while others write: what was taken is kept."""

import asyncio
from collections.abc import Callable

import pytest
from valkey.crc import key_slot

from receiver.storage.valkey.cluster import Cluster
from scripts.valkey_servers import Node as Real
from scripts.valkey_servers import Servers as RealServers
from tests.receiver.valkey.clients import Writers, until

pytestmark = pytest.mark.long

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
