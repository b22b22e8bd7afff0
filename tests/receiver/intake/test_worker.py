"""The process that unpacks snapshots: how it is kept, and what becomes of it."""

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from receiver.intake.body import BusyError, Flight
from receiver.intake.worker import COMMAND, PATIENCE, TURN, Worker, WorkerError
from receiver.schema import devices as tables
from receiver.unpacking import BodyError
from tests.receiver import child
from tests.receiver.snapshots import device, send, snapshot
from tests.receiver.waiting import at_most

A_MOMENT = 10
BODY = bytearray(json.dumps(snapshot()).encode())
LAMP = ("example lamps", "Lamp 0")

type Start = Callable[..., Worker]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Return what makes workers that are stopped in the end."""
    async with AsyncExitStack() as stack:

        def start(*command: str, patience: float = A_MOMENT) -> Worker:
            worker = Worker(command or COMMAND, what="Snapshots", patience=patience)
            stack.push_async_callback(worker.stop)
            return worker

        yield start


async def unpacked(
    worker: Worker, body: bytearray = BODY, flight: Flight | None = None
) -> list[object]:
    """Return the models of a snapshot."""
    with (flight or Flight(1 << 30)).room() as room:
        told, _ = await worker.unpack([body], room, packed=False)
    return [*told.names[tables.MODELS]]


def processes(of: int) -> list[int]:
    """Return the processes that unpack and that a process has begun, without those that ended."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == of and fields[0] != "Z" and COMMAND[-1].encode() in command:
            found.append(int(folder.name))
    return found


async def test_one_process_unpacks_all(start: Start) -> None:
    worker = start()
    assert processes(os.getpid()) == []
    for _ in range(3):
        assert await unpacked(worker) == [LAMP]
        assert len(processes(os.getpid())) == 1
    await worker.stop()
    assert processes(os.getpid()) == []


async def test_it_begins_anew_where_it_died(start: Start) -> None:
    worker = start()
    await unpacked(worker)
    (process,) = processes(os.getpid())
    os.kill(process, signal.SIGKILL)
    async with at_most(A_MOMENT, lambda: "the end of a process to be known"):
        while Path(f"/proc/{process}").exists():
            await asyncio.sleep(0.01)
    assert await unpacked(worker) == [LAMP]


async def test_it_is_modest_and_ends_with_the_receiver_however_that_ends(tmp_path: Path) -> None:
    with child.receiver(tmp_path / "analytics.db") as running:
        async with aiohttp.ClientSession() as session:
            assert (await send(session, running.url, snapshot()))[0] == 200
        (process,) = processes(running.pid)
        assert os.getpriority(os.PRIO_PROCESS, process) >= 10
        # Neither a terminal nor a service ends it before the receiver has its answers.
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(process, number)
        async with aiohttp.ClientSession() as session:
            assert (await send(session, running.url, snapshot()))[0] == 200
        assert processes(running.pid) == [process]
        running.kill()
        async with at_most(A_MOMENT, lambda: "a process to end with the receiver"):
            while Path(f"/proc/{process}").exists():
                await asyncio.sleep(0.01)


async def test_a_receiver_that_stops_ends_it_without_a_word(tmp_path: Path) -> None:
    with child.receiver(tmp_path / "analytics.db") as running:
        async with aiohttp.ClientSession() as session:
            assert (await send(session, running.url, snapshot()))[0] == 200
        (process,) = processes(running.pid)
        assert await asyncio.to_thread(running.stop) == (0, "")
        assert not Path(f"/proc/{process}").exists()


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import time; time.sleep(100)", "did not answer within 0.5 seconds"),
        ("raise SystemExit(3)", "ended with status 3"),
        (
            "import sys; print(end='\\1\\0\\0\\0x', flush=True); sys.stdin.buffer.read()",
            "said what can't be read",
        ),
        ("import sys; sys.stdout.buffer.write(bytes([9, 0, 0, 0]) + b'[200,')", "status 0"),
    ],
    ids=["hangs", "ends", "babbles", "cuts off"],
)
async def test_what_does_not_answer_is_ended_and_named_without_a_word_of_the_body(
    start: Start, program: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    patience = 0.5 if "sleep" in program else A_MOMENT
    worker = start(sys.executable, "-c", program, COMMAND[-1], patience=patience)
    caplog.set_level(logging.INFO)
    for _ in range(2):
        with pytest.raises(WorkerError):
            await unpacked(worker)
    assert processes(os.getpid()) == []
    # Once.
    assert caplog.text.count("Snapshots can't be unpacked") == 1
    assert said in caplog.text
    assert "Lamp" not in caplog.text


async def test_what_can_not_be_started_is_named(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(WorkerError):
        await unpacked(start("/nowhere/python"))
    assert "can't be started" in caplog.text
    assert "/nowhere/python" in caplog.text


async def test_who_gives_up_costs_nobody_else(start: Start) -> None:
    worker = start()
    given_up = asyncio.create_task(unpacked(worker))
    waiting = asyncio.create_task(unpacked(worker))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await waiting == [LAMP]
    assert given_up.cancelled()


async def test_what_was_let_in_is_unpacked_though_all_room_is_taken(start: Start) -> None:
    worker, flight = start(), Flight(1_000)
    with flight.room() as waiting:
        waiting.ask(1_000)
        assert await unpacked(worker, flight=flight) == [LAMP]
        (process,) = processes(os.getpid())
        # More than that waits to be stored.
        waiting.take(1)
        with pytest.raises(BusyError):
            await unpacked(worker, flight=flight)
        assert processes(os.getpid()) == [process]
    assert await unpacked(worker, flight=flight) == [LAMP]
    assert flight.now == 0


async def test_what_takes_too_long_to_look_through_is_refused(start: Start) -> None:
    worker = start(*COMMAND, "0.01")
    devices = [device(number) for number in range(5_000)]
    with pytest.raises(BodyError) as refused:
        await unpacked(worker, bytearray(json.dumps(snapshot(*devices)).encode()))
    assert refused.value.status == 413
    # By the same process.
    assert await unpacked(worker) == [LAMP]
    assert len(processes(os.getpid())) == 1


def test_who_waits_does_so_for_longer_than_what_takes_too_long() -> None:
    """Else one address keeps all others out, with one snapshot after the other that takes long."""
    assert TURN > PATIENCE
    # So long Home Assistant waits for an answer.
    assert TURN + PATIENCE < 30
