"""Snapshots of devices, as Home Assistant and the plugin send them."""

import asyncio
import gzip
import json
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Any

import pytest

from receiver.intake import Patience
from receiver.intake.body import Flight
from receiver.intake.ids import snapshot_key_of
from receiver.intake.lanes import MOST_IN_FLIGHT, MOST_ORDINARY, Lane, Lanes
from receiver.intake.worker import Worker, WorkerError
from receiver.keys import OUTCOMES
from receiver.schema import devices as tables
from receiver.schema.snapshots.taken import MAX_DEVICES
from receiver.unpacking import MOST_BODY
from tests.receiver.disk import holds, until_gone
from tests.receiver.intake.wire import A_MOMENT, assert_unharmed, connection
from tests.receiver.reports import base_report
from tests.receiver.running import Receiver, StartReceiver
from tests.receiver.snapshots import (
    CLIENT,
    HEADER,
    PATH,
    delete,
    device,
    post,
    post_again,
    send,
    snapshot,
    taken,
)
from tests.receiver.waiting import at_most

DAY = 24 * 3600
MEGABYTE = 1 << 20
GZIP = {**CLIENT, "Content-Encoding": "gzip"}
PACKED = gzip.compress(json.dumps(snapshot()).encode())
UNKNOWN = "0123456789abcdef" * 2
MALFORMED, INVALID = "malformed-submission", "invalid-submission-identifier"


def head(headers: dict[str, str], length: int) -> bytes:
    """Return what comes before a body of so many bytes."""
    lines = (f"{name}: {value}" for name, value in headers.items())
    first = (f"POST {PATH} HTTP/1.1", "Host: x", *lines, f"Content-Length: {length}")
    return "\r\n".join((*first, "", "")).encode()


def models(receiver: Receiver) -> list[str]:
    """Return the models of the only snapshot that is kept."""
    (known,) = receiver.kept()
    return [model for _, model in known.report[tables.MODELS]]


async def test_a_snapshot_is_kept_and_answered_with_an_identifier(receiver: Receiver) -> None:
    identifier = await taken(receiver, snapshot())
    assert models(receiver) == ["Lamp 0"]
    (known,) = receiver.kept()
    assert known.report["reported"] == ["devices"]
    assert known.key == snapshot_key_of(identifier)


async def test_a_snapshot_takes_the_place_of_the_one_before(receiver: Receiver) -> None:
    identifier = await taken(receiver, snapshot(device(1)))
    assert await taken(receiver, snapshot(device(2)), identifier) == identifier
    assert models(receiver) == ["Lamp 2"]


async def test_each_identifier_is_another_one_and_long(receiver: Receiver) -> None:
    found = {await taken(receiver, snapshot()) for _ in range(3)}
    assert len(found) == len(receiver.kept()) == 3
    assert {len(bytes.fromhex(one)) for one in found} == {16}


async def test_a_report_and_a_snapshot_of_a_home_have_nothing_in_common(
    receiver: Receiver,
) -> None:
    await receiver.post_all([base_report()])
    await taken(receiver, snapshot())
    report, sent = sorted(receiver.kept(), key=lambda row: tables.MODELS in row.report)
    assert report.key != sent.key
    assert report.stored.last_seen % DAY
    assert (sent.stored.first_seen % DAY, sent.stored.last_seen % DAY) == (0, 0)
    assert "places" not in sent.report


@pytest.mark.parametrize("told", [UNKNOWN, "", "x", UNKNOWN.upper(), UNKNOWN + "0", "é"])
async def test_an_identifier_that_is_not_known_is_refused_and_nothing_kept(
    receiver: Receiver, told: str
) -> None:
    status, answer = await post(receiver, snapshot(), told)
    assert (status, answer["kind"]) == (400, INVALID)
    assert answer["message"]
    assert not receiver.rows()
    assert not receiver.rows("SELECT * FROM name")
    assert not receiver.rows("SELECT * FROM dropped_key")


async def test_two_identifiers_are_none(receiver: Receiver) -> None:
    identifier = await taken(receiver, snapshot())
    headers = [*CLIENT.items(), (HEADER, identifier), (HEADER, identifier)]
    async with receiver.session.post(
        receiver.url(PATH), json=snapshot(), headers=headers
    ) as answer:
        assert (answer.status, (await answer.json())["kind"]) == (400, INVALID)


async def test_an_identifier_that_was_deleted_does_not_come_back(receiver: Receiver) -> None:
    identifier = await taken(receiver, snapshot())
    assert await delete(receiver, identifier) == 204
    assert not receiver.rows()
    status, answer = await post(receiver, snapshot(), identifier)
    assert (status, answer["kind"]) == (400, INVALID)
    assert not receiver.rows()


async def test_a_snapshot_goes_60_days_after_the_last_one(receiver: Receiver) -> None:
    identifier = await taken(receiver, snapshot())
    receiver.clock.move(days=30)
    assert await taken(receiver, snapshot(), identifier) == identifier
    receiver.clock.move(days=59)
    await receiver.sweep()
    assert len(receiver.rows()) == 1
    receiver.clock.move(days=1, seconds=1)
    await receiver.sweep()
    assert not receiver.rows()
    assert (await post(receiver, snapshot(), identifier))[1]["kind"] == INVALID


async def test_a_deletion_answers_the_same_whatever_there_was(receiver: Receiver) -> None:
    identifier = await taken(receiver, snapshot())
    for one in (identifier, identifier, UNKNOWN, "x", "%00", "a" * 4_000, "a%2Fb"):
        assert await delete(receiver, one) == 204
    assert not receiver.rows()


async def test_a_report_is_not_deleted_by_an_identifier(receiver: Receiver) -> None:
    report = base_report()
    await receiver.post_all([report])
    assert await delete(receiver, report["uuid"]) == 204
    assert len(receiver.rows()) == 1


async def test_a_deleted_snapshot_leaves_no_bytes(receiver: Receiver) -> None:
    only_here = "Lamp that nobody else has"
    identifier = await taken(receiver, snapshot(device(model=only_here)))
    await taken(receiver, snapshot())
    (row,) = [row for row in receiver.rows() if row["key"] == snapshot_key_of(identifier)]
    assert holds(receiver.database, only_here)
    assert await delete(receiver, identifier) == 204
    await until_gone(receiver.database, row["row"])
    await until_gone(receiver.database, snapshot_key_of(identifier))
    await receiver.publish()
    await until_gone(receiver.database, only_here)


async def test_the_identifier_is_in_no_file(receiver: Receiver) -> None:
    identifier = await taken(receiver, snapshot())
    assert holds(receiver.database, snapshot_key_of(identifier))
    assert not holds(receiver.database, identifier)
    assert not holds(receiver.database, bytes.fromhex(identifier))


async def test_neither_identifiers_nor_paths_nor_bodies_are_logged(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    identifier = await taken(receiver, snapshot(device(model="secret")))
    await post(receiver, snapshot(), UNKNOWN)
    await post(receiver, b'{"secret": 5}')
    await delete(receiver, identifier)
    own = [record for record in caplog.records if not record.name.startswith("asyncio")]
    for text in (identifier, UNKNOWN, "secret", PATH):
        assert text not in "".join(record.getMessage() for record in own)


async def test_it_says_where_snapshots_go(receiver: Receiver) -> None:
    _, body = await receiver.get("/v1")
    assert json.loads(body)["snapshots"] == {"path": PATH, "deletes": True}


async def test_it_takes_them_below_the_path_of_its_address(start_receiver: StartReceiver) -> None:
    receiver = await start_receiver(base_url="https://example.com/analytics")
    for root in ("", "/analytics"):
        url = f"{receiver.url('').rstrip('/')}{root}"
        status, answer = await send(receiver.session, url, snapshot())
        assert status == 200
        gone = f"{url}{PATH}/{answer['submission_identifier']}"
        async with receiver.session.delete(gone) as deleted:
            assert deleted.status == 204
    assert not receiver.rows()


@pytest.mark.parametrize("agent", ["curl/8", "", "Home-Assistant/2026.11", "home-assistant"])
async def test_who_is_no_home_assistant_is_refused(receiver: Receiver, agent: str) -> None:
    status, answer = await post(receiver, snapshot(), headers={"User-Agent": agent})
    assert (status, answer["kind"]) == (400, MALFORMED)
    assert not receiver.rows()


async def test_a_gzip_body_is_taken(receiver: Receiver) -> None:
    status, _ = await post(receiver, PACKED, headers=GZIP)
    assert status == 200
    assert models(receiver) == ["Lamp 0"]


async def test_the_largest_home_is_taken(receiver: Receiver) -> None:
    devices = [device(number % 700) for number in range(MAX_DEVICES)]
    body = json.dumps(snapshot(*devices)).encode()
    body += b" " * (MOST_BODY - len(body))
    status, _ = await post_again(receiver, body)
    assert status == 200
    assert len(models(receiver)) > 300


async def test_many_snapshots_at_once_are_all_kept(receiver: Receiver) -> None:
    sent = [snapshot(device(number)) for number in range(50)]
    found = await asyncio.gather(*(taken(receiver, one) for one in sent))
    kept = {row.key: row for row in receiver.kept()}
    for number, identifier in enumerate(found):
        (named,) = kept[snapshot_key_of(identifier)].report[tables.MODELS]
        assert named[1] == f"Lamp {number}"


async def test_what_was_dropped_is_counted(receiver: Receiver) -> None:
    await taken(receiver, snapshot({**device(), "serial_number": "x"}))
    (counted,) = receiver.rows("SELECT * FROM dropped_key")
    assert counted == {"name": "snapshot.devices.serial_number", "count": 1}


async def test_outcomes_are_counted(receiver: Receiver) -> None:
    identifier = await taken(receiver, snapshot())
    await post(receiver, b"{")
    await post(receiver, snapshot(), UNKNOWN)
    await delete(receiver, identifier)
    assert receiver.app[OUTCOMES] == {"accepted": 1, "refused": 2, "deleted": 1}


async def test_too_many_from_one_address_have_to_wait(start_receiver: StartReceiver) -> None:
    receiver = await start_receiver(rate_limit=2, trusted_proxy=(ip_network("127.0.0.0/8"),))
    headers = {**CLIENT, "X-Forwarded-For": "192.0.2.1"}
    identifier = (await post(receiver, snapshot(), headers=headers))[1]["submission_identifier"]
    assert await delete(receiver, identifier, headers=headers) == 204
    async with receiver.session.post(
        receiver.url(PATH), json=snapshot(), headers=headers
    ) as refused:
        assert refused.status == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
    other = {**CLIENT, "X-Forwarded-For": "192.0.2.2"}
    assert (await post(receiver, snapshot(), headers=other))[0] == 200


async def test_no_web_page_sends_or_deletes_snapshots(receiver: Receiver) -> None:
    identifier = await taken(receiver, snapshot())
    page = {"Origin": "https://example.com"}
    status, answer = await post(receiver, snapshot(), headers={**CLIENT, **page})
    assert (status, "no web page" in answer["error"]) == (403, True)
    assert await delete(receiver, identifier, headers=page) == 403
    assert len(receiver.rows()) == 1


async def test_a_slow_sender_is_told_so(start_receiver: StartReceiver) -> None:
    receiver = await start_receiver(patience=Patience(snapshot=0.2))
    async with connection(receiver, "a slow sender to be told so") as (reader, writer):
        writer.write(head(CLIENT, 9) + b"{")
        assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")


async def test_one_address_has_one_snapshot_under_way(start_receiver: StartReceiver) -> None:
    """Else a few addresses that are slow, or send what takes long, would keep all others out."""
    receiver = await start_receiver(rate_limit=1_000, trusted_proxy=(ip_network("127.0.0.0/8"),))
    slow, other = ({**CLIENT, "X-Forwarded-For": f"192.0.2.{one}"} for one in (1, 2))
    async with connection(receiver, "a slow sender to be answered") as (reader, writer):
        writer.write(head(slow, 2) + b"{")
        async with at_most(A_MOMENT, lambda: "a second snapshot to be refused"):
            while (refused := await post(receiver, snapshot(), headers=slow))[0] == 200:
                pass
        assert (refused[0], "at once" in refused[1]["error"]) == (503, True)
        assert (await post(receiver, snapshot(), headers=other))[0] == 200
        writer.write(b"}")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
    assert (await post(receiver, snapshot(), headers=slow))[0] == 200


HOSTILE: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 400),
    "cut off": (b"{", 400),
    "null": (b"null", 400),
    "list": (b"[]", 400),
    "NaN": (b'{"hue": NaN}', 400),
    "half a character": (b'{"hue": "\\ud800"}', 400),
    "no UTF-8": (b'{"hue": "\xff"}', 400),
    "UTF-16": (json.dumps(snapshot()).encode("utf-16"), 400),
    "prototype": (b'{"__proto__": []}', 400),
    "deep list": (b"[" * 100_000, 400),
    "deep object": (b'{"a":' * 40_000 + b"1" + b"}" * 40_000, 400),
    "a long name that is wrong": (b'{"%b": 1}' % (b"x" * MEGABYTE), 400),
    "wide list": (b"[%b1]" % (b"1," * (2 * MEGABYTE - 3)), 400),
    "wide objects": (b"[%b{}]" % (b"{}," * MEGABYTE), 400),
    "too many devices": (b'{"hue": {"devices": [%b{}]}}' % (b"{}," * MAX_DEVICES), 413),
    "a byte too long": (b" " * (MOST_BODY + 1), 413),
    "gzip untold": (PACKED, 400),
}
HOSTILE_GZIP: dict[str, tuple[bytes, int]] = {
    "no gzip": (b"no gzip", 400),
    "without end": (PACKED[:-4], 400),
    "with more": (PACKED + b"more", 400),
    "bomb": (gzip.compress(b" " * 50 * MEGABYTE), 413),
    "gzip in gzip": (gzip.compress(gzip.compress(b" " * 50 * MEGABYTE)), 400),
}


async def assert_refused(
    receiver: Receiver, body: bytes, status: int, headers: dict[str, str]
) -> None:
    found, answer = await post_again(receiver, body, headers)
    assert found == status
    if status == 400:
        assert answer["kind"] == MALFORMED
        assert 0 < len(answer["message"]) < 1_000
    else:
        assert answer["error"]
    assert not receiver.rows()
    await taken(receiver, snapshot())
    await assert_unharmed(receiver)


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_hostile_snapshot_is_refused_in_words(receiver: Receiver, kind: str) -> None:
    await assert_refused(receiver, *HOSTILE[kind], CLIENT)


@pytest.mark.parametrize("kind", HOSTILE_GZIP)
async def test_so_is_one_that_is_packed(receiver: Receiver, kind: str) -> None:
    await assert_refused(receiver, *HOSTILE_GZIP[kind], GZIP)


@pytest.mark.parametrize("encoding", ["deflate", "br", "gzip, gzip"])
async def test_another_encoding_is_refused(receiver: Receiver, encoding: str) -> None:
    headers = {**CLIENT, "Content-Encoding": encoding}
    assert (await post(receiver, PACKED, headers=headers))[0] == 415


async def test_what_is_taken_at_once_has_an_end(receiver: Receiver) -> None:
    """Whoever sends more than there is room for is told to come again, and reports are taken."""
    many = 2 * MOST_IN_FLIGHT // MOST_BODY
    body = json.dumps(snapshot()).encode().ljust(MOST_BODY - 1)
    answers = await asyncio.gather(*(post(receiver, body) for _ in range(many)))
    statuses = {status for status, _ in answers}
    assert 200 in statuses
    assert statuses <= {200, 503}
    assert len(receiver.rows()) == sum(status == 200 for status, _ in answers)
    await taken(receiver, snapshot())


@asynccontextmanager
async def slow_large(receiver: Receiver, flight: Flight) -> AsyncIterator[None]:
    """Send one that is larger than an ordinary one, but for its last byte."""
    length = MOST_ORDINARY + 1
    sender = {**CLIENT, "X-Forwarded-For": "192.0.2.1"}
    async with connection(receiver, "a slow sender to be answered", 300) as (reader, writer):
        writer.write(head(sender, length) + b" " * (length - 1))
        while flight.now < length - 1:
            await asyncio.sleep(0)
        yield
        writer.write(b" ")
        # It is no snapshot, and was waited for.
        assert (await reader.readline()).startswith(b"HTTP/1.1 400 ")


class InChunks:
    """A body whose length is not told."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield it; also when it is sent again."""
        yield json.dumps(snapshot()).encode()


MAYBE_LARGE: dict[str, tuple[Any, dict[str, str]]] = {
    "large": (json.dumps(snapshot()).encode().ljust(MOST_ORDINARY + 1), CLIENT),
    "packed": (PACKED, GZIP),
    "in chunks": (InChunks(), CLIENT),
}


@pytest.mark.parametrize("kind", MAYBE_LARGE)
async def test_what_is_or_may_be_large_keeps_out_none_but_each_other(
    start_receiver: StartReceiver, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Else whoever has some addresses and much time keeps all others out."""
    large = Lane(worker=Worker(what="Large snapshots"), flight=Flight(MOST_ORDINARY + 10))
    lanes = Lanes(large=large)
    monkeypatch.setattr("receiver.intake.intake.Lanes", lambda: lanes)
    receiver = await start_receiver(trusted_proxy=(ip_network("127.0.0.0/8"),))
    body, headers = MAYBE_LARGE[kind]
    async with slow_large(receiver, large.flight):
        status, refused = await post(receiver, body, headers=headers)
        assert (status, "at once" in refused["error"]) == (503, True)
        assert (await post_again(receiver, snapshot()))[0] == 200
    assert (await post_again(receiver, body, headers))[0] == 200
    assert [large.flight.now, lanes.ordinary.flight.now] == [0, 0]


async def test_a_large_one_that_takes_long_holds_no_ordinary_one_up(
    start_receiver: StartReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs = (sys.executable, "-c", "import time; time.sleep(1000)")
    large = Lane(worker=Worker(hangs, what="Large snapshots", patience=1000))
    monkeypatch.setattr("receiver.intake.intake.Lanes", lambda: Lanes(large=large))
    receiver = await start_receiver()
    body = json.dumps(snapshot()).encode().ljust(MOST_ORDINARY + 1)
    waiting = asyncio.create_task(post(receiver, body))
    async with at_most(A_MOMENT, lambda: "a large snapshot to arrive"):
        while large.flight.now < len(body):
            await asyncio.sleep(0)
    assert (await post_again(receiver, snapshot()))[0] == 200
    assert not waiting.done()
    await large.worker.stop()
    assert (await waiting)[0] == 503


async def test_an_ordinary_one_may_take_less_time_than_a_large_one(
    start_receiver: StartReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("receiver.intake.lanes.SECONDS", 0.001)
    receiver = await start_receiver()
    body = json.dumps(snapshot(*map(device, range(700)))).encode()
    assert MOST_ORDINARY / 2 < len(body) <= MOST_ORDINARY
    status, refused = await post_again(receiver, body)
    assert (status, "in less time" in refused["error"]) == (413, True)
    assert (await post_again(receiver, body.ljust(MOST_ORDINARY + 1)))[0] == 200


async def test_without_the_process_that_unpacks_it_is_told_to_come_again(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise WorkerError

    monkeypatch.setattr(Worker, "unpack", fail)
    async with receiver.session.post(
        receiver.url(PATH), json=snapshot(), headers=CLIENT
    ) as refused:
        assert refused.status == 503
        assert int(refused.headers["Retry-After"]) > 0
    assert receiver.app[OUTCOMES] == {"unavailable": 1}
    await assert_unharmed(receiver)
