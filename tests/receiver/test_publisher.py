"""Publishing: a child process counts; whatever happens to it, the receiver and its figures stay."""

import asyncio
import os
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from receiver.disclosure import nothing
from receiver.keys import PUBLISHER
from receiver.options import Options
from receiver.publisher import AFTER_A_FAULT, WHILE_EMPTY, Publisher
from receiver.storage.sqlite import open_database
from receiver.storage.writer import Writer
from tests.receiver.figures import example_figures
from tests.receiver.reports import valid_report
from tests.receiver.running import Receiver, StartReceiver

PATIENCE = 20


def program(source: str) -> tuple[str, ...]:
    return sys.executable, "-c", source


def printing(figures: dict[str, Any], *, before: str = "") -> tuple[str, ...]:
    return program(f"{before}\nprint({orjson.dumps(figures).decode()!r})")


class Naps:
    """Stands for the time between publications: notes how long it is, and lets a test end it."""

    def __init__(self) -> None:
        self.begun: asyncio.Queue[float] = asyncio.Queue()
        self._over = asyncio.Semaphore(0)

    async def __call__(self, seconds: float) -> None:
        self.begun.put_nowait(seconds)
        await self._over.acquire()

    def end(self) -> None:
        self._over.release()

    async def next(self) -> float:
        async with asyncio.timeout(PATIENCE):
            return await self.begun.get()


@asynccontextmanager
async def publishing(options: Options, **more: Any) -> AsyncIterator[Publisher]:
    """Yield a publisher that sleeps until it is told to publish."""
    writer = Writer(options.database)
    writer.start()
    publisher = Publisher(options, writer, **{"sleep": Naps()} | more)
    publisher.start()
    try:
        yield publisher
    finally:
        await publisher.stop()
        await writer.close()


def stored(options: Options, query: str = "SELECT figures FROM published") -> list[Any]:
    with closing(sqlite3.connect(options.database)) as connection:
        return [row[0] for row in connection.execute(query)]


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(database=tmp_path / "analytics.db", smallest_group=5)


def fill(options: Options, installations: int, report: dict[str, Any] | None = None) -> None:
    body = orjson.dumps(report or valid_report()).decode()
    with closing(open_database(options.database)) as connection:
        for number in range(installations):
            connection.execute(
                "INSERT OR REPLACE INTO installation VALUES (?, 0, 0, 'US', 'CA', ?)",
                (number.to_bytes(16), body),
            )


async def test_reports_that_came_over_http_are_published(receiver: Receiver) -> None:
    await receiver.post_all(valid_report() for _ in range(12))
    publisher = receiver.app[PUBLISHER]
    assert await publisher.refresh()
    assert publisher.figures["active_installations"] == 10
    assert publisher.figures["custom_integrations"]["hacs"] == {
        "total": 10,
        "versions": {"2.0.5": 10},
    }
    assert publisher.figures["statistics"]["state_count"]["quartiles"] == [420, 420, 420]
    assert [one["active_installations"] for one in publisher.history] == [10]
    assert publisher.age < PATIENCE
    assert publisher.fresh


async def test_hostile_names_stop_nothing(receiver: Receiver) -> None:
    hostile = valid_report(
        integrations=["__proto__", "constructor"],
        addons=[{"slug": "__proto__", "version": "__proto__"}],
        custom_integrations=[{"domain": "__proto__", "version": "toString"}],
        recorder={"engine": "__proto__", "version": "__proto__"},
    )
    await receiver.post_all(hostile | {"uuid": f"{number:032}"} for number in range(5))
    assert await receiver.app[PUBLISHER].refresh()
    figures = receiver.app[PUBLISHER].figures
    assert figures["integrations"] == {"__proto__": 5, "constructor": 5}
    assert figures["addons"]["__proto__"]["versions"] == {"__proto__": 5}
    assert figures["recorders"] == {"__proto__": {"total": 5, "versions": {"__proto__": 5}}}


async def test_figures_are_there_at_once_after_a_restart(options: Options) -> None:
    fill(options, 11)
    async with publishing(options) as publisher:
        assert await publisher.refresh()
        before = publisher.figures, publisher.history, publisher.etag
    async with publishing(options, command=program("raise SystemExit(1)")) as publisher:
        assert (publisher.figures, publisher.history, publisher.etag) == before


async def test_figures_of_a_smaller_k_are_not_shown_after_a_restart_with_a_larger_one(
    options: Options,
) -> None:
    fill(options, 3)
    async with publishing(replace(options, smallest_group=1)) as publisher:
        assert await publisher.refresh()
        assert publisher.figures["countries"] == {"US": 3}
    async with publishing(options) as publisher:
        assert publisher.figures | {"last_updated": 0} == nothing(5)
        assert [one["active_installations"] for one in publisher.history] == [0]


async def test_what_others_see_changes_only_when_it_is_published(options: Options) -> None:
    fill(options, 10)
    async with publishing(options) as publisher:
        await publisher.refresh()
        figures, history, etag = publisher.figures, publisher.history, publisher.etag
        fill(options, 20)
        assert publisher.figures["active_installations"] == 10
        await publisher.refresh()
        assert publisher.figures["active_installations"] == 20
        # Replaced, not changed: a page that is being made is made of one publication.
        assert figures["active_installations"] == history[0]["active_installations"] == 10
        assert publisher.etag != etag


def garbage(options: Options) -> tuple[str, ...]:
    other = options.database.with_name("garbage.db")
    other.write_bytes(b"no database at all" * 100)
    return program(
        "import sys; from receiver.aggregate import main; "
        f"sys.exit(main(['--database', {str(other)!r}]))"
    )


def truncated(options: Options) -> tuple[str, ...]:
    other = options.database.with_name("truncated.db")
    fill(replace(options, database=other), 2_000)
    other.write_bytes(other.read_bytes()[:40_000])
    return program(
        "import sys; from receiver.aggregate import main; "
        f"sys.exit(main(['--database', {str(other)!r}]))"
    )


def killed(_: Options) -> tuple[str, ...]:
    return program("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")


def silent(_: Options) -> tuple[str, ...]:
    return program("")


def half(_: Options) -> tuple[str, ...]:
    return program("print('{\"active_installations\": 1')")


def other_version(_: Options) -> tuple[str, ...]:
    return program("print('{\"installations\": 10}')")


def missing(_: Options) -> tuple[str, ...]:
    return ("there-is-no-such-program",)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (garbage, "is no database of this receiver"),
        (truncated, "malformed"),
        (killed, "status -9"),
        (silent, "empty document"),
        (half, "unexpected end"),
        (other_version, "last_updated"),
        (missing, "can't be started"),
    ],
)
async def test_a_fault_keeps_the_last_good_figures_and_is_one_line_in_the_log(
    options: Options,
    broken: Callable[[Options], tuple[str, ...]],
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fill(options, 10)
    async with publishing(options) as publisher:
        assert await publisher.refresh()
        good, etag = publisher.figures, publisher.etag
    async with publishing(options, command=broken(options)) as publisher:
        caplog.clear()
        assert not await publisher.refresh()
        assert (publisher.figures, publisher.etag) == (good, etag)
    (line,) = [one for one in caplog.records if one.name.startswith("receiver")]
    assert reason in line.getMessage()
    assert "\n" not in line.getMessage()
    assert line.exc_info is None


async def test_what_can_not_be_kept_is_shown_all_the_same(
    options: Options, caplog: pytest.LogCaptureFixture
) -> None:
    fill(options, 10)
    writer = Writer(options.database)
    writer.start()
    await writer.close()
    publisher = Publisher(options, writer)
    assert not await publisher.refresh()
    assert publisher.figures["active_installations"] == 10
    # The writer tells of it, once.
    assert caplog.text == ""
    assert stored(options) == []


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
    async with asyncio.timeout(PATIENCE):
        assert await asked is False
    assert asyncio.all_tasks() == before
    assert caplog.text == ""
    assert not await publisher.refresh()


async def test_a_receiver_that_stops_at_once_leaves_no_process(
    start_receiver: StartReceiver,
) -> None:
    started = time.monotonic()
    receiver = await start_receiver()
    await receiver.stop()
    assert time.monotonic() - started < PATIENCE
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)  # noqa: ASYNC222 - it does not wait


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
    async with publishing(options, sleep=naps, clock=lambda: later):
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
    async with publishing(options, sleep=naps, clock=lambda: time.time() + shift):
        assert 0 <= await naps.next() <= 3600


async def test_old_days_leave_the_database_when_their_week_is_over(options: Options) -> None:
    fill(options, 10)
    figures = orjson.dumps(example_figures()).decode()
    old = ["2025-01-06", "2025-01-07", "2025-02-01"]
    with closing(sqlite3.connect(options.database)) as connection, connection:
        connection.executemany("INSERT INTO history VALUES (?, ?)", [(day, figures) for day in old])
    async with publishing(options) as publisher:
        assert [one["day"] for one in publisher.history] == old
        await publisher.refresh()
        days = [one["day"] for one in publisher.history]
    assert days[:2] == ["2025-01-07", "2025-02-01"]
    assert len(days) == 3
    assert sorted(stored(options, "SELECT day FROM history")) == days


async def test_too_many_names_are_told_in_the_log(
    options: Options, caplog: pytest.LogCaptureFixture
) -> None:
    command = printing(
        example_figures(), before="import sys; print('too many different', file=sys.stderr)"
    )
    fill(options, 1)
    async with publishing(options, command=command) as publisher:
        assert await publisher.refresh()
    assert "The figures are incomplete: too many different" in caplog.text


async def test_what_is_not_readable_any_more_is_told_and_begins_anew(
    options: Options, caplog: pytest.LogCaptureFixture
) -> None:
    fill(options, 10)
    with closing(sqlite3.connect(options.database)) as connection, connection:
        connection.execute("INSERT INTO published VALUES (1, 1, '{\"older\": 1}')")
    async with publishing(options) as publisher:
        assert publisher.figures == nothing(5)
        assert await publisher.refresh()
        assert publisher.figures["active_installations"] == 10
    assert caplog.text.count("can't be read") == 1
