"""What is too much: memory of the servers, and of what waits for them."""

import asyncio

import pytest

from receiver.storage import StorageUnavailable
from receiver.storage.valkey import lane
from receiver.storage.valkey.cluster import Cluster
from scripts.valkey_servers import Node as Real
from scripts.valkey_servers import Servers as RealServers
from tests.receiver.valkey.clients import Settings, keys_of, until


@pytest.fixture
def full(servers: RealServers, set_up: Settings) -> Real:
    """Return a primary whose memory is used up."""
    node = servers.primaries()[0]
    set_up("maxmemory", "1", [node])
    return node


async def test_a_node_without_memory_is_unavailable_and_says_so(
    cluster: Cluster, full: Real, set_up: Settings
) -> None:
    key = next(keys_of(cluster, full))
    with pytest.raises(StorageUnavailable, match="has no memory left: raise its maxmemory"):
        await cluster.write(key, b"SET", key, b"1")
    assert not cluster.available
    assert await cluster.read(key, b"GET", key) is None
    set_up("maxmemory", "0", [full])
    await until(lambda: cluster.available, "it to be noticed that there is memory again")
    assert await cluster.write(key, b"SET", key, b"1") == b"OK"


async def test_a_flood_for_a_node_that_hangs_is_refused_and_others_go_on(
    servers: RealServers, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "MAX_WAITING", 100)
    hanging, other, _ = await asyncio.to_thread(servers.primaries)
    key, elsewhere = next(keys_of(cluster, hanging)), next(keys_of(cluster, other))
    hanging.pause()
    writes = [asyncio.create_task(cluster.write(key, b"SET", key, b"1")) for _ in range(1000)]
    await until(lambda: sum(one.done() for one in writes) >= 300, "most to be refused")
    assert await cluster.write(elsewhere, b"SET", elsewhere, b"1") == b"OK"
    hanging.resume()
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert all(one == b"OK" or isinstance(one, StorageUnavailable) for one in outcomes)


async def test_large_values_that_wait_are_bounded_by_their_bytes(
    servers: RealServers, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "MAX_WAITING_BYTES", 1 << 20)
    key, large = b"large", bytes(400_000)
    writes = [cluster.write(key, b"SET", key, large) for _ in range(10)]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert b"OK" in outcomes
    assert {str(one) for one in outcomes if isinstance(one, StorageUnavailable)} != set()
