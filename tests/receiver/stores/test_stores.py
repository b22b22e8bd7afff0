"""What is asked of what keeps rows, whichever engine that is."""

import asyncio
import time
from typing import Any

import pytest

from receiver.storage.writing import Published, Store
from receiver.storage.writing.changes import MAX_EVENTS, UNCHANGED_FOR
from scripts.kept_rows import KeptRow
from tests.receiver.reports import start_event
from tests.receiver.rows import event, row, told, told_of_event
from tests.receiver.stores.engines import Engine

DAY = 24 * 3600
KEY, OTHER = bytes([1] * 16), bytes([2] * 16)
TOLD = told(integrations=["hue", "zha"])
MOST_DROPPED = 1_000


@pytest.fixture
def now() -> int:
    """Return a time that is not so old that what is of then goes by itself."""
    return int(time.time())


@pytest.fixture
async def store(engine: Engine) -> Store:
    """Return a receiver's."""
    return await engine.receiver()


async def only(engine: Engine) -> KeptRow:
    """Return what is kept of the only installation."""
    (known,) = (await engine.rows()).values()
    return known


async def test_a_report_is_kept_by_name(engine: Engine, store: Store, now: int) -> None:
    await store.put(row(KEY, now, told=TOLD.at("DE", None)))
    known = await only(engine)
    assert known.key == KEY
    assert known.report["integrations"] == ["hue", "zha"]
    assert known.report["places"] == [("DE", None)]
    assert (known.stored.first_seen, known.stored.last_seen) == (now, now)
    assert store.available
    assert not store.upgrading


@pytest.mark.parametrize("later", [1, UNCHANGED_FOR - 1])
async def test_a_report_that_tells_the_same_leaves_its_row(
    engine: Engine, store: Store, now: int, later: int
) -> None:
    await store.put(row(KEY, now, told=TOLD))
    before = await engine.rows()
    await store.put(row(KEY, now + later, told=TOLD))
    assert await engine.rows() == before


@pytest.mark.parametrize(
    "again",
    [
        {"time": UNCHANGED_FOR},
        # A clock that was ahead, and one that is doubted.
        {"time": -1},
        {"time": 1, "doubted": True},
        {"time": 1, "told": TOLD.at("DE", None)},
        {"time": 1, "told": told(integrations=["hue"])},
    ],
    ids=str,
)
async def test_what_is_not_the_same_is_written(
    engine: Engine, store: Store, now: int, again: dict[str, Any]
) -> None:
    await store.put(row(KEY, now, told=TOLD))
    await store.put(row(KEY, **{"told": TOLD, **again, "time": now + again["time"]}))
    known = await only(engine)
    assert known.stored.last_seen == now + again["time"]
    assert known.stored.last_doubted == again.get("doubted", False)


async def test_events_are_beside_the_report(engine: Engine, store: Store, now: int) -> None:
    await store.put(event(KEY, now - 5))
    await store.put(row(KEY, now, told=TOLD))
    await store.put(event(KEY, now + 1, told=told_of_event(start_event())))
    # Once more, for who got no answer.
    await store.put(event(KEY, now + 1, told=told_of_event(start_event())))
    known = await only(engine)
    assert known.report["integrations"] == ["hue", "zha"]
    assert [one.time for one in known.stored.events] == [now + 1, now - 5]


async def test_all_that_comes_at_once_for_one_home_is_kept(
    engine: Engine, store: Store, now: int
) -> None:
    events = [
        event(KEY, now, told=told_of_event(start_event(version=f"2026.1.{number}")))
        for number in range(MAX_EVENTS)
    ]
    await asyncio.gather(store.put(row(KEY, now, told=TOLD)), *map(store.put, events))
    known = await only(engine)
    assert known.report["integrations"] == ["hue", "zha"]
    assert len(known.stored.events) == MAX_EVENTS


async def test_a_deletion_takes_report_and_events(engine: Engine, store: Store, now: int) -> None:
    await store.delete(KEY)
    for key in (KEY, OTHER):
        await store.put(row(key, now))
        await store.put(event(key, now))
    await store.delete(KEY)
    assert (await engine.rows()).keys() == {OTHER}
    await store.put(event(KEY, now))
    known = (await engine.rows())[KEY]
    assert (known.report, len(known.events)) == ({}, 1)


async def test_what_is_too_old_goes_and_what_is_newer_stays(
    engine: Engine, store: Store, now: int
) -> None:
    await store.put(row(KEY, now - 9 * DAY))
    await store.put(event(KEY, now))
    await store.put(row(OTHER, now - DAY))
    await store.put(event(OTHER, now - 9 * DAY))
    await store.put(row(bytes(16), now - 9 * DAY))
    assert await store.expire(now - 8 * DAY) == 2
    rows = await engine.rows()
    assert rows.keys() == {KEY, OTHER}
    assert (rows[KEY].report, len(rows[KEY].events)) == ({}, 1)
    assert (rows[OTHER].stored.last_seen, rows[OTHER].events) == (now - DAY, [])
    assert await store.expire(now - 8 * DAY) == 0


async def test_who_reports_is_kept_by_a_clock_that_is_beyond_what_rows_can_have(
    engine: Engine, store: Store
) -> None:
    await store.put(row(b"now" * 5 + b"!", 2**33))
    await store.put(row(b"before" * 2 + b"then", 1_800_000_000))
    await store.expire(2**33 - 60 * DAY)
    assert (await engine.rows()).keys() == {b"now" * 5 + b"!"}


async def test_what_came_in_doubt_is_dated_anew(engine: Engine, store: Store, now: int) -> None:
    await store.put(row(KEY, now - 9 * DAY, doubted=True))
    await store.put(row(OTHER, now + 9 * DAY))
    await store.put(event(OTHER, now + 9 * DAY))
    await store.put(row(bytes(16), now - DAY))
    await store.save_published(now + 9 * DAY, b"{}", "2026-11-30", b"{}")
    await store.redate(now, to_come=now + 3600, stop=lambda: True)
    assert (await engine.rows())[KEY].stored.doubted
    await store.redate(now, to_come=now + 3600, stop=lambda: False)
    rows = await engine.rows()
    assert {key: one.stored.latest for key, one in rows.items()} == {
        KEY: now,
        OTHER: now,
        bytes(16): now - DAY,
    }
    assert not any(one.stored.doubted for one in rows.values())
    assert await store.seen() == now


async def test_the_latest_time_is_known_after_a_restart(
    engine: Engine, store: Store, now: int
) -> None:
    assert await store.seen() is None
    await store.put(row(KEY, now - 5))
    await store.put(event(OTHER, now))
    await store.close()
    again = await engine.receiver()
    assert await again.seen() == now
    await again.save_published(now + 9, b"{}", "2026-11-30", b"{}")
    assert await again.seen() == now + 9


async def test_figures_and_history_are_kept_and_thinned(store: Store) -> None:
    assert await store.published(after=-1) is None
    assert await store.save_published(1, b'{"a":1}', "2026-11-24", b'{"d":1}')
    assert await store.save_published(2, b'{"a":2}', "2026-11-25", b'{"d":2}')
    assert await store.save_published(
        3, b'{"a":3}', "2026-11-25", b'{"d":3}', obsolete=["2026-11-24"]
    )
    published = Published(time=3, figures=b'{"a":3}', days=("2026-11-25",))
    assert await store.published(after=2) == published
    assert await store.published(after=3) is None
    wanted = ["2026-11-24", "2026-11-25"]
    assert await store.days(wanted) == [("2026-11-25", b'{"d":3}')]


async def test_names_of_dropped_keys_are_bounded(engine: Engine, store: Store, now: int) -> None:
    names = tuple(f"key_{number}" for number in range(MOST_DROPPED + 50))
    for version in ("2026.10.4", "2026.11.0"):
        report = row(KEY, now, told=told(version=version), dropped=names)
        await store.put(report)
        # Once more, for who got no answer: that counts for nothing.
        await store.put(report)
    counts = await engine.dropped(store)
    assert len(counts) == MOST_DROPPED
    assert set(counts.values()) == {2}


async def test_a_name_that_is_in_no_row_goes(engine: Engine, store: Store, now: int) -> None:
    await store.put(row(KEY, now, told=told(integrations=["hue", "nobody_elses"])))
    await store.put(row(OTHER, now, told=told(integrations=["hue"])))
    await store.delete(KEY)
    for _ in range(2):
        await store.begin_sweep()
        assert not await store.sweep(await engine.uses())
    assert {"hue"} == await engine.names() & {"hue", "nobody_elses"}


async def test_a_sweep_that_did_not_begin_is_none(engine: Engine, store: Store, now: int) -> None:
    await store.put(row(KEY, now, told=TOLD))
    before = await engine.names()
    for _ in range(2):
        assert not await store.sweep({})
    assert await engine.names() == before


async def test_it_is_the_only_receivers_turn(store: Store) -> None:
    for _ in range(2):
        async with store.turn("count") as ours:
            assert ours
