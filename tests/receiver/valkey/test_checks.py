"""What is said at the start of a cluster that does not hold what is promised."""

import logging

import pytest

from receiver.storage import StorageError, StorageUnavailable
from receiver.storage.servers import Durability, Servers
from receiver.storage.valkey.cluster import Cluster
from scripts.valkey_servers import Servers as RealServers
from tests.receiver.valkey.clients import Settings, options
from tests.receiver.valkey.fake import INFO, Fake, Words, bulk


async def said(servers: Servers, caplog: pytest.LogCaptureFixture) -> str:
    """Return what is logged at a start that works."""
    cluster = Cluster(servers)
    await cluster.start()
    await cluster.close()
    return "\n".join(one.message for one in caplog.records if one.levelno == logging.WARNING)


async def test_of_a_cluster_that_holds_it_all_nothing_is_said(
    servers: RealServers, set_up: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    set_up("maxmemory", "100mb")
    assert await said(options(servers), caplog) == ""


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("maxmemory-policy", "volatile-lru", "drops rows when memory is short"),
        ("maxmemory", "0", "has no maxmemory"),
        ("cluster-node-timeout", "60000", "is given up only after 60 seconds of silence"),
        ("cluster-require-full-coverage", "yes", "while another shard has no primary"),
        ("save", "3600 1", "keep what is deleted: set save"),
        ("repl-diskless-load", "disabled", "keep what is deleted: set repl-diskless-load"),
        ("repl-diskless-sync", "no", "keep what is deleted: set repl-diskless-sync"),
        ("slowlog-log-slower-than", "10000", "with rows in them that may be deleted"),
        ("appendfsync", "everysec", "writes to its disk too seldom (appendfsync everysec)"),
        ("no-appendfsync-on-rewrite", "yes", "keeps nothing while it rewrites"),
    ],
)
async def test_what_does_not_hold_is_said_with_its_remedy(
    servers: RealServers,
    set_up: Settings,
    caplog: pytest.LogCaptureFixture,
    name: str,
    value: str,
    sentence: str,
) -> None:
    set_up("maxmemory", "100mb")
    set_up(name, value)
    text = await said(options(servers), caplog)
    assert sentence in text
    assert len(text.splitlines()) == 1
    # Once for all, by name.
    assert all(node.address in text for node in servers.nodes)


async def test_disks_are_not_looked_at_where_memory_is_enough(
    servers: RealServers, set_up: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    set_up("maxmemory", "100mb")
    set_up("appendfsync", "no")
    set_up("appendonly", "no")
    assert await said(options(servers, durability=Durability.MEMORY), caplog) == ""
    with pytest.raises(StorageError, match="writes nothing to its disk: set appendonly to yes"):
        await said(options(servers), caplog)


async def test_a_cluster_without_replicas_keeps_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with RealServers(1, 0) as alone, pytest.raises(StorageError, match="has no replica"):
        await said(options(alone), caplog)


async def test_a_cluster_that_was_not_made_yet_is_refused(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def says(words: Words) -> bytes | None:
        return b"*0\r\n" if words == [b"CLUSTER", b"SLOTS"] else None

    async with Fake(says) as fake:
        with pytest.raises(StorageError, match="No node has any slots: give them out"):
            await said(fake.servers, caplog)


async def test_a_server_that_is_no_cluster_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    async def says(words: Words) -> bytes | None:
        refused = b"-ERR This instance has cluster support disabled\r\n"
        return refused if words[0] == b"CLUSTER" else None

    async with Fake(says) as fake:
        with pytest.raises(StorageError, match="cluster support disabled"):
            await said(fake.servers, caplog)


@pytest.mark.parametrize(
    ("version", "text"),
    [
        (b"redis_version:7.2.4\r\nvalkey_version:7.2.9\r\n", "is valkey 7.2.9"),
        (b"redis_version:7.0.15\r\n", "is redis 7.0.15, install Valkey 8 or newer"),
    ],
)
async def test_an_old_server_is_refused(
    caplog: pytest.LogCaptureFixture, version: bytes, text: str
) -> None:
    async def says(words: Words) -> bytes | None:
        return bulk(version + b"aof_enabled:1\r\n") if words[0] == b"INFO" else None

    async with Fake(says) as fake:
        with pytest.raises(StorageError, match=text):
            await said(fake.servers, caplog)


async def test_a_node_that_is_nearly_full_is_named(caplog: pytest.LogCaptureFixture) -> None:
    async def says(words: Words) -> bytes | None:
        return bulk(INFO + b"used_memory:90\r\n") if words[0] == b"INFO" else None

    async with Fake(says) as fake:
        assert "uses more than 80% of its maxmemory" in await said(fake.servers, caplog)


async def test_redis_is_taken_from_7_2_on(caplog: pytest.LogCaptureFixture) -> None:
    async def says(words: Words) -> bytes | None:
        about = b"redis_version:7.2.0\r\naof_enabled:1\r\nmaxmemory_policy:noeviction\r\n"
        return bulk(about) if words[0] == b"INFO" else None

    async with Fake(says) as fake:
        assert "install" not in await said(fake.servers, caplog)


async def test_where_nobody_answers_the_start_says_who_was_asked() -> None:
    cluster = Cluster(Servers(hosts=(("127.0.0.1", 1),)))
    with pytest.raises(StorageUnavailable, match=r"127\.0\.0\.1:1 refuses connections"):
        await cluster.start()


async def test_the_start_is_possible_while_a_node_is_away(
    servers: RealServers, caplog: pytest.LogCaptureFixture
) -> None:
    servers.replicas_of(servers.primaries()[0])[0].kill()
    text = await said(options(servers), caplog)
    assert "could not be looked at" in text or "has no maxmemory" in text
