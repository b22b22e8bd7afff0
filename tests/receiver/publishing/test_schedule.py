"""When figures are published, by one process at a time, and that none is left."""

import asyncio
import os
import time
from pathlib import Path

import orjson
import pytest

from receiver.clock import Clock
from receiver.options import Options
from receiver.publishing.publisher import AFTER_A_FAULT, WHILE_EMPTY
from tests.receiver.figures import example_figures
from tests.receiver.publishing.scheduled import PATIENCE, Naps, fill, killed, program, publishing
from tests.receiver.running import StartReceiver
from tests.receiver.waiting import at_most


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(store=tmp_path / "analytics.db", smallest_group=5, count_after=0)


async def test_there_is_one_process_at_a_time(options: Options, tmp_path: Path) -> None:
    fill(options, 1)
    log = tmp_path / "log"
    noted = f"open({str(log)!r}, 'a').write({{!r}})"
    command = program(
        f"{noted.format('begin ')}; import time; time.sleep(0.05); {noted.format('end ')}\n"
        f"print({orjson.dumps(example_figures()).decode()!r})"
    )
    async with publishing(options, command=command) as publisher:
        assert await asyncio.gather(*(publisher.refresh() for _ in range(4))) == [True] * 4
    assert log.read_text().split() == ["begin", "end"] * 4


@pytest.mark.parametrize("scheduled", [True, False])
async def test_stopping_ends_the_process_and_leaves_nothing(
    options: Options, scheduled: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill(options, 1)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = program(
        f"import os, time; open({str(pipe)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    )
    before = asyncio.all_tasks()
    naps = Naps()
    async with publishing(options, command=command, sleep=naps) as publisher:
        await naps.next()
        if scheduled:
            naps.end()
            await asyncio.sleep(0)
        asked = asyncio.create_task(publisher.refresh())
        process = int(await asyncio.to_thread(pipe.read_text))
        os.kill(process, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    async with at_most(PATIENCE, lambda: "a publication to be given up"):
        assert await asked is False
    assert asyncio.all_tasks() == before
    assert caplog.text == ""
    assert not await publisher.refresh()


async def test_a_receiver_that_stops_at_once_leaves_no_process(
    start_receiver: StartReceiver,
) -> None:
    # Of this process, also those that other tests share.
    before = children()
    started = time.monotonic()
    receiver = await start_receiver()
    await receiver.stop()
    assert time.monotonic() - started < PATIENCE
    assert children() == before


def children() -> set[str]:
    """Return the processes that this one has begun, where the system tells."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {number for task in tasks for number in task.read_text().split()}


async def test_the_first_figures_come_at_once_and_then_every_hour(options: Options) -> None:
    naps = Naps()
    fill(options, 10)
    async with publishing(options, sleep=naps) as publisher:
        assert await naps.next() == 0
        naps.end()
        assert await naps.next() == pytest.approx(3600, abs=PATIENCE)
        assert publisher.figures["active_installations"] == 10


async def test_while_there_is_nothing_to_see_it_looks_every_minute(options: Options) -> None:
    naps = Naps()
    async with publishing(options, sleep=naps):
        assert await naps.next() == 0
        naps.end()
        assert await naps.next() == pytest.approx(WHILE_EMPTY, abs=PATIENCE)


async def test_a_restart_publishes_no_more_often(options: Options) -> None:
    fill(options, 10)
    async with publishing(options) as publisher:
        await publisher.refresh()
    naps = Naps()
    later = time.time() + 1_000
    async with publishing(options, sleep=naps, clock=Clock(wall=lambda: later)):
        assert await naps.next() == pytest.approx(2_600, abs=PATIENCE)


async def test_after_a_fault_it_does_not_wait_for_an_hour(options: Options) -> None:
    naps = Naps()
    async with publishing(options, sleep=naps, command=killed(options)):
        await naps.next()
        naps.end()
        assert await naps.next() == AFTER_A_FAULT


@pytest.mark.parametrize("shift", [-(10**6), 10**6])
async def test_a_clock_that_is_wrong_does_not_stop_it(options: Options, shift: int) -> None:
    fill(options, 10)
    async with publishing(options) as publisher:
        await publisher.refresh()
    naps = Naps()
    async with publishing(options, sleep=naps, clock=Clock(wall=lambda: time.time() + shift)):
        assert 0 <= await naps.next() <= 3600
