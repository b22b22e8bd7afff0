"""The client: a cluster as one store, in which a shard that fails hurts only what is for it."""

import logging
import time
from collections.abc import Sequence
from typing import Any, Final

from valkey.crc import key_slot

from ..errors import StorageError, StorageUnavailable
from ..servers import Servers
from .checks import look, nobody
from .faults import Later, checked
from .link import Access, Command, Part
from .lookout import Lookout
from .peers import Peers
from .pulse import Pulse
from .router import PATIENCE, Router
from .topology import Holding, Node, read_holding

LOGGER = logging.getLogger(__name__)

# Milliseconds after which what a pulse wrote is gone.
_PULSE_KEPT: Final = 60_000
# Among so many each slot has one.
_TAGS: Final = 300_000


class Cluster:
    """The servers of a cluster; raises StorageUnavailable for what can't be had right now."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._access = Access(servers)
        self._peers = Peers(self._access, servers.durability)
        seeds = [Node(host, port) for host, port in servers.hosts]
        self._lookout = Lookout(seeds, self._peers.ask, self._peers.follow)
        self._router = Router(self._peers, self._lookout)
        self._pulse = Pulse(self._peers, self._lookout, self._probe)

    async def start(self) -> None:
        """Find the nodes, look whether they hold what is promised, and write to each shard.

        Raises StorageError where they never will, and StorageUnavailable where none answers.
        """
        await self._access.load()
        try:
            await self._check(found=await self._lookout.start())
            await self._pulse.first()
            self._pulse.start()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """End all connections; what waits fails."""
        await self._pulse.close()
        await self._lookout.close()
        await self._peers.close()

    @property
    def available(self) -> bool:
        """Tell whether the last write to each shard worked."""
        return self._pulse.works

    async def read(self, key: bytes, *command: Part) -> Any:
        """Return what the primary of a key answers to a command that changes nothing."""
        return _told(await self._router.ask(key_slot(key), command, write=False, again=True))

    async def write(self, key: bytes, *command: Part, again: bool = False) -> Any:
        """Return what it answers to a command once that is where it was promised to be.

        Whether it was done is not known after a StorageUnavailable. What may be done `again` is
        sent anew if the connection ends before the answer.
        """
        return _told(await self._router.ask(key_slot(key), command, write=True, again=again))

    def primaries(self) -> tuple[Node, ...]:
        """Return the nodes that have slots, as known now."""
        return self._lookout.topology.primaries

    def nodes(self) -> tuple[Node, ...]:
        """Return all nodes, as known now, primaries first."""
        return self._lookout.topology.nodes

    async def on(self, node: Node, *commands: Command) -> list[Any]:
        """Return what one node answers to commands, faults among the replies."""
        try:
            return await self._peers.of(node).bulk.ask(commands, time.monotonic() + PATIENCE)
        except Later as error:
            raise StorageUnavailable(str(error)) from error

    async def told(self, node: Node, *commands: Command) -> list[Any]:
        """Return what one node answers to commands, of which none may fail."""
        return [_told(reply) for reply in await self.on(node, *commands)]

    async def holding(self, node: Node) -> Holding:
        """Return what a primary says of its slots: which it has, and which are on their way."""
        (reply,) = await self.told(node, (b"CLUSTER", b"NODES"))
        return read_holding(reply, node.host, self.nodes())

    async def _check(self, *, found: bool) -> None:
        """Look whether what is promised holds; raises StorageError where nothing can be kept."""
        if not found:
            raise nobody(self._lookout.trouble)
        topology = self._lookout.topology
        findings = await look(topology, self._servers.durability, self._asked)
        if any(finding.fatal for finding in findings):
            raise StorageError("\n".join(map(str, findings)))
        for finding in findings:
            LOGGER.warning("The cluster does not hold all that is promised: %s", finding)

    async def _asked(self, node: Node, commands: Sequence[Command]) -> list[Any]:
        return await self.on(node, *commands)

    async def _probe(self, node: Node) -> None:
        """Write something to a primary."""
        slots = self._lookout.topology.slots(node)
        # It may have lost its last slot to another one, and not be left out yet.
        tags = (b"pulse:{%d}" % number for number in range(_TAGS if slots else 0))
        if key := next((key for key in tags if key_slot(key) in slots), None):
            await self.write(key, b"SET", key, b"", b"PX", _PULSE_KEPT, again=True)


def _told(reply: Any) -> Any:
    """Return a reply; raises the fault that it may be, always as StorageUnavailable."""
    try:
        return checked(reply)
    except Later as error:
        raise StorageUnavailable(str(error)) from error
