"""A receiver that doubts its clock, as its doors show it: what it then leaves, and what it does."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import orjson

from tests.receiver.reports import base_report, new_id, start_event, valid_report
from tests.receiver.running import Clock, Receiver, StartReceiver

WAITS = "the clock contradicts the time that was stored last"
LOGGED = "follows from the time that was stored last"
TEN = [new_id() for _ in range(10)]


async def report(receiver: Receiver, ids: list[str]) -> None:
    await receiver.post_all(valid_report(uuid=uuid) for uuid in ids)
    await receiver.post_events(start_event(uuid=uuid) for uuid in ids)


async def again(start: StartReceiver, receiver: Receiver, **changes: Any) -> Receiver:
    """Start it again with the same options, database and time, but for what changes."""
    await receiver.stop()
    options = {one.name: getattr(receiver.options, one.name) for one in fields(receiver.options)}
    return await start(clock=receiver.clock, **options | changes)


async def days(receiver: Receiver) -> dict[str, int]:
    """Return how many installations each day of the history has, as anybody can read it."""
    _, body = await receiver.get("/data.json")
    return {
        datetime.fromtimestamp(int(one["timestamp"]) / 1000, UTC).date().isoformat(): one[
            "active_installations"
        ]
        for one in orjson.loads(body)["history"]
    }


async def counted(receiver: Receiver) -> int:
    _, body = await receiver.get("/current_data.json")
    number: int = orjson.loads(body)["active_installations"]
    return number


async def health(receiver: Receiver) -> tuple[int, str, list[str]]:
    """Return the status of the answer, the one in it, and what each line begins with."""
    status, body = await receiver.get("/healthz")
    answer = orjson.loads(body)
    return status, answer["status"], [line.partition(",")[0] for line in answer["problems"]]


async def assert_waits(receiver: Receiver) -> None:
    """Make sure that it takes reports and does nothing that can't be taken back."""
    before = await days(receiver), receiver.rows("SELECT time FROM published")
    known = {row["key"] for row in receiver.rows()}
    assert not await receiver.publish()
    assert await health(receiver) == (200, "waiting", [WAITS])
    assert "open_analytics_clock_believed 0" in (await receiver.get("/metrics"))[1].decode()
    await receiver.sweep()
    await receiver.post_all([base_report()])
    assert known < {row["key"] for row in receiver.rows()}
    assert (await days(receiver), receiver.rows("SELECT time FROM published")) == before


async def assert_believes(receiver: Receiver) -> None:
    await receiver.sweep()
    assert await receiver.publish()
    assert await health(receiver) == (200, "ok", [])
    assert_nothing_is_to_come(receiver)
    assert max(await days(receiver)) == today(receiver)
    assert "open_analytics_clock_believed 1" in (await receiver.get("/metrics"))[1].decode()


def assert_nothing_is_to_come(receiver: Receiver) -> None:
    # A clock that is put right by less than an hour keeps nothing for longer than that.
    soon = receiver.clock() + 3600
    for one in receiver.kept():
        assert one.stored.first_seen <= one.stored.last_seen
        assert one.stored.latest <= soon
    for row in receiver.rows(
        "SELECT latest AS time FROM installation UNION ALL SELECT time FROM published"
    ):
        assert row["time"] <= soon


def today(receiver: Receiver) -> str:
    return datetime.fromtimestamp(receiver.clock(), UTC).date().isoformat()


async def with_a_past(start: StartReceiver, **options: Any) -> Receiver:
    """Return a receiver to which ten have reported for nine days, of which every third is known."""
    receiver = await start(clock=Clock(), **options)
    for _ in range(3):
        await report(receiver, TEN)
        assert await receiver.publish()
        receiver.clock.move(days=3)
    await report(receiver, TEN)
    assert await receiver.publish()
    return receiver
