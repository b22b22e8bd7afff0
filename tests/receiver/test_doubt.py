"""What came while the clock was doubted is dated anew, whatever happens until that is done."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import orjson
import pytest

from receiver.intake.ids import key_of
from receiver.keys import CLOCK
from receiver.schema import words
from receiver.storage import StorageUnavailable
from receiver.storage.sqlite import back_up
from tests.receiver.disk import locked
from tests.receiver.doubting import (
    TEN,
    again,
    assert_believes,
    assert_nothing_is_to_come,
    assert_waits,
    counted,
    report,
    with_a_past,
)
from tests.receiver.reports import new_id, stop_event, valid_report
from tests.receiver.running import Receiver, StartReceiver

DAY = 24 * 3600
# With the ten they are dated anew in four parts.
MANY = [new_id() for _ in range(160)]

type Restart = Callable[[StartReceiver, Receiver], Awaitable[Receiver]]


async def after_seventy_days(start: StartReceiver) -> Receiver:
    """Return a receiver that was off for so long, whose homes still report, and many new ones."""
    receiver = await with_a_past(start, count_after=7, smallest_group=1)
    receiver.clock.move(days=70)
    receiver = await again(start, receiver)
    await report(receiver, [*TEN, *MANY])
    return receiver


async def dated_anew(receiver: Receiver) -> AsyncGenerator[int]:
    """Let it look for what is due, and yield how many rows are dated anew, after each part."""
    query = f"SELECT sum(latest > {receiver.clock() - DAY}) AS done FROM installation"
    known = 0
    sweep = asyncio.create_task(receiver.sweep())
    try:
        while not sweep.done():
            (row,) = receiver.rows(query)
            if row["done"] != known:
                yield (known := row["done"])
            await asyncio.sleep(0)
    finally:
        sweep.cancel()
        with suppress(asyncio.CancelledError):
            await sweep


async def assert_all_live_and_none_counts_early(receiver: Receiver) -> None:
    await receiver.sweep()
    await assert_believes(receiver)
    living = {key_of(one) for one in [*TEN, *MANY]}
    assert living <= {row["key"] for row in receiver.rows()}
    assert living == {row.key for row in receiver.kept() if row.events}
    await receiver.post_all(valid_report(uuid=one) for one in MANY[:20])
    assert await receiver.publish()
    assert await counted(receiver) == 10


async def test_wherever_dating_anew_was_interrupted_the_next_start_goes_on(
    start_receiver: StartReceiver, tmp_path: Path
) -> None:
    receiver = await after_seventy_days(start_receiver)
    receiver.clock.move(days=1)
    copies = []
    async for done in dated_anew(receiver):
        copies.append(tmp_path / f"{done}.db")
        back_up(receiver.database, copies[-1])
    # After its first part, its last, and those between.
    assert len(copies) >= 4
    for copy in copies:
        receiver = await again(start_receiver, receiver, store=copy)
        # Also before that is done.
        assert await receiver.publish()
        assert await counted(receiver) == 10
        await assert_all_live_and_none_counts_early(receiver)


async def test_who_was_heard_only_before_a_restart_in_the_wait_lives(
    start_receiver: StartReceiver,
) -> None:
    receiver = await after_seventy_days(start_receiver)
    receiver.clock.move(hours=2)
    receiver = await again(start_receiver, receiver)
    await receiver.sweep()
    receiver.clock.move(days=1)
    await assert_all_live_and_none_counts_early(receiver)


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_leap_while_rows_are_dated_anew_is_one_more_doubt(
    start_receiver: StartReceiver, *, restarted: bool
) -> None:
    receiver = await after_seventy_days(start_receiver)
    receiver.clock.move(days=1)
    parts = dated_anew(receiver)
    first = await anext(parts)
    receiver.clock.jump(days=400)
    receiver.app[CLOCK].look()
    await receiver.post_all([valid_report(uuid=TEN[0])])
    # The next part is not begun.
    assert [done async for done in parts if done > first + 1] == []
    if restarted:
        receiver = await again(start_receiver, receiver)
    await assert_waits(receiver)
    receiver.clock.jump(days=-400)
    await assert_all_live_and_none_counts_early(receiver)


@pytest.mark.parametrize("minutes", [-50, 50])
async def test_a_clock_that_is_corrected_while_rows_are_dated_anew_costs_nothing(
    start_receiver: StartReceiver, minutes: float
) -> None:
    receiver = await after_seventy_days(start_receiver)
    receiver.clock.move(days=1)
    parts = dated_anew(receiver)
    await anext(parts)
    receiver.clock.jump(minutes=minutes)
    receiver.app[CLOCK].look()
    await parts.aclose()
    await receiver.post_all([valid_report(uuid=MANY[-1])])
    receiver = await again(start_receiver, receiver)
    await assert_all_live_and_none_counts_early(receiver)
    assert_nothing_is_to_come(receiver)


async def test_who_came_shortly_before_an_outage_is_not_kept_longer(
    start_receiver: StartReceiver,
) -> None:
    receiver = await with_a_past(start_receiver)
    receiver.clock.move(minutes=30)
    await report(receiver, [new_id()])
    receiver.clock.move(days=50)
    receiver = await again(start_receiver, receiver)
    receiver.clock.move(hours=2)
    receiver = await again(start_receiver, receiver)
    receiver.clock.move(days=1)
    await assert_believes(receiver)
    # A bit over 61 days after its last report, of which one was doubted.
    receiver.clock.move(days=10)
    await receiver.sweep()
    assert not receiver.rows()


async def nothing(_start: StartReceiver, receiver: Receiver) -> Receiver:
    return receiver


async def restart_once_believed(start: StartReceiver, receiver: Receiver) -> Receiver:
    with locked(receiver.database), pytest.raises(StorageUnavailable):
        await receiver.sweep()
    return await again(start, receiver)


@pytest.mark.parametrize("between", [nothing, again, restart_once_believed])
@pytest.mark.parametrize("last", ["in doubt", "believed"])
async def test_the_latest_event_stays_the_latest(
    start_receiver: StartReceiver, between: Restart, last: str
) -> None:
    receiver = await with_a_past(start_receiver, count_after=0, smallest_group=1)
    receiver.clock.move(days=30)
    receiver = await again(start_receiver, receiver)
    one = new_id()
    await receiver.post_all([valid_report(uuid=one)])
    # Of which none is the same as another.
    for length in words.RUN_STEPS:
        receiver.clock.move(hours=2)
        event = stop_event(uuid=one, run_duration=length, unclean_ends="repeated")
        await receiver.post_events([event])
    if last == "believed":
        receiver.clock.move(days=1)
        receiver = await between(start_receiver, receiver)
    await receiver.post_events([stop_event(uuid=one, unclean_ends="recovered")])
    receiver.clock.move(hours=23)
    receiver = await between(start_receiver, receiver)
    receiver.clock.move(days=1)
    await receiver.sweep()
    await assert_believes(receiver)
    _, body = await receiver.get("/stability.json")
    assert orjson.loads(body)["unclean_ends"] == {"recovered": 1}


async def test_an_event_after_the_clock_was_set_right_is_later_than_those_before(
    start_receiver: StartReceiver,
) -> None:
    receiver = await with_a_past(start_receiver, count_after=0, smallest_group=1)
    one = new_id()
    await receiver.post_all([valid_report(uuid=one)])
    receiver.clock.jump(days=400)
    for row in ("first", "repeated"):
        await receiver.post_events([stop_event(uuid=one, unclean_ends=row)])
    receiver.clock.move(minutes=10)
    receiver.clock.jump(days=-400)
    await receiver.post_events([stop_event(uuid=one, unclean_ends="recovered")])
    receiver.clock.move(minutes=10)
    await assert_believes(receiver)
    _, body = await receiver.get("/stability.json")
    assert orjson.loads(body)["unclean_ends"] == {"recovered": 1}
