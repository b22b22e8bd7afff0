"""All that goes to one node: reads, writes and what is about the node, each in its own lane.

So a write that waits for a replica holds up no read, and what takes long neither.
"""

import asyncio
import time
from contextlib import suppress
from typing import Any, Final

from ..servers import Durability
from . import durable
from .faults import Later
from .lane import Lane
from .link import Access, Command, Link
from .topology import Node

# Seconds that a pipeline may take.
_READS: Final = 3.0
_BULK: Final = 30.0
# For more than there are, so that they are asked, and not for long.
_ASK_REPLICAS: Final[Command] = (b"WAIT", 100, 1)
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
            slow=self._nudge,
        )
        self._nudges = Lane(link(), limit=_READS)

    @property
    def stuck(self) -> bool:
        """Tell whether anything that is under way takes long."""
        return self.reads.stuck(_LONG) or self.writes.stuck(_LONG)

    def _nudge(self) -> None:
        """Have the node ask its replicas once more how far they are.

        A replica holds back its word for 40 ms where the last one was not confirmed yet, since it
        does not set TCP_NODELAY towards its primary; any word of the primary confirms that. It can
        only be asked for by another connection than the one that waits.
        """
        if not self._nudges.busy:
            with suppress(Later):
                self._nudges.ask((_ASK_REPLICAS,), time.monotonic() + 1).add_done_callback(_ignore)

    async def close(self) -> None:
        """End all connections."""
        lanes = (self.reads, self.bulk, self.writes, self._nudges)
        await asyncio.gather(*(lane.close() for lane in lanes))


def _ignore(done: asyncio.Future[Any]) -> None:
    """Take what came of it, so that nobody is told that it was not looked at."""
    if not done.cancelled():
        done.exception()
