"""What is asked of a cluster where nothing fails."""

import asyncio
import gc
import os
from pathlib import Path

import pytest

from receiver.storage import StorageUnavailable
from receiver.storage.servers import Durability
from receiver.storage.valkey.cluster import Cluster
from receiver.storage.valkey.faults import Elsewhere, Refused
from scripts.valkey_servers import Node as Real
from scripts.valkey_servers import Servers as RealServers
from tests.receiver.valkey.clients import options

KEYS = [b"key:%d" % number for number in range(300)]


async def test_what_was_written_is_read_wherever_it_is(cluster: Cluster) -> None:
    await asyncio.gather(*(cluster.write(key, b"SET", key, b"of " + key) for key in KEYS))
    found = await asyncio.gather(*(cluster.read(key, b"GET", key) for key in KEYS))
    assert found == [b"of " + key for key in KEYS]


async def test_keys_with_the_same_tag_are_written_by_one_script(cluster: Cluster) -> None:
    script = b"redis.call('SET', KEYS[1], ARGV[1]) return redis.call('INCR', KEYS[2])"
    arguments = (b"EVAL", script, 2, b"{figures}:one", b"{figures}:two", b"1")
    assert await cluster.write(b"{figures}:one", *arguments) == 1
    assert await cluster.read(b"{figures}:two", b"GET", b"{figures}:two") == b"1"


@pytest.mark.parametrize("durability", Durability)
async def test_a_write_that_was_answered_is_on_a_replica(
    servers: RealServers, durability: Durability
) -> None:
    cluster = Cluster(options(servers, durability=durability))
    await cluster.start()
    for key in KEYS[:30]:
        await cluster.write(key, b"SET", key, key)
        primary = await asyncio.to_thread(servers.primary_of, key)
        replicas = await asyncio.to_thread(servers.replicas_of, primary)
        assert key in [copied(replica, key) for replica in replicas]
    await cluster.close()


def copied(replica: Real, key: bytes) -> object:
    with replica.connection() as connection:
        connection.call("READONLY")
        return connection.call("GET", key)


async def test_a_write_that_was_answered_is_in_the_files_of_two_nodes(
    servers: RealServers, cluster: Cluster
) -> None:
    for key in KEYS[:10]:
        secret = b"in the files: " + os.urandom(8).hex().encode()
        await cluster.write(key, b"SET", key, secret)
        having = [node.folder for node in servers.nodes if has(node.folder, secret)]
        assert len(having) >= 2


def has(folder: Path, text: bytes) -> bool:
    files = list((folder / "appendonlydir").glob("*.aof"))
    assert files
    return any(text in file.read_bytes() for file in files)


async def test_what_waits_together_goes_out_together(
    servers: RealServers, cluster: Cluster
) -> None:
    before = sum(waits(servers))
    await asyncio.gather(*(cluster.write(key, b"SET", key, key) for key in KEYS))
    assert sum(waits(servers)) - before < len(KEYS) / 10


def waits(servers: RealServers) -> list[int]:
    told = [node.info("commandstats").get("cmdstat_waitaof", "calls=0,") for node in servers.nodes]
    return [int(one.partition("=")[2].partition(",")[0]) for one in told]


async def test_an_error_of_one_command_is_its_own(cluster: Cluster) -> None:
    key = b"a text"
    told = await asyncio.gather(
        cluster.write(key, b"SET", key, b"secret"),
        cluster.write(key, b"LPUSH", key, b"secret"),
        cluster.write(key, b"FOO", b"secret"),
        cluster.write(key, b"APPEND", key, b"!"),
        return_exceptions=True,
    )
    assert told[0] == b"OK"
    assert told[3] == len(b"secret!")
    for error in told[1:3]:
        assert isinstance(error, Refused)
        assert "secret" not in str(error)
    assert cluster.available


async def test_a_node_is_asked_in_one_pipeline_and_faults_are_among_the_replies(
    cluster: Cluster,
) -> None:
    first, *_ = cluster.primaries()
    size, unknown, *found = await cluster.on(
        first, (b"DBSIZE",), (b"FOO",), *((b"GET", b"k:%d" % number) for number in range(20))
    )
    assert isinstance(size, int)
    assert isinstance(unknown, Refused)
    assert {type(one) for one in found} == {Elsewhere, type(None)}


async def test_all_nodes_are_known_and_what_each_primary_has(
    servers: RealServers, cluster: Cluster
) -> None:
    assert {node.port for node in cluster.nodes()} == {node.port for node in servers.nodes}
    primaries = await asyncio.to_thread(servers.primaries)
    assert {node.port for node in cluster.primaries()} == {node.port for node in primaries}
    having = [await cluster.holding(node) for node in cluster.primaries()]
    slots = [range(first, last + 1) for one in having for first, last in one.ranges]
    assert sorted(slot for some in slots for slot in some) == list(range(16384))


async def test_a_slot_on_its_way_is_told_by_both_who_have_it(
    servers: RealServers, cluster: Cluster
) -> None:
    source, target, _ = cluster.primaries()
    real = {node.port: node for node in servers.nodes}
    slot = (await cluster.holding(source)).ranges[0][0]
    move = servers.move(slot, real[target.port])
    move.begin()
    assert (await cluster.holding(source)).migrating == {slot: target}
    assert (await cluster.holding(target)).importing == {slot: source}
    move.whole(servers.primaries())
    assert not (await cluster.holding(source)).migrating
    servers.move_slots([slot], real[source.port])


async def test_closing_leaves_no_task_no_socket_and_no_timer(servers: RealServers) -> None:
    tasks, sockets = asyncio.all_tasks(), open_sockets()
    cluster = Cluster(options(servers))
    await cluster.start()
    writes = [asyncio.create_task(cluster.write(key, b"SET", key, key)) for key in KEYS]
    await asyncio.sleep(0)
    await cluster.close()
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert all(one == b"OK" or isinstance(one, StorageUnavailable) for one in outcomes)
    assert asyncio.all_tasks() == tasks
    assert open_sockets() == sockets
    assert timers() == []


def open_sockets() -> int:
    links = (str(one.readlink()) for one in Path("/proc/self/fd").iterdir() if one.is_symlink())
    return sum(link.startswith("socket:") for link in links)


def timers() -> list[asyncio.TimerHandle]:
    loop = asyncio.get_running_loop()
    found = (one for one in gc.get_objects() if isinstance(one, asyncio.TimerHandle))
    return [one for one in found if not one.cancelled() and one.when() > loop.time()]


async def test_nothing_is_asked_after_the_end(cluster: Cluster) -> None:
    await cluster.close()
    with pytest.raises(StorageUnavailable):
        await cluster.read(b"key", b"GET", b"key")
    assert not cluster.available
