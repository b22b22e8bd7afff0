"""Who may talk to a cluster, and by which certificates."""

import asyncio
import logging
import re
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import orjson
import pytest

from receiver.keys import STORE
from receiver.storage import Row, StorageError, StorageUnavailable
from receiver.storage.bounds import Bounds
from receiver.storage.valkey.cluster import Cluster
from receiver.storage.valkey.faults import Refused
from receiver.storage.valkey.writing import ClusterStore
from receiver.storage.valkey.writing.store import Pace
from scripts.valkey_servers import Servers as RealServers
from tests.receiver import child
from tests.receiver.copies import copy, stock
from tests.receiver.reports import new_id, start_event, valid_report
from tests.receiver.rows import told
from tests.receiver.running import Clock, StartReceiver
from tests.receiver.stores.engines import DAYS, Valkey
from tests.receiver.valkey.clients import options
from tests.receiver.waiting import at_most

PASSWORD = "not to be shown"
GUIDE = (Path(__file__).parents[3] / "docs" / "operator.md").read_text(encoding="utf-8")


def documented(who: str) -> list[str]:
    """Return what the operator's guide lets a user do."""
    found = re.search(who + r"\s+`(~\* [^`]+)`", GUIDE)
    assert found
    return found[1].split()


@contextmanager
def user(servers: RealServers, name: str, rights: list[str]) -> Iterator[str]:
    """Let a user be there, who may do that and nothing else."""
    for node in servers.nodes:
        node.call("ACL", "SETUSER", name, "reset", "on", f">{PASSWORD}", *rights)
        node.call("ACL", "LOG", "RESET")
    yield name
    for node in servers.nodes:
        node.call("ACL", "DELUSER", name)


@pytest.fixture
def home(servers: RealServers) -> Iterator[str]:
    """Return a user who may do what the guide says."""
    with user(servers, "home", documented(r"who\s+needs")) as name:
        yield name


@pytest.fixture
def reader(servers: RealServers) -> Iterator[str]:
    """Return a user who may do what the guide says of who only reads."""
    with user(servers, "reader", documented(r"needs\s+a\s+user\s+with")) as name:
        yield name


def refused(servers: RealServers) -> set[bytes]:
    """Return what nodes have refused to any user since these were made."""
    told = [dict(zip(one[::2], one[1::2], strict=True)) for one in logged(servers)]
    return {one[b"object"] for one in told}


def logged(servers: RealServers) -> list[list[bytes]]:
    return [one for node in servers.nodes for one in node.call("ACL", "LOG", 100)]


@pytest.fixture
def access(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the receiver's user be the one of all commands."""
    monkeypatch.setenv("OPEN_ANALYTICS_STORE_USER", home)
    monkeypatch.setenv("OPEN_ANALYTICS_STORE_PASSWORD", PASSWORD)


async def test_all_that_a_receiver_does_is_allowed(
    servers: RealServers, home: str, start_receiver: StartReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    receiver = await start_receiver(
        store=options(servers, user=home, password=PASSWORD), smallest_group=1, clock=clock
    )
    store = receiver.app[STORE]
    assert isinstance(store, ClusterStore)
    reports = [valid_report(uuid=new_id()) for _ in range(3)]
    await receiver.post_all(reports)
    await receiver.post_events([start_event(uuid=reports[0]["uuid"])])
    assert await receiver.delete(reports[1]["uuid"]) == 204
    # Also the one that it makes by itself.
    async with at_most(60, lambda: "figures"):
        while not await receiver.publish():
            await asyncio.sleep(0.05)
    status, figures = await receiver.get("/current_data.json")
    assert (status, orjson.loads(figures)["active_installations"]) == (200, 2)
    await store.tell()
    await store.tidy()
    clock.move(days=receiver.options.retention_days + 1)
    await receiver.sweep()
    await store.redate(int(clock()), to_come=int(clock()) - DAYS, stop=lambda: False)
    await receiver.stop()
    assert refused(servers) == set()
    assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []


async def test_all_that_is_done_with_names_is_allowed(servers: RealServers, home: str) -> None:
    given = options(servers, user=home, password=PASSWORD)
    pace = Pace(bounds=Bounds(most=20), lease=1, minute=0)
    store = ClusterStore(given, DAYS, pace=pace)
    await store.start()
    now = int(time.time())
    several = [f"1.{number}" for number in range(30)]
    await store.put(Row(key=b"k" * 16, time=now, told=told(version=several[0])))
    for number, name in enumerate(several):
        await store.put(Row(key=bytes([number] * 16), time=now, told=told(version=name)))
    async with AsyncExitStack() as stack:
        engine = Valkey(stack, several=True, servers=servers)
        # Retired, given up, left out of rows, and freed.
        for _ in range(4):
            await store.begin_sweep()
            await store.sweep(await engine.uses())
            await store.leave_nameless_out()
        await store.delete(b"k" * 16)
        await store.redate(now, to_come=now - 1, stop=lambda: False)
        assert len(await engine.names()) <= 20
    await store.expire(now + 1)
    await store.close()
    assert refused(servers) == set()


@pytest.mark.usefixtures("access")
def test_who_may_not_see_clients_copies_into_no_cluster_in_use(
    servers: RealServers, tmp_path: Path
) -> None:
    database = tmp_path / "analytics.db"
    stock(database, int(time.time()))
    with child.receiver(servers.url) as running:
        status, _, said = copy(database, options(servers))
        assert (status, "is in use: stop all of its receivers" in said) == (1, True)
        assert running.stop()[0] == 0
    assert refused(servers) == set()


@pytest.mark.usefixtures("access")
def test_all_that_is_done_by_commands_is_allowed(servers: RealServers, tmp_path: Path) -> None:
    database, backup, again = (tmp_path / f"{name}.db" for name in ("analytics", "b", "again"))
    stock(database, int(time.time()))
    assert copy(database, options(servers))[::2] == (0, "")
    assert copy(options(servers), again)[::2] == (0, "")
    # What is written anew, and what goes.
    stock(database, int(time.time()), range(30))
    assert copy(database, options(servers))[::2] == (0, "")
    for done in (
        child.run("backup", "--store", servers.url, backup),
        child.run("check", "--store", servers.url),
        child.run("aggregate", "--store", servers.url),
    ):
        assert (done.returncode, done.stderr) == (0, "")
    assert refused(servers) == set()


def test_who_only_reads_needs_what_the_guide_says(
    servers: RealServers, reader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "analytics.db"
    stock(database, int(time.time()))
    assert copy(database, options(servers))[0] == 0
    monkeypatch.setenv("OPEN_ANALYTICS_STORE_USER", reader)
    monkeypatch.setenv("OPEN_ANALYTICS_STORE_PASSWORD", PASSWORD)
    assert copy(options(servers), tmp_path / "again.db")[::2] == (0, "")
    for done in (
        child.run("backup", "--store", servers.url, tmp_path / "backup.db"),
        child.run("aggregate", "--store", servers.url),
    ):
        assert (done.returncode, done.stderr) == (0, "")
    assert refused(servers) == set()


async def test_a_user_needs_what_the_guide_says(
    servers: RealServers, home: str, caplog: pytest.LogCaptureFixture
) -> None:
    cluster = Cluster(options(servers, user=home, password=PASSWORD))
    await cluster.start()
    assert await cluster.write(b"key", b"SET", b"key", b"1") == b"OK"
    script = b"return redis.call('DEL', KEYS[1])"
    assert await cluster.write(b"key", b"EVAL", script, 1, b"key") == 1
    assert await cluster.read(b"key", b"MGET", b"key") == [None]
    about = (
        (b"BGREWRITEAOF",),
        (b"INFO", b"persistence"),
        (b"CLUSTER", b"COUNTKEYSINSLOT", 0),
        (b"CLUSTER", b"GETKEYSINSLOT", 0, 10),
        (b"ASKING",),
    )
    for node in cluster.nodes():
        faults = [one for one in await cluster.on(node, *about) if isinstance(one, Refused)]
        assert [one for one in faults if one.code == "NOPERM"] == []
    assert (await cluster.holding(cluster.primaries()[0])).ranges
    await cluster.close()
    assert refused(servers) == set()
    assert "could not be" not in caplog.text
    assert PASSWORD not in caplog.text


async def test_what_a_managed_cluster_does_not_tell_is_said(
    servers: RealServers, home: str, caplog: pytest.LogCaptureFixture
) -> None:
    for node in servers.nodes:
        node.call("ACL", "SETUSER", "home", "-config|get")
    cluster = Cluster(options(servers, user=home, password=PASSWORD))
    await cluster.start()
    await cluster.close()
    assert "let the receiver's user call CONFIG GET, or see to them" in caplog.text


async def test_what_a_user_may_not_do_is_said(servers: RealServers, home: str) -> None:
    cluster = Cluster(options(servers, user=home, password=PASSWORD))
    await cluster.start()
    for node in servers.nodes:
        node.call("ACL", "SETUSER", "home", "-set")
    with pytest.raises(StorageUnavailable, match="does not let the receiver's user do this"):
        await cluster.write(b"key", b"SET", b"key", b"1")
    await cluster.close()


@pytest.mark.parametrize("access", [{"user": "home", "password": "wrong"}, {"user": "nobody"}])
async def test_a_wrong_password_ends_the_start_without_being_shown(
    servers: RealServers, home: str, access: dict[str, str]
) -> None:
    cluster = Cluster(options(servers, **{"password": PASSWORD} | access))
    with pytest.raises(StorageError, match="does not know the receiver's user") as raised:
        await cluster.start()
    assert PASSWORD not in str(raised.value)
    assert "wrong" not in str(raised.value).replace("password", "")
    assert PASSWORD not in repr(options(servers, password=PASSWORD))
