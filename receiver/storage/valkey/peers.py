"""The nodes that are talked to: one `Peer` for each, made when something is for it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from ..errors import StorageUnavailable
from ..servers import Durability
from .link import Access, Command
from .peer import Peer
from .topology import Node, Topology


class Peers:
    """Who is talked to; who is no longer of the cluster, or no longer a primary, is left."""

    def __init__(self, access: Access, durability: Durability) -> None:
        self._access = access
        self._durability = durability
        self._peers: dict[Node, Peer] = {}
        self._primaries: frozenset[Node] = frozenset()
        self.closed = False
        self._leaving: set[asyncio.Task[None]] = set()

    def of(self, node: Node) -> Peer:
        """Return who a node is talked to by; raises StorageUnavailable after the end."""
        if self.closed:
            raise StorageUnavailable("the receiver stops")
        if node not in self._peers:
            self._peers[node] = Peer(self._access, node, self._durability)
        return self._peers[node]

    async def ask(self, node: Node, commands: Sequence[Command], until: float) -> list[Any]:
        """Ask a node something about itself."""
        return await self.of(node).reads.ask(commands, until)

    def follow(self, topology: Topology) -> None:
        """Leave who has no part any more: what was sent is lost, and the rest asked elsewhere."""
        primaries = frozenset(topology.primaries)
        staying = set(topology.nodes) - (self._primaries - primaries)
        self._primaries = primaries
        for node in [node for node in self._peers if node not in staying]:
            task = asyncio.create_task(self._peers.pop(node).close())
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    @property
    def stuck(self) -> bool:
        """Tell whether one of the primaries has not answered for a while."""
        return any(self._peers[node].stuck for node in self._primaries & self._peers.keys())

    async def close(self) -> None:
        """Leave all."""
        self.closed = True
        peers, self._peers = self._peers, {}
        await asyncio.gather(*(peer.close() for peer in peers.values()), *self._leaving)
        # A connection that was ended is closed in the loop's next turn.
        await asyncio.sleep(0)
