"""No jump of a clock deletes, thins or publishes, and nothing from the future stays for longer."""

import time
from typing import Any

import orjson
import pytest

from receiver.clock import Clock as Believed
from receiver.intake.ids import key_of
from receiver.keys import STORE
from receiver.storage import StorageUnavailable
from receiver.storage.writing.changes import MAX_EVENTS
from tests.receiver import child
from tests.receiver.disk import locked
from tests.receiver.doubting import (
    LOGGED,
    TEN,
    WAITS,
    again,
    assert_believes,
    assert_nothing_is_to_come,
    assert_waits,
    counted,
    days,
    health,
    report,
    today,
    with_a_past,
)
from tests.receiver.reports import new_id, start_event, valid_report
from tests.receiver.rows import event, row, told_of_event
from tests.receiver.running import Clock, Receiver, StartReceiver

DAY = 24 * 3600
# Ahead and back, for so long that all is too old, and for so short that only figures are wrong.
FAR = [{"days": 400}, {"days": -400}, {"hours": -2}]


@pytest.mark.parametrize("jump", [*FAR, {"hours": 49}], ids=str)
async def test_a_start_with_a_wrong_clock_costs_nothing(
    start_receiver: StartReceiver, jump: dict[str, float], caplog: pytest.LogCaptureFixture
) -> None:
    receiver = await with_a_past(start_receiver)
    past = await days(receiver)
    receiver.clock.jump(**jump)
    receiver = await again(start_receiver, receiver)
    await assert_waits(receiver)
    await report(receiver, TEN[:5])
    assert caplog.text.count(LOGGED) == 1
    receiver.clock.jump(**{unit: -much for unit, much in jump.items()})
    receiver = await again(start_receiver, receiver)
    await assert_believes(receiver)
    assert {key_of(uuid) for uuid in TEN} <= {row["key"] for row in receiver.rows()}
    assert past.keys() <= (await days(receiver)).keys() <= {*past, today(receiver)}
    assert await counted(receiver) == 10
    assert all(receiver.clock() - row.stored.last_seen < 600 for row in receiver.kept())


@pytest.mark.parametrize("jump", [*FAR, {"hours": 2}], ids=str)
async def test_a_clock_that_leaps_while_it_runs_costs_nothing(
    start_receiver: StartReceiver, jump: dict[str, float], caplog: pytest.LogCaptureFixture
) -> None:
    receiver = await with_a_past(start_receiver)
    past = await days(receiver)
    receiver.clock.jump(**jump)
    await assert_waits(receiver)
    receiver.clock.move(hours=22)
    await assert_waits(receiver)
    assert caplog.text.count(LOGGED) == 1
    receiver.clock.jump(**{unit: -much for unit, much in jump.items()})
    await assert_believes(receiver)
    assert past.keys() <= (await days(receiver)).keys() <= {*past, today(receiver)}
    assert {key_of(uuid) for uuid in TEN} <= {row["key"] for row in receiver.rows()}


@pytest.mark.parametrize("hours", [-0.9, 47])
async def test_who_was_off_for_a_weekend_does_not_wait(
    start_receiver: StartReceiver, hours: float
) -> None:
    receiver = await with_a_past(start_receiver)
    receiver.clock.jump(hours=hours)
    await assert_believes(await again(start_receiver, receiver))


async def test_a_machine_that_was_suspended_does_not_wait(start_receiver: StartReceiver) -> None:
    receiver = await with_a_past(start_receiver)
    receiver.clock.move(days=9)
    await report(receiver, TEN)
    await assert_believes(receiver)
    suspended = time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
    assert Believed().steady() == pytest.approx(suspended, abs=5)


async def test_a_new_receiver_believes_any_clock(start_receiver: StartReceiver) -> None:
    clock = Clock()
    clock.jump(days=-10_000)
    receiver = await start_receiver(clock=clock)
    await report(receiver, TEN)
    await assert_believes(receiver)
    assert await counted(receiver) == 10


async def test_who_was_off_for_long_waits_a_day_and_loses_nobody_who_reports(
    start_receiver: StartReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver = await with_a_past(start_receiver)
    receiver.clock.move(days=70)
    receiver = await again(start_receiver, receiver)
    await assert_waits(receiver)
    await report(receiver, TEN[:5])
    receiver.clock.move(hours=22.9)
    await assert_waits(receiver)
    # It does not count as old while nothing can be published.
    assert await health(receiver) == (200, "waiting", [WAITS])
    receiver.clock.move(hours=0.2)
    await receiver.sweep()
    await assert_believes(receiver)
    assert caplog.text.count("believed again") == 1
    kept = {row["key"] for row in receiver.rows()}
    assert {key_of(uuid) for uuid in TEN[:5]} <= kept
    assert kept.isdisjoint({key_of(uuid) for uuid in TEN[5:]})
    assert sum(len(row.events) for row in receiver.kept()) == 5
    assert await counted(receiver) == 5
    # As the receiver has it after another start.
    receiver = await again(start_receiver, receiver)
    await assert_believes(receiver)
    receiver.clock.move(days=60, hours=1)
    await receiver.sweep()
    assert not receiver.rows()


async def test_a_clock_that_goes_on_leaping_confirms_nothing(start_receiver: StartReceiver) -> None:
    receiver = await with_a_past(start_receiver)
    for _ in range(4):
        receiver.clock.jump(days=100)
        await assert_waits(receiver)
        receiver.clock.move(hours=22)
    await assert_waits(receiver)


async def test_daily_restarts_do_not_make_it_wait_for_ever(start_receiver: StartReceiver) -> None:
    receiver = await with_a_past(start_receiver)
    receiver.clock.move(days=30)
    receiver = await again(start_receiver, receiver)
    await assert_waits(receiver)
    receiver.clock.move(hours=23, minutes=58)
    await assert_believes(receiver)


async def test_what_came_before_a_clock_was_put_right_is_not_of_the_day_before(
    start_receiver: StartReceiver,
) -> None:
    receiver = await with_a_past(start_receiver, count_after=1, smallest_group=1)
    receiver.clock.move(days=1.5)
    receiver.clock.jump(days=-400)
    receiver = await again(start_receiver, receiver)
    forged = new_id()
    await report(receiver, [forged])
    assert await health(receiver) == (200, "waiting", [WAITS])
    # As the network tells the time to a machine that had none.
    receiver.clock.jump(days=400)
    await report(receiver, [forged])
    await assert_believes(receiver)
    assert await counted(receiver) == 10


async def test_a_restart_begins_the_wait_anew(start_receiver: StartReceiver) -> None:
    receiver = await with_a_past(start_receiver)
    receiver.clock.move(days=30)
    for _ in range(3):
        receiver = await again(start_receiver, receiver)
        await assert_waits(receiver)
        receiver.clock.move(hours=22)
    receiver.clock.move(hours=2)
    await receiver.sweep()
    await assert_believes(receiver)


@pytest.mark.parametrize("restarted", [False, True])
async def test_what_a_clock_that_was_ahead_has_left_is_gone_a_day_later(
    start_receiver: StartReceiver, *, restarted: bool
) -> None:
    """As of a receiver that believed it, for a day or because it was of an earlier version."""
    receiver = await with_a_past(start_receiver)
    receiver.clock.jump(days=400)
    await report(receiver, TEN)
    receiver.clock.move(days=1)
    await report(receiver, TEN)
    await receiver.sweep()
    await assert_believes(receiver)
    ahead = today(receiver)
    receiver.clock.jump(days=-400)
    if restarted:
        receiver = await again(start_receiver, receiver)
    await assert_waits(receiver)
    late = new_id()
    await report(receiver, [late])
    receiver.clock.move(days=1, seconds=1)
    await receiver.sweep()
    await assert_believes(receiver)
    assert ahead not in await days(receiver)
    receiver = await again(start_receiver, receiver)
    await assert_believes(receiver)
    receiver.clock.move(days=60, seconds=1)
    await receiver.sweep()
    assert not receiver.rows()


async def test_nothing_is_of_a_time_to_come_however_it_got_there(receiver: Receiver) -> None:
    """As in a backup that took the database's place while the receiver ran."""
    writer, later = receiver.app[STORE], int(receiver.clock()) + 400 * DAY
    for number in range(120):
        key = number.to_bytes(16)
        await writer.put(row(key, later))
        await writer.put(event(key, later))
    await writer.save_published(later, b"{}", "2028-01-01", b"{}")
    await receiver.sweep()
    assert len(receiver.rows()) == 120
    assert_nothing_is_to_come(receiver)


async def test_what_is_of_a_time_to_come_counts_for_nobody(start_receiver: StartReceiver) -> None:
    """As between the moment when a clock is believed again and that when it is dated anew."""
    receiver = await with_a_past(start_receiver, count_after=7, smallest_group=1)
    before = await stability(receiver)
    forged = new_id()
    await receiver.post_all([valid_report(uuid=forged)])
    to_come = int(receiver.clock()) + 400 * DAY
    await receiver.app[STORE].put(row(key_of(forged), to_come))
    start = told_of_event({"version": "2027.12.0", "event": "start"})
    await receiver.app[STORE].put(event(key_of(TEN[0]), to_come, told=start))
    assert await receiver.publish()
    assert await counted(receiver) == 10
    assert await stability(receiver) == before


async def stability(receiver: Receiver) -> dict[str, Any]:
    """Return what is published of runs, without the time of it."""
    _, body = await receiver.get("/stability.json")
    return {name: value for name, value in orjson.loads(body).items() if name != "last_updated"}


async def test_one_row_from_the_future_deletes_nobody(start_receiver: StartReceiver) -> None:
    receiver = await with_a_past(start_receiver)
    later = int(receiver.clock()) + 400 * DAY
    await receiver.app[STORE].put(row(bytes(16), later))
    receiver = await again(start_receiver, receiver)
    await assert_waits(receiver)
    receiver.clock.move(days=1)
    await assert_believes(receiver)
    assert {key_of(uuid) for uuid in TEN} <= {row["key"] for row in receiver.rows()}


async def test_events_that_come_while_it_is_set_back_are_not_the_oldest(
    start_receiver: StartReceiver,
) -> None:
    receiver = await with_a_past(start_receiver)
    for number in range(MAX_EVENTS):
        await receiver.post_events([start_event(uuid=TEN[0], version=f"2026.{number:04}.0")])
    receiver.clock.jump(days=-3)
    receiver.clock.move(seconds=2)
    await receiver.post_events([start_event(uuid=TEN[0], version="2027.1.0")])
    (known,) = [one for one in receiver.kept() if one.key == key_of(TEN[0])]
    assert ("2027.1.0", None) in known.events[0]["starts"]


@pytest.mark.parametrize("restarted", [False, True])
async def test_days_that_nobody_lived_through_count_for_nobody(
    start_receiver: StartReceiver, *, restarted: bool
) -> None:
    """Whoever comes first while time is counted on has not come when it was."""
    receiver = await with_a_past(start_receiver, count_after=7, smallest_group=1)
    receiver.clock.move(days=30)
    receiver = await again(start_receiver, receiver)
    forged = [new_id() for _ in range(3)]
    await report(receiver, forged)
    if restarted:
        receiver.clock.move(hours=2)
        receiver = await again(start_receiver, receiver)
        assert await health(receiver) == (200, "waiting", [WAITS])
    receiver.clock.move(days=1, seconds=1)
    # Once the clock is believed, and before what was stored is put right.
    with locked(receiver.database), pytest.raises(StorageUnavailable):
        await receiver.sweep()
    await report(receiver, forged[:2])
    assert await receiver.publish()
    assert await counted(receiver) == 10
    await receiver.sweep()
    await report(receiver, forged)
    await assert_believes(receiver)
    assert await counted(receiver) == 10
    receiver.clock.move(days=6, hours=23)
    await report(receiver, forged)
    await assert_believes(receiver)
    assert await counted(receiver) == 10
    receiver.clock.move(hours=2)
    await report(receiver, forged)
    await assert_believes(receiver)
    assert await counted(receiver) == 13


async def test_a_clock_that_was_a_bit_ahead_holds_nobody_back(receiver: Receiver) -> None:
    one = valid_report()
    receiver.clock.jump(minutes=50)
    await receiver.post_all([one])
    receiver.clock.jump(minutes=-50)
    await receiver.post_all([one])
    (known,) = receiver.kept()
    assert known.stored.first_seen == known.stored.last_seen


async def test_the_program_itself_says_what_it_waits_for(start_receiver: StartReceiver) -> None:
    receiver = await with_a_past(start_receiver)
    await receiver.stop()
    with child.receiver(receiver.database) as running:
        async with receiver.session.get(f"{running.url}/healthz") as answer:
            assert answer.status == 200
            assert WAITS in await answer.text()
        status, log = running.stop()
    assert status == 0
    assert log.count(LOGGED) == 1
