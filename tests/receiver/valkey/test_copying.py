"""Copies between a file and a cluster: what is kept is the same, and goes when it is due."""

import asyncio
import re
import time
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest

from receiver.storage.sqlite.opening import open_database
from receiver.storage.valkey import keys
from receiver.storage.valkey.writing.presence import LASTS
from receiver.storage.valkey.writing.rewriting import WANTED
from receiver.storage.valkey.writing.store import Pace
from scripts.valkey_servers import Servers as RealServers
from tests.receiver import child
from tests.receiver.copies import DAY, contents, copy, key_of, stock
from tests.receiver.rows import keep_all, row, told
from tests.receiver.stores.engines import Valkey
from tests.receiver.valkey.clients import Settings, options
from tests.receiver.valkey.filled import send
from tests.receiver.waiting import at_most

pytestmark = pytest.mark.long

NOW = int(time.time())
IN_USE = "is in use: stop all of its receivers first"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "analytics.db"
    stock(path, NOW)
    return path


def written(printed: str) -> tuple[int, int]:
    """Return how many rows a copy has written, and how many deleted."""
    found = re.findall(r"Rows (?:written|deleted): (\d+)", printed)
    return int(found[0]), int(found[1])


def test_a_file_becomes_a_cluster_and_that_a_file_again(
    servers: RealServers, database: Path, tmp_path: Path
) -> None:
    cluster = options(servers)
    status, printed, said = copy(database, cluster, "--counting-processes", "2")
    assert (status, said, written(printed)) == (0, "", (40, 0))
    assert "The figures are equal: 30 installations count" in printed
    assert contents(cluster) == contents(database)
    assert written(copy(database, cluster)[1]) == (0, 0)
    status, printed, said = copy(cluster, tmp_path / "again.db")
    assert (status, said, written(printed)) == (0, "", (40, 0))
    assert contents(tmp_path / "again.db") == contents(database)


def test_a_cluster_becomes_another_cluster(servers: RealServers, database: Path) -> None:
    copy(database, options(servers))
    with RealServers() as others:
        status, printed, said = copy(options(servers), options(others))
        assert (status, said, written(printed)) == (0, "", (40, 0))
        assert contents(options(others)) == contents(database)


def test_what_has_changed_or_gone_at_the_source_does_so_in_the_cluster(
    servers: RealServers, database: Path
) -> None:
    cluster = options(servers)
    extra = keys.row_key(key_of(500))
    copy(database, cluster)
    keep_all(database, [row(key_of(1), NOW, told=told(version="2026.11.0")), row(key_of(99), NOW)])
    send(servers, {extra: [(b"SET", extra, b"\0" * 12)]})
    status, printed, _ = copy(database, cluster)
    assert (status, written(printed)) == (0, (2, 1))
    assert contents(cluster) == contents(database)


def test_what_the_source_has_not_leaves_the_disks_of_the_cluster_and_its_figures(
    servers: RealServers, database: Path
) -> None:
    cluster = options(servers)
    wanted = servers.primary_of(WANTED)
    copy(database, cluster)
    before = int(wanted.call("GET", WANTED))
    assert written(copy(database, cluster)[1]) == (0, 0)
    assert int(wanted.call("GET", WANTED)) == before
    with closing(open_database(database)) as connection:
        connection.execute("DELETE FROM installation WHERE key = ?", (key_of(3),))
        connection.execute("DELETE FROM published")
    status, printed, _ = copy(database, cluster)
    assert (status, written(printed)) == (0, (0, 1))
    # Receivers rewrite all that is on the disks of the nodes.
    assert int(wanted.call("GET", WANTED)) > before
    assert contents(cluster) == contents(database)
    assert contents(cluster).published is None


def test_rows_go_from_the_cluster_when_they_are_due(servers: RealServers, database: Path) -> None:
    old = key_of(1_000)
    keep_all(database, [row(old, NOW - 70 * DAY)])
    copy(database, options(servers), "--retention-days", "30")
    for key, least, most in (
        (key_of(0), 29 * DAY, 30 * DAY),
        # It counts until the receiver would have deleted it.
        (old, 3_000, 3_600),
    ):
        place = keys.row_key(key)
        left = servers.primary_of(place).call("PTTL", place) / 1_000
        assert least < left <= most


def test_a_copy_that_is_told_another_retention_keeps_also_equal_rows_for_that(
    servers: RealServers, database: Path
) -> None:
    cluster, place = options(servers), keys.row_key(key_of(0))
    # Each has events of this minute.
    keep_all(database, [row(key_of(1_000), NOW - 40 * DAY)])
    told_old = "Older than --retention-days, and kept for another hour only: 1\n"
    for days, old in (("30", True), ("60", False), ("30", True)):
        status, printed, _ = copy(database, cluster, "--retention-days", days)
        assert (status, told_old in printed, "Older" in printed) == (0, old, old)
        left = servers.primary_of(place).call("PTTL", place) / 1_000
        assert (int(days) - 1) * DAY < left <= int(days) * DAY
        other = keys.row_key(key_of(1_000))
        left = servers.primary_of(other).call("PTTL", other) / 1_000
        assert (left <= 3_600) == old


def test_a_copy_the_wrong_way_round_leaves_the_file_as_it_is(
    servers: RealServers, database: Path
) -> None:
    before = contents(database)
    status, _, said = copy(options(servers), database)
    assert (status, "are FROM and TO swapped?" in said) == (1, True)
    assert contents(database) == before


def test_a_cluster_is_refused_until_all_of_its_receivers_have_stopped(
    servers: RealServers, database: Path
) -> None:
    cluster = options(servers)
    with child.receiver(str(cluster)) as one, child.receiver(str(cluster)) as other:
        for running in (one, other):
            status, _, said = copy(database, cluster)
            assert (status, IN_USE in said) == (1, True)
            assert contents(cluster).rows == {}
            running.stop()
    status, _, said = copy(database, cluster)
    assert (status, said) == (0, "")


def test_where_a_receiver_was_killed_it_is_said_how_long_to_wait(
    servers: RealServers, database: Path
) -> None:
    cluster = options(servers)
    with child.receiver(str(cluster)) as stopped, child.receiver(str(cluster)) as killed:
        killed.kill()
        # Who stops takes only itself away.
        stopped.stop()
    status, _, said = copy(database, cluster)
    found = re.search(f"{IN_USE}; where one was killed, wait for (\\d+) seconds", said)
    assert found
    assert (status, 0 < int(found[1]) <= LASTS) == (1, True)


async def test_who_says_nothing_more_is_gone_after_that_time(
    servers: RealServers, database: Path
) -> None:
    async with AsyncExitStack() as stack:
        silent = Pace(upkeep=10**9, presence=1)
        await Valkey(stack, several=True, servers=servers, pace=silent).receiver()
        async with at_most(60, lambda: "the cluster to be free"):
            while (await asyncio.to_thread(copy, database, options(servers)))[0]:
                pass


async def test_who_goes_on_says_so_again(servers: RealServers, database: Path) -> None:
    async with AsyncExitStack() as stack:
        busy = Pace(upkeep=0.05)
        await Valkey(stack, several=True, servers=servers, pace=busy).receiver()
        # As where its node died, and another one did not know of it.
        node = await asyncio.to_thread(servers.primary_of, keys.HERE)
        await asyncio.to_thread(node.call, "DEL", keys.HERE)
        async with at_most(60, lambda: "the cluster to be in use"):
            while not (await asyncio.to_thread(copy, database, options(servers)))[0]:
                pass


def test_a_cluster_is_backed_up_into_a_file(
    servers: RealServers, database: Path, tmp_path: Path
) -> None:
    cluster = options(servers)
    copy(database, cluster)
    backup = tmp_path / "folder" / "backup.db"
    backup.parent.mkdir()
    done = child.run("backup", "--store", str(cluster), backup)
    assert (done.returncode, done.stderr) == (0, "")
    assert [one.name for one in backup.parent.iterdir()] == ["backup.db"]
    assert contents(backup) == contents(database)
    again = child.run("backup", "--store", str(cluster), backup)
    assert (again.returncode, "name a new file" in again.stderr) == (1, True)


def test_what_is_no_row_stops_neither_copies_nor_counting(
    servers: RealServers, database: Path, tmp_path: Path
) -> None:
    cluster = options(servers)
    copy(database, cluster)
    for number, foreign in enumerate((b"garbage", b"garbage-garbage!" * 10)):
        place = keys.row_key(bytes([200 + number] * 16))
        send(servers, {place: [(b"SET", place, foreign)]})
    # Of no installation, and no text.
    for place in (keys.ROW + b"short", keys.ROW + b"long" * 10):
        send(servers, {place: [(b"SET", place, b"garbage")]})
    place = keys.row_key(bytes([210] * 16))
    send(servers, {place: [(b"RPUSH", place, b"garbage")]})
    status, printed, said = copy(cluster, tmp_path / "copy.db")
    assert (status, said, written(printed)) == (0, "", (40, 0))
    assert "Rows that can't be read, and are left out: 2\n" in printed
    assert contents(tmp_path / "copy.db") == contents(database)
    done = child.run("check", "--store", str(cluster))
    assert "2 of 42 rows can't be read" in done.stdout


def test_what_is_wrong_with_a_cluster_is_said(
    servers: RealServers, database: Path, set_up: Settings
) -> None:
    cluster = options(servers)
    copy(database, cluster)
    set_up("maxmemory", str(10**9))
    done = child.run("check", "--store", str(cluster))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "40 rows can be read, and their codes have names\n"
    set_up("maxmemory-policy", "allkeys-lru")
    broken = keys.row_key(key_of(1))
    send(servers, {broken: [(b"SET", broken, b"\xff\0\0\0\1")]})
    done = child.run("check", "--store", str(cluster))
    assert done.returncode == 1
    assert "set it to noeviction" in done.stdout
    assert "1 of 40 rows can't be read" in done.stdout
