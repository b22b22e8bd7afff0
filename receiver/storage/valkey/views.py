"""What a node says of the cluster, and which of several that say something is to be believed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from .facts import read_info
from .link import Command
from .topology import Topology, read_topology

# What a node is asked for a view.
COMMANDS: Final[tuple[Command, ...]] = (
    (b"CLUSTER", b"INFO"),
    (b"CLUSTER", b"SLOTS"),
    (b"CLUSTER", b"NODES"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """What a node says: how well it knows the others, and who has what."""

    well: bool
    epoch: int
    topology: Topology

    @classmethod
    def of(cls, replies: Sequence[Any], asked: str) -> Self:
        """Read replies to COMMANDS of the node at a host."""
        info, slots, nodes = replies
        told = read_info(info)
        return cls(
            well=told["cluster_state"] == "ok",
            epoch=int(told["cluster_current_epoch"]),
            topology=read_topology(slots, nodes, asked),
        )


def best(views: Iterable[View], known: Topology) -> View | None:
    """Return the view of who knows of the latest election, None where nobody has one."""
    # One that was emptied, or begins anew, knows nobody.
    knowing = [view for view in views if view.topology.shards or not known.shards]
    return max(knowing, key=lambda view: (view.well, view.epoch), default=None)
