"""What another program has put where the receiver keeps things."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from receiver.storage import StorageError
from receiver.storage.valkey import keys
from receiver.storage.valkey.reading import faults_of, reading
from scripts.valkey_servers import Servers
from tests.receiver.rows import row
from tests.receiver.stores.engines import Valkey
from tests.receiver.valkey.clients import options
from tests.receiver.valkey.filled import send

KEY = bytes([7] * 16)


@pytest.fixture
async def engine(servers: Servers) -> AsyncIterator[Valkey]:
    async with AsyncExitStack() as stack:
        yield Valkey(stack, several=True, servers=servers)


@pytest.mark.parametrize("key", keys.KINDS)
async def test_a_key_of_another_kind_is_said_at_the_start_and_by_check(
    servers: Servers, engine: Valkey, key: bytes
) -> None:
    send(servers, {key: [(b"DEL", key), (b"SADD", key, b"secret")]})
    said = rf"^{key.decode()} is no \w+: another program uses this cluster: delete that key"
    with pytest.raises(StorageError, match=said) as caught:
        await engine.receiver()
    assert "secret" not in str(caught.value)
    found = await asyncio.to_thread(faults_of, options(servers))
    assert sum(key.decode() in one for one in found) == 1


async def test_what_is_none_of_the_receivers_there_is_left_out(
    servers: Servers, engine: Valkey
) -> None:
    store = await engine.receiver()
    await store.put(row(KEY, 1))
    send(
        servers,
        {
            keys.NAMES: [(b"HSET", keys.NAMES, b"none", b"\xff")],
            keys.DROPPED: [(b"HSET", keys.DROPPED, b"\xff", 1, b"one", b"no", b"two", 2)],
            keys.PUBLISHED: [(b"HSET", keys.PUBLISHED, b"time", 5)],
            keys.SEEN: [(b"SET", keys.SEEN, b"never")],
        },
    )
    again = await engine.receiver()
    assert await again.published(-1) is None
    await again.seen()
    await again.tell()
    with reading(options(servers)) as kept:
        assert {*kept.codes()}
        assert kept.dropped() == {"two": 2}
        assert kept.published(-1) is None
