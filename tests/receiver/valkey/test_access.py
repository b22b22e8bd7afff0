"""Who may talk to a cluster, and by which certificates."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from receiver.storage import StorageError, StorageUnavailable
from receiver.storage.valkey.cluster import Cluster
from receiver.storage.valkey.faults import Refused
from scripts.valkey_servers import Servers as RealServers
from tests.receiver.valkey.clients import options

PASSWORD = "not to be shown"
GUIDE = (Path(__file__).parents[3] / "docs" / "operator.md").read_text(encoding="utf-8")


def documented() -> list[str]:
    """Return what the operator's guide lets the receiver's user do."""
    found = re.search(r"who\s+needs `(~\* [^`]+)`", GUIDE)
    assert found
    return found[1].split()


@pytest.fixture
def home(servers: RealServers) -> Iterator[str]:
    """Return a user who may do what the guide says."""
    for node in servers.nodes:
        node.call("ACL", "SETUSER", "home", "on", f">{PASSWORD}", *documented())
    yield "home"
    for node in servers.nodes:
        node.call("ACL", "DELUSER", "home")


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
        refused = [one for one in await cluster.on(node, *about) if isinstance(one, Refused)]
        assert [one for one in refused if one.code == "NOPERM"] == []
    assert (await cluster.holding(cluster.primaries()[0])).ranges
    await cluster.close()
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
