"""Who may talk to a cluster, and by which certificates."""

from collections.abc import Iterator

import pytest

from receiver.storage import StorageError, StorageUnavailable
from receiver.storage.valkey.cluster import Cluster
from scripts.valkey_servers import Servers as RealServers
from tests.receiver.valkey.clients import options

PASSWORD = "not to be shown"
# What the receiver does, and nothing else of what a node can.
ALLOWED = (
    "+@read +@write +@scripting +wait +waitaof +cluster|slots +cluster|nodes +cluster|info +info"
)


@pytest.fixture
def home(servers: RealServers) -> Iterator[str]:
    """Return a user who may do what the receiver has to, and no CONFIG."""
    for node in servers.nodes:
        node.call("ACL", "SETUSER", "home", "on", f">{PASSWORD}", "~*", *ALLOWED.split())
    yield "home"
    for node in servers.nodes:
        node.call("ACL", "DELUSER", "home")


async def test_a_user_needs_few_commands(
    servers: RealServers, home: str, caplog: pytest.LogCaptureFixture
) -> None:
    cluster = Cluster(options(servers, user=home, password=PASSWORD))
    await cluster.start()
    assert await cluster.write(b"key", b"SET", b"key", b"1") == b"OK"
    assert await cluster.read(b"key", b"GET", b"key") == b"1"
    assert (await cluster.holding(cluster.primaries()[0])).ranges
    await cluster.close()
    assert "let the receiver's user call CONFIG GET, or see to them" in caplog.text
    assert PASSWORD not in caplog.text


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
