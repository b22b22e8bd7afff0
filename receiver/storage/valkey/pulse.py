"""Writes to each shard once in a while, so that what is said of it is true also while it is quiet.

A shard that failed is written to until it works; without that nobody would notice who is sent no
reports because of the failure.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from ..errors import StorageUnavailable
from .lookout import Lookout
from .peers import Peers
from .topology import Node

LOGGER = logging.getLogger(__name__)

# Seconds between two looks at all shards, and after which one is quiet.
EVERY: Final = 0.5
QUIET: Final = 10.0
# Seconds in which a node that works has written anything; one that hangs raises no fault.
TOO_LONG: Final = 1.0

type Probe = Callable[[Node], Awaitable[object]]


class Pulse:
    """Knows which primaries can be written to."""

    def __init__(self, peers: Peers, lookout: Lookout, probe: Probe) -> None:
        """Write to a primary by `probe`, which raises StorageUnavailable."""
        self._peers = peers
        self._lookout = lookout
        self._probe = probe
        self._probing: dict[Node, asyncio.Task[None]] = {}
        self._task: asyncio.Task[None] | None = None
        self._told: set[Node] = set()

    @property
    def works(self) -> bool:
        """Tell whether each slot has a primary, and to each the last write worked, or may yet."""
        topology = self._lookout.topology
        if not topology.shards or topology.uncovered or self._peers.closed:
            return False
        lanes = (self._peers.of(node).writes for node in topology.primaries)
        return not any(lane.trouble or lane.stuck(TOO_LONG) for lane in lanes)

    async def first(self) -> None:
        """Write to all primaries once."""
        await asyncio.gather(*map(self._beat, self._lookout.topology.primaries))

    def start(self) -> None:
        """Go on with that."""
        self._task = asyncio.create_task(self._run(), name="pulse")

    async def close(self) -> None:
        """Write no more."""
        tasks = [*self._probing.values(), *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            if self._peers.stuck or not self.works or self._lookout.age > QUIET:
                self._lookout.want()
            for node in self._lookout.topology.primaries:
                self._tell(node)
                if node not in self._probing and self._due(node):
                    self._probing[node] = asyncio.create_task(self._beat(node))

    def _due(self, node: Node) -> bool:
        lane = self._peers.of(node).writes
        if lane.busy:
            return False
        return lane.trouble is not None or time.monotonic() - lane.since > QUIET

    async def _beat(self, node: Node) -> None:
        try:
            with suppress(StorageUnavailable):
                await self._probe(node)
        finally:
            self._probing.pop(node, None)

    def _tell(self, node: Node) -> None:
        """Say once that writes fail, and once that they work again."""
        trouble = self._peers.of(node).writes.trouble
        if trouble and node not in self._told:
            self._told.add(node)
            LOGGER.warning("Writes to %s fail: %s", node, trouble)
        elif not trouble and node in self._told:
            self._told.discard(node)
            LOGGER.info("Writes to %s work again", node)
