"""Which node has which slot, read from what one node says of all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from valkey.crc import VALKEY_CLUSTER_HASH_SLOTS

SLOTS: Final = VALKEY_CLUSTER_HASH_SLOTS
# Where a node is that does not know it: where it was asked.
UNNAMED: Final = (None, "", "?")


@dataclass(frozen=True, slots=True)
class Node:
    """A node as it is known: where it is, and by which name the others know it."""

    host: str
    port: int
    id: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


type Ranges = tuple[tuple[int, int], ...]
"""Of slots, both ends included."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shard:
    """A primary, its replicas that are reached by others, and the slots that they have."""

    primary: Node
    replicas: tuple[Node, ...]
    ranges: Ranges


class Topology:
    """Who has what, as of the last look, and what redirections told since then."""

    def __init__(self, shards: Sequence[Shard] = (), others: Sequence[Node] = ()) -> None:
        """Know shards, and nodes that have neither slots nor a primary that has some."""
        self.shards = tuple(shards)
        self.primaries = tuple(shard.primary for shard in shards)
        replicas = (node for shard in shards for node in shard.replicas)
        self.nodes = (*self.primaries, *replicas, *others)
        self._owners: list[Node | None] = [None] * SLOTS
        for shard in self.shards:
            for first, last in shard.ranges:
                self._owners[first : last + 1] = [shard.primary] * (last + 1 - first)

    def owner(self, slot: int) -> Node | None:
        """Return the primary of a slot, None where nobody has it."""
        return self._owners[slot]

    def slots(self, node: Node) -> frozenset[int]:
        """Return the slots of a primary."""
        return frozenset(slot for slot, owner in enumerate(self._owners) if owner == node)

    def moved(self, slot: int, node: Node) -> None:
        """Know that a slot has another primary, until the next look."""
        self._owners[slot] = node

    @property
    def uncovered(self) -> int:
        """Return how many slots nobody has."""
        return self._owners.count(None)


def read_topology(slots: Sequence[Any], nodes: bytes, asked: str) -> Topology:
    """Read what CLUSTER SLOTS and CLUSTER NODES of one node tell; `asked` is its host.

    The first has the addresses that clients are to use, the second has all nodes.
    """
    seen = list(read_nodes(nodes, asked))
    ranges: dict[str, list[tuple[int, int]]] = {}
    named = {one.node.id: one.node for one in seen}
    for first, last, *having in slots:
        told = [_node(one, asked) for one in having]
        ranges.setdefault(told[0].id, []).append((first, last))
        named |= {node.id: node for node in told}
    reached = [one for one in seen if one.reached]
    shards = [
        Shard(
            primary=named[name],
            replicas=tuple(named[one.node.id] for one in reached if one.primary == name),
            ranges=tuple(sorted(ranges[name])),
        )
        for name in sorted(ranges)
    ]
    others = [
        named[one.node.id]
        for one in reached
        if one.node.id not in ranges and one.primary not in ranges
    ]
    return Topology(shards, others)


def _node(entry: Sequence[Any], asked: str) -> Node:
    host, port, name, *rest = entry
    told = host.decode() if host else ""
    if told == "?" and rest:
        # Where names are preferred and this node has none, its IP is beside it.
        beside = dict(zip(rest[0][::2], rest[0][1::2], strict=True))
        told = beside.get(b"ip", b"").decode()
    return Node(asked if told in UNNAMED else told, port, name.decode())


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A node as another one, or it itself, sees it in CLUSTER NODES."""

    node: Node
    flags: frozenset[str]
    primary: str
    """The name of the node that this one copies, or "-"."""
    slots: tuple[str, ...]

    @property
    def reached(self) -> bool:
        """Tell whether others reach it."""
        return not self.flags & {"fail", "noaddr", "handshake"}


def read_nodes(text: bytes, asked: str) -> Iterator[Seen]:
    """Read what CLUSTER NODES tells; who has no host is where that was asked."""
    for line in text.decode().splitlines():
        name, address, flags, primary, _, _, _, _, *slots = line.split()
        host, _, port = address.partition("@")[0].rpartition(":")
        yield Seen(
            node=Node(host or asked, int(port), name),
            flags=frozenset(flags.split(",")),
            primary=primary,
            slots=tuple(slots),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """What a primary says of its own slots: which it has, and which are on their way, with whom."""

    ranges: Ranges = ()
    migrating: Mapping[int, Node] = field(default_factory=dict)
    importing: Mapping[int, Node] = field(default_factory=dict)


def read_holding(text: bytes, asked: str, known: Iterable[Node]) -> Holding:
    """Read what CLUSTER NODES of a node tells of that node itself, others as they are `known`."""
    seen = list(read_nodes(text, asked))
    named = {one.node.id: one.node for one in seen} | {node.id: node for node in known}
    own = next(one.slots for one in seen if "myself" in one.flags)
    return Holding(
        ranges=tuple(_range(word) for word in own if not word.startswith("[")),
        migrating=_on_their_way(own, "->-", named),
        importing=_on_their_way(own, "-<-", named),
    )


def _range(word: str) -> tuple[int, int]:
    first, _, last = word.partition("-")
    return int(first), int(last or first)


def _on_their_way(words: Iterable[str], way: str, named: Mapping[str, Node]) -> dict[int, Node]:
    parted = (word.strip("[]").partition(way) for word in words)
    return {int(slot): named[other] for slot, between, other in parted if between}
