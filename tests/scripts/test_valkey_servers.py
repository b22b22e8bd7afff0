"""A real Valkey cluster whose nodes tests kill, pause, add, and move slots between."""

from collections.abc import Iterator

import pytest
from pytest_socket import enable_socket

from scripts.valkey_resp import Connection
from scripts.valkey_servers import Access, AnswerError, Node, Servers, ServersError

pytestmark = [
    pytest.mark.once,
    pytest.mark.long,
    pytest.mark.usefixtures("socket_enabled"),
]

KEY = b"key"


@pytest.fixture(scope="module")
def running() -> Iterator[Servers]:
    """Return a cluster of three primaries with a replica each, one for all tests here."""
    enable_socket()
    with Servers(access=Access(user="receiver", password="not-a-secret")) as servers:
        yield servers


@pytest.fixture
def servers(running: Servers) -> Iterator[Servers]:
    """Return the cluster with one key, and mend it afterwards."""
    write(running.primary_of(KEY))
    yield running
    running.mend()


def write(primary: Node) -> None:
    """Write the key, and wait until it is on the disk of a replica, too."""
    with primary.connection() as connection:
        connection.call("SET", KEY, "value")
        assert connection.call("WAIT", 1, 0) >= 1
        assert min(connection.call("WAITAOF", 1, 1, 0)) == 1


def test_each_key_has_a_primary_and_this_a_replica(servers: Servers) -> None:
    primary = servers.primary_of(KEY)
    assert len(servers.primaries()) == 3
    [replica] = servers.replicas_of(primary)
    assert replica not in servers.primaries()
    assert servers.url == f"valkey://{','.join(node.address for node in servers.nodes)}"


def test_a_replica_takes_over_from_a_primary_that_is_killed(servers: Servers) -> None:
    lost = servers.primary_of(KEY)
    lost.kill()
    successor = servers.wait_for_successor(lost)
    assert successor.call("GET", KEY) == b"value"
    servers.restart(lost)
    servers.wait_until_whole()
    assert servers.replicas_of(successor) == [lost]


def test_a_primary_that_hangs_is_given_up_and_comes_back_as_a_replica(servers: Servers) -> None:
    hangs = servers.primary_of(KEY)
    hangs.pause()
    successor = servers.wait_for_successor(hangs)
    hangs.resume()
    servers.wait_until_whole()
    assert servers.primary_of(KEY) is successor
    assert servers.replicas_of(successor) == [hangs]


def test_a_slot_moves_with_its_keys_at_once_or_a_step_at_a_time(servers: Servers) -> None:
    first, second = servers.primary_of(KEY), servers.primaries()[0]
    if first is second:
        second = servers.primaries()[1]
    slot = first.call("CLUSTER", "KEYSLOT", KEY)
    servers.move_slots([slot], second)
    assert servers.primary_of(KEY) is second
    assert second.call("GET", KEY) == b"value"
    back = servers.move(slot, first)
    back.begin()
    assert back.keys() == 1
    with pytest.raises(AnswerError, match=f"ASK {slot} {first.address}"):
        second.call("GET", KEY)
    back.end(servers.primaries())
    with pytest.raises(AnswerError, match=f"MOVED {slot} {first.address}"):
        second.call("GET", KEY)
    assert first.call("GET", KEY) == b"value"


def test_nodes_join_as_a_primary_and_as_its_replica(servers: Servers) -> None:
    old = servers.primary_of(KEY)
    slot = old.call("CLUSTER", "KEYSLOT", KEY)
    primary = servers.add_node()
    servers.move_slots([slot], primary)
    replica = servers.add_node(replica_of=primary)
    assert servers.primary_of(KEY) is primary
    assert servers.replicas_of(primary) == [replica]
    servers.move_slots([slot], old)


def test_nobody_gets_in_without_the_password(servers: Servers) -> None:
    node = servers.nodes[0]
    assert node.call("ACL", "WHOAMI") == b"receiver"
    for access in (None, Access(user="receiver", password="a guess"), Access(password="")):
        with (
            pytest.raises(AnswerError, match=r"NOAUTH|WRONGPASS"),
            Connection(node.port, access=access) as connection,
        ):
            connection.call("PING")


def test_what_a_server_refuses_is_said(running: Servers) -> None:
    with (
        pytest.raises(ServersError, match="maxmemory-policy"),
        Servers(settings={"maxmemory-policy": "sometimes"}),
    ):
        pass
