"""Rows that are kept by the day, and such as only take the place of another, on each engine."""

import asyncio
import time

import pytest

from receiver.storage.errors import NotKeptError
from receiver.storage.valkey import keys
from receiver.storage.writing import Store
from scripts.valkey_servers import Servers
from tests.receiver.rows import row, told
from tests.receiver.stores.engines import DAYS, Engine, Valkey
from tests.receiver.valkey.clients import connected, options
from tests.receiver.valkey.held import held

DAY = 24 * 3600
KEY, OTHER = bytes([1] * 16), bytes([2] * 16)
# In the midst of a day that is not over for long, so that nothing goes by itself.
NOON = int(time.time()) // DAY * DAY - DAY // 2
MORNING = NOON - DAY // 2
HUE, ZHA = told(integrations=["hue"]), told(integrations=["zha"])


@pytest.fixture
async def store(engine: Engine) -> Store:
    """Return a receiver's."""
    return await engine.receiver()


async def times(engine: Engine) -> tuple[int, int]:
    """Return from when to when the only row is."""
    (known,) = (await engine.rows()).values()
    return known.stored.first_seen, known.stored.last_seen


async def test_of_a_coarse_time_only_the_day_is_kept(engine: Engine, store: Store) -> None:
    await store.put(row(KEY, NOON + 1, told=HUE, coarse=True))
    assert await times(engine) == (MORNING, MORNING)
    await store.put(row(KEY, NOON + 2, told=ZHA, coarse=True))
    assert await times(engine) == (MORNING, MORNING)
    await store.put(row(KEY, NOON + DAY + 3, told=ZHA, coarse=True))
    assert await times(engine) == (MORNING, MORNING + DAY)


async def test_what_tells_the_same_on_a_day_leaves_a_coarse_row(
    engine: Engine, store: Store
) -> None:
    await store.put(row(KEY, MORNING, told=HUE, coarse=True))
    before = await engine.rows()
    await store.put(row(KEY, MORNING + DAY - 1, told=HUE, coarse=True))
    assert await engine.rows() == before


async def test_a_coarse_row_goes_by_its_day(engine: Engine, store: Store) -> None:
    await store.put(row(KEY, NOON, coarse=True))
    assert await store.expire(MORNING) == 0
    assert await store.expire(MORNING + 1) == 1
    assert await engine.rows() == {}


async def test_a_coarse_row_that_came_in_doubt_is_dated_anew_by_the_day(
    engine: Engine, store: Store
) -> None:
    await store.put(row(KEY, NOON - 9 * DAY, coarse=True, doubted=True))
    await store.redate(NOON, to_come=NOON + 3600, stop=lambda: False)
    assert await times(engine) == (MORNING, MORNING)
    await store.put(row(KEY, NOON + 9 * DAY, coarse=True))
    await store.redate(NOON, to_come=NOON + 3600, stop=lambda: False)
    assert await times(engine) == (MORNING, MORNING)


async def test_a_cluster_lets_a_coarse_row_go_by_its_day(servers: Servers, valkey: Valkey) -> None:
    store = await valkey.receiver()
    place = keys.row_key(KEY)
    await store.put(row(KEY, NOON, coarse=True))
    node = await asyncio.to_thread(servers.primary_of, place)
    left = await asyncio.to_thread(node.call, "PTTL", place)
    kept = (MORNING + DAYS - NOON) * 1_000
    # Some of it has passed.
    assert kept - 60_000 < left <= kept


async def test_what_has_to_be_known_takes_the_place_of_a_row(engine: Engine, store: Store) -> None:
    await store.put(row(KEY, NOON, told=HUE))
    await store.put(row(KEY, NOON + 1, told=ZHA, known=True))
    (known,) = (await engine.rows()).values()
    assert known.report["integrations"] == ["zha"]


async def test_nothing_is_kept_of_what_has_to_be_known_and_is_not(
    engine: Engine, store: Store
) -> None:
    with pytest.raises(NotKeptError):
        await store.put(row(KEY, NOON, told=HUE, known=True, dropped=("more",)))
    assert await engine.rows() == {}
    assert await engine.names() == set()
    assert await engine.dropped(store) == {}
    # That is no fault.
    assert store.available


async def test_what_comes_at_once_is_kept_or_not_each_by_itself(
    engine: Engine, store: Store
) -> None:
    await store.put(row(KEY, NOON, told=HUE))
    kept, refused, other = await asyncio.gather(
        store.put(row(KEY, NOON, told=ZHA, known=True)),
        store.put(row(OTHER, NOON, told=ZHA, known=True)),
        store.put(row(bytes(16), NOON, told=ZHA)),
        return_exceptions=True,
    )
    assert (kept, other) == (None, None)
    assert isinstance(refused, NotKeptError)
    assert (await engine.rows()).keys() == {KEY, bytes(16)}


async def test_what_was_deleted_or_is_too_old_is_not_known(engine: Engine, store: Store) -> None:
    await store.put(row(KEY, NOON))
    await store.put(row(OTHER, NOON))
    await store.delete(KEY)
    await store.expire(NOON + 1)
    for key in (KEY, OTHER):
        with pytest.raises(NotKeptError):
            await store.put(row(key, NOON + 2, known=True))
    assert await engine.rows() == {}


async def test_what_was_deleted_meanwhile_does_not_come_back(
    servers: Servers, valkey: Valkey
) -> None:
    store = await valkey.receiver()
    await store.put(row(KEY, NOON, told=HUE))
    late_one = row(KEY, NOON, known=True)
    async with connected(options(servers)) as cluster, held(cluster, late_one) as late:
        await store.delete(KEY)
    assert late.written is False
    assert await valkey.rows() == {}
    with pytest.raises(NotKeptError):
        await store.put(row(KEY, NOON, known=True))
