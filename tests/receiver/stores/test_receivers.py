"""Two and three whole receivers on one cluster, as homes and readers see them."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from receiver.intake.ids import key_of
from receiver.keys import PUBLISHER, STORE
from scripts.valkey_servers import Servers
from tests.receiver.reports import base_report, new_id, start_event, valid_report
from tests.receiver.running import Clock, Receiver, StartReceiver
from tests.receiver.stores.engines import Valkey
from tests.receiver.valkey.clients import options
from tests.receiver.waiting import at_most

PATIENCE = 30


@pytest.fixture
async def three(servers: Servers, start_receiver: StartReceiver) -> list[Receiver]:
    """Return receivers on one cluster."""
    return [await start_receiver(store=options(servers)) for _ in range(3)]


async def test_a_home_may_talk_to_another_receiver_each_time(
    three: list[Receiver], valkey: Valkey
) -> None:
    uuid = new_id()
    for one in three:
        await one.post_all([valid_report(uuid=uuid)])
        await one.post_events([start_event(uuid=uuid)])
    (known,) = (await valkey.rows()).values()
    assert known.report["integrations"]
    assert len(known.events) == 1
    for one in three:
        assert (await one.get("/healthz"))[0] == 200
    assert await three[2].delete(uuid) == 204
    assert await valkey.rows() == {}


async def test_all_show_what_one_has_published(three: list[Receiver]) -> None:
    # What they do by themselves at their start is done then.
    for one in three:
        await one.publish()
    time = await published_by(three[0])
    for one in three:
        await one.app[PUBLISHER].follow()
    answers = [await read(one) for one in three]
    assert orjson.loads(answers[0][1])["last_updated"] == time
    assert answers[1:] == answers[:1] * 2


async def test_what_two_were_told_is_counted_once_and_as_in_a_file(
    servers: Servers, start_receiver: StartReceiver, valkey: Valkey
) -> None:
    clock = Clock()
    choices: dict[str, Any] = {"smallest_group": 1, "clock": clock}
    file = await start_receiver(**choices)
    two = [await start_receiver(store=options(servers), **choices) for _ in range(2)]
    reports = [valid_report(version=f"2026.{number % 5 + 1}.0") for number in range(40)]
    events = [start_event(uuid=report["uuid"]) for report in reports[::2]]
    for number, report in enumerate(reports):
        await two[number % 2].post_all([report])
    for number, told in enumerate(events):
        await two[number % 2].post_events([told])
    await file.post_all(reports)
    await file.post_events(events)
    # One that both have, and one that is gone.
    await two[1].post_all(reports[:3])
    for one in (file, two[0]):
        assert await one.delete(reports[-1]["uuid"]) == 204
        assert await one.publish()
    assert await two[1].app[PUBLISHER].follow()
    answers = [await read(one) for one in two]
    assert answers[0] == answers[1]
    figures = [orjson.loads((await read(one))[1]) for one in (file, *two)]
    for one in figures:
        del one["last_updated"]
    assert figures[0]["active_installations"] == len(reports) - 1
    assert figures[1:] == figures[:1] * 2


async def test_what_one_has_published_is_shown_within_seconds(
    servers: Servers, start_receiver: StartReceiver
) -> None:
    one = await start_receiver(store=options(servers), publish_every=3600)
    time = await published_by(one)
    async with at_most(PATIENCE, lambda: "the figures to be shown"):
        while orjson.loads((await read(one))[1])["last_updated"] != time:
            await asyncio.sleep(0.1)


async def test_reports_go_on_while_a_primary_is_gone(
    three: list[Receiver], servers: Servers, valkey: Valkey
) -> None:
    await three[0].post_all([base_report()])
    primary = await asyncio.to_thread(servers.primary_of, b"i:")
    primary.kill()
    taken: set[str] = set()

    async def report(receiver: Receiver) -> None:
        for _ in range(40):
            uuid = new_id()
            status, _ = await receiver.post(base_report(uuid=uuid))
            assert status in {200, 503}
            if status == 200:
                taken.add(uuid)

    await asyncio.gather(*map(report, three))
    await asyncio.to_thread(servers.wait_until_whole)
    assert taken
    assert set(map(key_of, taken)) <= (await valkey.rows()).keys()


async def published_by(receiver: Receiver) -> int:
    """Publish figures that are newer than all others, and return of when they are."""
    seconds = int(receiver.clock()) + 5
    figures = receiver.app[PUBLISHER].figures | {"last_updated": seconds * 1_000}
    day = datetime.fromtimestamp(seconds, UTC).date().isoformat()
    assert await receiver.app[STORE].save_published(
        seconds, orjson.dumps(figures), day, orjson.dumps(figures)
    )
    return seconds * 1_000


async def read(receiver: Receiver) -> tuple[Any, bytes]:
    """Return the tag of the figures, and these."""
    async with receiver.session.get(receiver.url("/current_data.json")) as answer:
        assert answer.status == 200
        return answer.headers["ETag"], await answer.read()
