"""Two and three whole receivers on one cluster, as homes and readers see them."""

import asyncio
import time
from typing import Any

import orjson
import pytest

from receiver.keys import PUBLISHER, STORE
from scripts.valkey_servers import Servers
from tests.receiver.reports import base_report, new_id, start_event, valid_report
from tests.receiver.running import Receiver, StartReceiver
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
    first, *others = three
    figures = first.app[PUBLISHER].figures | {"last_updated": int(time.time()) * 1_000}
    day = time.strftime("%Y-%m-%d", time.gmtime())
    assert await first.app[STORE].save_published(
        figures["last_updated"] // 1_000, day, orjson.dumps(figures)
    )
    for one in three:
        assert await one.app[PUBLISHER].follow()
    answers = [await read(one) for one in three]
    assert orjson.loads(answers[0][1])["last_updated"] == figures["last_updated"]
    assert answers[1:] == answers[:1] * len(others)


async def test_what_one_has_published_is_shown_within_seconds(
    servers: Servers, start_receiver: StartReceiver
) -> None:
    one = await start_receiver(store=options(servers), publish_every=3600)
    figures = one.app[PUBLISHER].figures | {"last_updated": int(time.time()) * 1_000}
    await one.app[STORE].save_published(
        figures["last_updated"] // 1_000, "2026-11-30", orjson.dumps(figures)
    )
    async with at_most(PATIENCE, lambda: "the figures to be shown"):
        while orjson.loads((await read(one))[1])["last_updated"] != figures["last_updated"]:
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
    assert len(await valkey.rows()) >= len(taken)


async def read(receiver: Receiver) -> tuple[Any, bytes]:
    """Return the tag of the figures, and these."""
    async with receiver.session.get(receiver.url("/current_data.json")) as answer:
        assert answer.status == 200
        return answer.headers["ETag"], await answer.read()
