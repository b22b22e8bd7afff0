"""Where a request goes: to the primary of its key's slot, wherever that is by now.

It waits for its own node alone, and some seconds at most: for that one to come back, for the one
that takes its place, or for keys that move.
"""

import time
from collections import Counter
from itertools import count
from typing import Any, Final

from ..errors import StorageUnavailable
from .faults import Elsewhere, Later, Lost
from .link import Command
from .lookout import Lookout
from .peers import Peers
from .topology import UNNAMED, Node

# Seconds in which a request is sent, if at all.
PATIENCE: Final = 3.0
# So many may wait to be asked again; of what comes for a node that is gone the rest fails at once.
MAX_HELD: Final = 1000
# Seconds until it is asked again where no look has told more.
AGAIN: Final = 0.25
# What is sent elsewhere goes there at once, but not in circles.
HOPS: Final = 4
_ASKING: Final[Command] = (b"ASKING",)


class Router:
    """Asks the node that has a slot, and asks again what was not done."""

    def __init__(self, peers: Peers, lookout: Lookout) -> None:
        self._peers = peers
        self._lookout = lookout
        self._held: Counter[Node | None] = Counter()

    async def ask(self, slot: int, command: Command, *, write: bool, again: bool) -> Any:
        """Return the reply, a fault too; one that was sent is sent anew if it may be done `again`.

        Raises StorageUnavailable.
        """
        until = time.monotonic() + PATIENCE
        asking: Node | None = None
        for hop in count(1):
            node = asking or self._lookout.topology.owner(slot)
            outcome = await self._once(node, command, until, write=write, asking=bool(asking))
            asking = None
            if isinstance(outcome, Elsewhere):
                asking = self._follow(outcome, node)
                if hop % HOPS:
                    continue
            elif isinstance(outcome, Lost):
                self._lookout.want()
                if not again:
                    raise outcome
            elif not isinstance(outcome, Later):
                return outcome
            await self._hold(node, outcome, until)
        raise AssertionError  # counting has no end

    async def _once(
        self, node: Node | None, command: Command, until: float, *, write: bool, asking: bool
    ) -> Any:
        """Ask a node; return the reply, or what became of it instead."""
        if node is None:
            return Later("a part of the cluster has no primary")
        peer = self._peers.of(node)
        lane = peer.writes if write else peer.reads
        try:
            return (await lane.ask((_ASKING, command) if asking else (command,), until))[-1]
        except (Later, Lost) as error:
            return error

    def _follow(self, told: Elsewhere, by: Node | None) -> Node | None:
        """Return the node that has the key alone, or know the one that has the slot."""
        host = told.host if told.host not in UNNAMED else (by.host if by else "")
        node = Node(host, told.port)
        if told.once:
            return node
        self._lookout.topology.moved(told.slot, node)
        self._lookout.want()
        return None

    async def _hold(self, node: Node | None, why: Exception, until: float) -> None:
        """Wait until it may be asked again; raises StorageUnavailable where it may not."""
        left = until - time.monotonic()
        if left <= 0 or self._held[node] >= MAX_HELD:
            raise StorageUnavailable(str(why))
        self._held[node] += 1
        try:
            await self._lookout.next(min(AGAIN, left))
        finally:
            self._held[node] -= 1
            # Nodes that are gone are not remembered.
            self._held += Counter()
        if time.monotonic() >= until:
            raise StorageUnavailable(str(why))
