"""Connections that are slow, silent, half closed or reset, or that don't speak HTTP."""

import asyncio
import json
import logging
import resource
import socket
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from receiver.intake import Patience
from tests.receiver import child
from tests.receiver.intake.wire import A_MOMENT, assert_unharmed, connection, head
from tests.receiver.reports import base_report
from tests.receiver.running import Receiver, StartReceiver
from tests.receiver.waiting import at_most

HURRY = Patience(body=0.2, head=0.4, rest=0.1)


@pytest.fixture
async def hasty(start_receiver: StartReceiver) -> Receiver:
    """Return a receiver that does not wait for long."""
    return await start_receiver(patience=HURRY)


async def test_a_slow_sender_is_told_so_and_cut_off(hasty: Receiver) -> None:
    async with connection(hasty, "a slow sender to be cut off") as (reader, writer):
        writer.write(head(1000) + b"{")
        await writer.drain()
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 408 ")
    await assert_unharmed(hasty)


@pytest.mark.parametrize("start", [b"", b"POST /v1 HT", b"POST /v1 HTTP/1.1\r\nHost: local"])
async def test_a_head_that_does_not_end_is_cut_off(hasty: Receiver, start: bytes) -> None:
    async with connection(hasty, "a head without an end to be cut off") as (reader, writer):
        writer.write(start)
        await writer.drain()
        assert await reader.read() == b""
    await assert_unharmed(hasty)


async def test_a_silent_connection_is_closed_after_its_request(hasty: Receiver) -> None:
    body = json.dumps(base_report()).encode()
    async with connection(hasty, "a silent connection to be closed") as (reader, writer):
        writer.write(head(len(body)) + body)
        await writer.drain()
        assert (await reader.read()).startswith(b"HTTP/1.1 200 ")


async def test_a_hundred_slow_senders_hold_nobody_up(receiver: Receiver) -> None:
    pairs = [await asyncio.open_connection("127.0.0.1", receiver.port) for _ in range(100)]
    for _, writer in pairs:
        writer.write(head(1000) + b"{")
    await assert_unharmed(receiver)
    for _, writer in pairs:
        writer.close()


async def assert_takes_a_report(running: child.Child) -> None:
    async with (
        at_most(A_MOMENT, lambda: "a report to be taken"),
        aiohttp.ClientSession() as session,
        session.post(f"{running.url}/v1", json=base_report()) as answer,
    ):
        assert answer.status == 200


async def test_more_slow_senders_than_a_process_may_have_files_hold_nobody_up(
    tmp_path: Path,
) -> None:
    few = 128
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (few, limits[1]))
    with child.receiver(tmp_path / "analytics.db") as running, ExitStack() as stack:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        address = urlsplit(running.url)
        for _ in range(few):
            slow = socket.create_connection((address.hostname, address.port))
            stack.enter_context(slow).sendall(head(1000) + b"{")
        await assert_takes_a_report(running)


async def test_a_slow_sender_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with child.receiver(tmp_path / "analytics.db") as running:
        address = urlsplit(running.url)
        with socket.create_connection((address.hostname, address.port)) as slow:
            slow.sendall(head(1000) + b"{")
            # Answered after the slow one was taken up.
            await assert_takes_a_report(running)
            assert await asyncio.to_thread(running.stop) == (0, "")
            # Cut off, not waited for until it gets its 408.
            assert slow.recv(1000) == b""


@pytest.mark.parametrize("whole", [True, False])
async def test_a_half_closed_connection_ends(receiver: Receiver, whole: bool) -> None:
    body = json.dumps(base_report()).encode()
    async with connection(receiver, "a half closed connection to be closed") as (reader, writer):
        writer.write(head(len(body)) + (body if whole else body[:-1]))
        writer.write_eof()
        await reader.read()
    await assert_unharmed(receiver)
    assert len(receiver.rows()) == 1 + whole


async def test_a_connection_that_is_reset_harms_nothing(receiver: Receiver) -> None:
    body = json.dumps(base_report()).encode()
    for _ in range(20):
        async with connection(receiver, "a connection") as (_, writer):
            writer.write(head(len(body)) + body)
            writer.transport.abort()
    await assert_unharmed(receiver)


@pytest.mark.parametrize(
    "request_bytes",
    ids=("TLS", "null byte", "negative length", "two lengths", "long header"),
    argvalues=[
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"DELETE /v1/0123456789abcdef0123456789abcdef\x00 HTTP/1.1\r\n\r\n",
        head("-5"),
        head("5", "Transfer-Encoding: chunked"),
        head(0, "X: " + "y" * 20_000),
    ],
)
async def test_what_is_no_http_is_refused(
    receiver: Receiver, request_bytes: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with connection(receiver, "what is no HTTP to be refused") as (reader, writer):
        writer.write(request_bytes)
        answer = await reader.read()
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))
    assert_nameless(answer)
    assert "0123456789abcdef" not in caplog.text
    assert "127.0.0.1" not in caplog.text
    await assert_unharmed(receiver)


def assert_nameless(answer: bytes) -> None:
    """Make sure that a refusal says what is expected, and not what software this is."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"aiohttp" not in head.lower()
    assert b"python" not in head.lower()
    assert json.loads(body) == {"error": "expected HTTP"}


async def test_pipelined_reports_are_all_taken(receiver: Receiver) -> None:
    bodies = [json.dumps(base_report()).encode() for _ in range(20)]
    async with connection(receiver, "all reports to be taken") as (reader, writer):
        writer.writelines(head(len(body)) + body for body in bodies)
        answers = b""
        while answers.count(b"HTTP/1.1 200 OK") < len(bodies):
            answers += await reader.readuntil(b"\r\n\r\n")
    assert len(receiver.rows()) == len(bodies)
