"""All that goes to one node: reads, writes and what is about the node, each in its own lane.

So a write that waits for a replica holds up no read, and what takes long neither.
"""

import asyncio
import time
from typing import Final

from ..servers import Durability
from . import durable
from .lane import Lane
from .link import Access, Link
from .topology import Node

# Seconds that a pipeline may take.
_READS: Final = 3.0
_BULK: Final = 30.0
# A node that has not answered for so long may be gone.
_LONG: Final = 0.5


class Peer:
    """A node, as this receiver talks to it."""

    def __init__(self, access: Access, node: Node, durability: Durability) -> None:
        def link() -> Link:
            return Link(access, node.host, node.port)

        self.node = node
        self.reads = Lane(link(), limit=_READS)
        self.bulk = Lane(link(), limit=_BULK)
        # One: with two the pipelines are half as long, and as many disks are waited for twice.
        self.writes = Lane(
            link(),
            limit=durable.LIMIT,
            tail=durable.TAILS[durability],
            verdict=durable.shortfall,
        )

    @property
    def stuck(self) -> bool:
        """Tell whether anything that is under way takes long."""
        before = time.monotonic() - _LONG
        return any(lane.busy and lane.since < before for lane in (self.reads, self.writes))

    async def close(self) -> None:
        """End all connections."""
        await asyncio.gather(*(lane.close() for lane in (self.reads, self.bulk, self.writes)))
