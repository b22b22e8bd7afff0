"""What nodes say of each other, as it is read."""

import pytest

from receiver.storage.valkey.topology import Node, read_holding, read_topology

NODES = b"""\
a1 10.0.0.1:6379@16379,one master - 0 0 1 connected 0-8191 [8191->-b1] [9-<-c1]
a2 10.0.0.2:6379@16379 slave a1 0 0 1 connected
b1 :6379@16379 myself,master - 0 0 2 connected 8192-16382 16383 [8191-<-a1]
b2 10.0.0.4:6379@16379 slave,fail b1 0 0 2 disconnected
c1 10.0.0.5:6380@16380 master - 0 0 3 connected
c2 [2001:db8::6]:6380@16380 handshake - 0 0 0 disconnected
"""


def entry(host: bytes | None, name: bytes, *beside: bytes) -> list[object]:
    return [host, 6379, name, list(beside)]


SLOTS = [
    [0, 8191, entry(b"10.0.0.1", b"a1"), entry(b"10.0.0.2", b"a2")],
    [8192, 16382, entry(b"10.0.0.3", b"b1")],
    [16383, 16383, entry(b"10.0.0.3", b"b1")],
]


def test_primaries_replicas_and_others_are_told_apart() -> None:
    topology = read_topology(SLOTS, NODES, "asked")
    assert [str(node) for node in topology.primaries] == ["10.0.0.1:6379", "10.0.0.3:6379"]
    first, second = topology.shards
    assert [str(node) for node in first.replicas] == ["10.0.0.2:6379"]
    # One has failed, and is not counted on.
    assert second.replicas == ()
    assert second.ranges == ((8192, 16382), (16383, 16383))
    # Without slots, but it may have rows on its disk.
    assert [str(node) for node in topology.nodes[3:]] == ["10.0.0.5:6380"]
    assert topology.uncovered == 0


def test_slots_that_nobody_has_are_counted() -> None:
    topology = read_topology(SLOTS[:1], NODES, "asked")
    assert topology.uncovered == 8192
    assert topology.owner(8191) == Node("10.0.0.1", 6379)
    assert topology.owner(8192) is None
    topology.moved(8192, Node("10.0.0.9", 6379))
    assert topology.owner(8192) == Node("10.0.0.9", 6379)


def test_a_primary_that_gave_its_last_slot_away_has_none() -> None:
    topology = read_topology(SLOTS[2:], NODES, "asked")
    (primary,) = topology.primaries
    assert topology.slots(primary) == {16383}
    other = Node("10.0.0.9", 6379)
    topology.moved(16383, other)
    assert topology.slots(primary) == frozenset()
    assert topology.slots(other) == {16383}


@pytest.mark.parametrize(
    ("told", "host"),
    [
        (entry(b"node.example", b"a1", b"ip", b"10.0.0.1"), "node.example"),
        (entry(b"?", b"a1", b"ip", b"10.0.0.1"), "10.0.0.1"),
        (entry(b"", b"a1"), "asked"),
        (entry(None, b"a1", b"hostname", b"node.example"), "asked"),
        (entry(b"2001:db8::1", b"a1"), "2001:db8::1"),
        ([b"10.0.0.1", 6379, b"a1"], "10.0.0.1"),
    ],
)
def test_a_node_is_where_it_says_that_clients_find_it(told: list[object], host: str) -> None:
    (primary,) = read_topology([[0, 16383, told]], NODES, "asked").primaries
    assert primary == Node(host, 6379)


def test_a_node_tells_which_of_its_slots_are_on_their_way() -> None:
    known = [Node("one.example", 6379, "a1")]
    holding = read_holding(NODES, "asked", known)
    assert holding.ranges == ((8192, 16382), (16383, 16383))
    assert holding.importing == {8191: Node("one.example", 6379)}
    assert holding.migrating == {}
    other = NODES.replace(b"myself,master", b"master").replace(b"one master", b"one myself,master")
    holding = read_holding(other, "asked", known)
    assert holding.migrating == {8191: Node("asked", 6379)}
    # Also to one that has no slots yet.
    assert holding.importing == {9: Node("10.0.0.5", 6380)}
