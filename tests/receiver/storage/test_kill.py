"""Whatever was answered with 200 is there, however the receiver ends."""

import asyncio
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from receiver.intake.ids import key_of
from receiver.storage.sqlite.writing import Writer
from scripts.kept_rows import kept_rows
from tests.receiver.child import receiver, run
from tests.receiver.killing import load_and_kill, own_name, own_names
from tests.receiver.reports import valid_report
from tests.receiver.rows import row
from tests.receiver.waiting import at_most

ROUNDS = int(os.environ.get("KILL_ROUNDS", "20"))
# In seconds; a round takes less than one.
PATIENCE = 60
DAY = 24 * 3600
# The kill comes in the midst of the load: after so many answers of this round.
ANSWERS = range(20, 400, 19)


async def keep_in_doubt(database: Path) -> None:
    """Keep rows that are to be dated anew, in several parts."""
    writer, then = Writer(database), int(time.time()) - DAY
    await writer.start()
    rows = [row(key, then, doubted=True) for key in (number.to_bytes(16) for number in range(250))]
    await asyncio.gather(*map(writer.put, rows))
    await writer.close()


def of_yesterday(database: Path) -> int:
    """Return how many rows are not dated anew yet."""
    with closing(sqlite3.connect(database)) as connection:
        query = "SELECT count(*) FROM installation WHERE latest < ?"
        count: int
        (count,) = connection.execute(query, (time.time() - DAY / 2,)).fetchone()
        return count


async def test_a_killed_receiver_goes_on_with_what_it_dates_anew(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    await keep_in_doubt(database)
    left = of_yesterday(database)
    while left:
        with receiver(database) as child:
            async with at_most(PATIENCE, lambda: "rows to be dated anew"):
                while of_yesterday(database) == left:
                    await asyncio.sleep(0.002)
            child.kill()
        left = of_yesterday(database)


def kept(database: Path) -> set[bytes]:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT key FROM installation")
        return {key for (key,) in rows}


async def test_no_row_has_a_code_without_its_name_after_a_kill(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    taken: set[str] = set()
    for enough in (25, 70, 130, 60):
        with receiver(database) as child:
            taken |= set(await load_and_kill(child, enough))
        found = {row.key: own_names(row) for row in kept_rows(database)}
        # Also of rows whose answer nobody got.
        assert {len(names) for names in found.values()} == {1}
        assert all(found[key_of(uuid)] == {own_name(uuid)} for uuid in taken)


@pytest.mark.skipif(ROUNDS < 1, reason="turned off")
async def test_a_killed_receiver_has_every_report_that_it_answered(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    taken: set[str] = set()
    for number in range(ROUNDS):
        with receiver(database) as child:
            taken |= set(await load_and_kill(child, ANSWERS[number % len(ANSWERS)]))
        # By the next start, not by the test, every other time.
        if number % 2:
            assert {key_of(uuid) for uuid in taken} <= kept(database)
    with receiver(database) as child:
        assert child.running
        assert child.stop()[0] == 0
    assert {key_of(uuid) for uuid in taken} <= kept(database)
    assert len(taken) >= ROUNDS * ANSWERS[0]


async def test_a_backup_after_a_kill_has_every_report_that_was_answered(tmp_path: Path) -> None:
    database, copy = tmp_path / "analytics.db", tmp_path / "copy.db"
    with receiver(database) as child:
        taken = await load_and_kill(child, 100)
    shown = await asyncio.to_thread(run, "backup", "--database", database, copy)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert {key_of(uuid) for uuid in taken} <= kept(copy)


async def test_a_receiver_that_is_told_to_stop_answers_what_it_has(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    with receiver(database) as child:
        async with aiohttp.ClientSession() as session:
            reports = [valid_report() for _ in range(50)]
            posts = [session.post(f"{child.url}/v1", json=report) for report in reports]
            async with at_most(PATIENCE, lambda: "50 reports to be answered"):
                answers = await asyncio.gather(*posts)
            assert {answer.status for answer in answers} == {200}
        status, log = await asyncio.to_thread(child.stop)
    assert (status, log) == (0, "")
    assert {key_of(report["uuid"]) for report in reports} == kept(database)
    assert [file.name for file in tmp_path.iterdir()] == [database.name]
