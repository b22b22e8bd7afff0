"""Connections that end, hang or are not there, and what was sent by them."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from receiver.storage import StorageUnavailable
from receiver.storage.valkey.cluster import Cluster
from tests.receiver.valkey.clients import connected
from tests.receiver.valkey.fake import Fake, Says, Words, hang

KEY = b"row"
SET = (KEY, b"SET", KEY, b"text")


@pytest.fixture
async def cluster(fake: Fake) -> AsyncIterator[Cluster]:
    async with connected(fake.servers) as cluster:
        yield cluster


async def test_a_write_whose_connection_ends_is_not_sent_again(
    fake: Fake, cluster: Cluster
) -> None:
    fake.says = broken_once(b"SET")
    with pytest.raises(StorageUnavailable, match="ended the connection"):
        await cluster.write(*SET)
    assert fake.told.count([b"SET", KEY, b"text"]) == 1


async def test_what_may_be_done_twice_is_sent_again(fake: Fake, cluster: Cluster) -> None:
    fake.says = broken_once(b"SET")
    assert await cluster.write(*SET, again=True) == b"OK"
    fake.says = broken_once(b"GET")
    assert await cluster.read(KEY, b"GET", KEY) == b"OK"
    assert fake.told.count([b"SET", KEY, b"text"]) == 2


def broken_once(command: bytes) -> Says:
    broken = False

    async def says(words: Words) -> bytes | None:
        nonlocal broken
        if words[0] == command and KEY in words and not broken:
            broken = True
            raise ConnectionResetError
        return None

    return says


async def test_a_connection_that_was_closed_while_nothing_was_asked_is_made_anew(
    fake: Fake, cluster: Cluster
) -> None:
    await cluster.write(*SET)
    await fake.hang_up()
    assert await cluster.write(*SET) == b"OK"


async def test_a_node_that_takes_connections_and_says_nothing_is_waited_for_some_seconds(
    fake: Fake,
) -> None:
    fake.says = hang
    cluster = Cluster(fake.servers)
    with pytest.raises(StorageUnavailable, match=f"127.0.0.1:{fake.port} does not answer"):
        await cluster.start()


async def test_who_does_not_wait_any_more_changes_nothing_for_others(
    fake: Fake, cluster: Cluster
) -> None:
    given_up = asyncio.create_task(cluster.write(*SET))
    other = asyncio.create_task(cluster.write(b"other", b"SET", b"other", b"text"))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await other == b"OK"


async def test_a_replica_whose_word_takes_long_is_asked_once_more(
    fake: Fake, cluster: Cluster
) -> None:
    asked = asyncio.Event()

    async def says(words: Words) -> bytes | None:
        if words[:2] == [b"WAIT", b"100"]:
            asked.set()
        elif words[0] == b"WAIT":
            # As long as nobody makes the replica speak up.
            await asked.wait()
        return None

    fake.says = says
    assert await cluster.write(*SET) == b"OK"


async def test_where_all_known_nodes_are_gone_those_that_were_named_are_asked() -> None:
    async with Fake() as named, Fake() as successor:
        async with Fake() as first:
            named.elsewhere = first
            cluster = Cluster(named.servers)
            await cluster.start()
            assert await cluster.write(*SET) == b"OK"
        named.elsewhere = successor
        assert await cluster.write(*SET, again=True) == b"OK"
        assert successor.count(b"SET")
        await cluster.close()
