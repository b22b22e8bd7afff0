"""Take what was deleted and replaced off the disks: nodes append what is written, and rewrite that.

Hourly, and within two minutes after deletions; by one receiver for all, one node after the other.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from ...errors import StorageUnavailable
from ..cluster import Cluster
from ..facts import read_info
from ..topology import Node
from .turns import Turns

LOGGER = logging.getLogger(__name__)

WORK: Final = "rewrite"
EVERY: Final = 3_600
# Seconds between two looks whether a node is done, and in which one has to be.
LOOKS: Final = 0.2
PATIENCE: Final = 1_800
_BUSY: Final = ("aof_rewrite_in_progress", "aof_rewrite_scheduled")
# How often it was asked for, and how often that was when a node did it last, by node: one that was
# away does it when it is back.
WANTED: Final = b"{rewrite}:wanted"
DONE: Final = b"{rewrite}:done"
# There for an hour after it was asked for only because it was time.
RECENT: Final = b"{rewrite}:recent"


class Rewriting:
    """Has the append-only files of all nodes rewritten when it is time."""

    def __init__(
        self,
        cluster: Cluster,
        turns: Turns,
        *,
        every: int = EVERY,
        patience: float = PATIENCE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Rewrite all so many seconds; a node has to be done in so many."""
        self._cluster = cluster
        self._turns = turns
        self._every = every
        self._patience = patience
        self._sleep = sleep
        self._deleted = False
        self._failing: set[Node] = set()

    def note(self) -> None:
        """Note that something was deleted."""
        self._deleted = True

    async def tell(self) -> None:
        """Ask for it where something was deleted; whichever receiver looks next does it."""
        if self._deleted:
            self._deleted = False
            try:
                await self._want()
            except StorageUnavailable:
                self._deleted = True
                raise

    async def look(self) -> None:
        """Rewrite if it is time: this is asked once a minute."""
        await self.tell()
        recent = (b"SET", RECENT, b"", b"NX", b"EX", self._every)
        if await self._cluster.write(RECENT, *recent) is not None:
            await self._want()
        if not await self._due():
            return
        async with self._turns.take(WORK) as ours:
            if not ours:
                return
            # Whose turn it was before may have done it.
            for node in await self._due():
                wanted = await self._wanted()
                if await self._one(node):
                    await self._cluster.write(DONE, b"HSET", DONE, str(node), wanted, again=True)

    async def _want(self) -> None:
        await self._cluster.write(WANTED, b"INCR", WANTED)

    async def _wanted(self) -> int:
        return int(await self._cluster.read(WANTED, b"GET", WANTED) or 0)

    async def _due(self) -> list[Node]:
        """Return the nodes that did not do it since it was asked for last."""
        wanted = await self._wanted()
        nodes = self._cluster.nodes()
        done = await self._cluster.read(DONE, b"HMGET", DONE, *map(str, nodes))
        return [node for node, when in zip(nodes, done, strict=True) if int(when or 0) < wanted]

    async def _one(self, node: Node) -> bool:
        """Have a node rewrite its files; tell whether it did."""
        try:
            async with asyncio.timeout(self._patience):
                await self._until_done(node)
        except (StorageUnavailable, TimeoutError) as error:
            if node not in self._failing:
                reason = error if isinstance(error, StorageUnavailable) else "it takes too long"
                LOGGER.warning(
                    "What was deleted can't be taken off the disk of %s: %s", node, reason
                )
            self._failing.add(node)
            return False
        self._failing.discard(node)
        return True

    async def _until_done(self, node: Node) -> None:
        # One that was begun before may have passed what was deleted since.
        before = await self._idle(node)
        if before["aof_enabled"] == "0":
            return
        try:
            await self._cluster.told(node, (b"BGREWRITEAOF",))
        except StorageUnavailable:
            # It has just begun one by itself.
            before = await self._idle(node)
            await self._cluster.told(node, (b"BGREWRITEAOF",))
        after = await self._idle(node)
        # A node that was started anew has done none.
        more = int(after["aof_rewrites"]) > int(before["aof_rewrites"])
        if not more or after["aof_last_bgrewrite_status"] != "ok":
            raise StorageUnavailable("its files could not be rewritten: see its log")

    async def _idle(self, node: Node) -> dict[str, str]:
        """Wait until a node rewrites nothing; return what it says then."""
        while True:
            (text,) = await self._cluster.told(node, (b"INFO", b"persistence"))
            told = read_info(text)
            if not any(told.get(one, "0") != "0" for one in _BUSY):
                return told
            await self._sleep(LOOKS)
