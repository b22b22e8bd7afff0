"""Who has which slot, as the nodes say when they are asked: looked at anew when that was wrong."""

import time
from collections.abc import Iterable
from contextlib import closing
from typing import Any, Final

from valkey.exceptions import NoPermissionError, ResponseError

from ...errors import StorageError, StorageUnavailable
from ...servers import Servers
from ..link import Command
from ..topology import SLOTS, Holding, Node, Topology, read_holding
from ..views import COMMANDS, View, best
from .wires import GoneError, Wires

# Seconds in which another node takes the place of one that is gone.
PATIENCE: Final = 60.0
PAUSE: Final = 0.2
ALL_SLOTS: Final = range(SLOTS)
# Seconds in which a node says what it knows.
LOOK: Final = 1.5
ASKING: Final[Command] = (b"ASKING",)


class Chart:
    """Asks who has a slot, as it was told last."""

    def __init__(self, servers: Servers, wires: Wires) -> None:
        """Look for the first time; raises StorageError or StorageUnavailable."""
        self._servers = servers
        self._wires = wires
        self._seeds = tuple(Node(host, port) for host, port in servers.hosts)
        self.topology = Topology()
        # Since when nothing was read, while nothing is.
        self._since: float | None = None
        self._why: Exception | None = None
        if not self._look():
            raise StorageUnavailable(f"No node of {servers} tells where all are: {self._why}")

    def went_on(self) -> None:
        """Begin to be patient anew: something was read."""
        self._since = None

    def wait(self, why: object) -> None:
        """Look anew after a while; raises StorageUnavailable where that went on for too long."""
        now = time.monotonic()
        self._since = self._since or now
        if now - self._since > PATIENCE:
            raise StorageUnavailable(f"The cluster can't be read: {why}")
        time.sleep(PAUSE)
        self._look()

    def owner(self, slot: int) -> Node:
        """Return the primary of a slot; raises GoneError where it has none."""
        if (node := self.topology.owner(slot)) is None:
            raise GoneError("a part of the cluster has no primary")
        return node

    def ordered(self, slots: Iterable[int]) -> list[int]:
        """Return slots in an order in which those of a node follow each other."""
        owner = self.topology.owner
        return sorted(slots, key=lambda slot: (str(owner(slot)), slot))

    def holding(self, node: Node) -> Holding:
        """Return which slots a node says it has, and which of them are moving."""
        (reply,) = self._wires.ask(node, [(b"CLUSTER", b"NODES")])
        return read_holding(told(node, reply), node.host, self.topology.nodes)

    def ask(self, slot: int, command: Command) -> tuple[Node, Any]:
        """Return who has a key of a slot, and its answer; asked until there is one."""
        while True:
            try:
                node = self.owner(slot)
                (reply,) = self._wires.ask(node, [command])
                node, reply = followed(self._wires, node, command, reply)
                found = told(node, reply)
            except GoneError as error:
                self.wait(error)
            else:
                self.went_on()
                return node, found

    def _look(self) -> bool:
        """Ask the nodes that are known, and tell whether any says what it knows."""
        views = []
        # By connections of its own, for who hangs is not waited for as long as who reads.
        with closing(Wires(self._servers, LOOK)) as wires:
            for node in dict.fromkeys((*self.topology.nodes, *self._seeds)):
                try:
                    replies = [told(node, one) for one in wires.ask(node, COMMANDS)]
                    views.append(View.of(replies, node.host))
                except GoneError as error:
                    self._why = error
        if (view := best(views, self.topology)) is None:
            return False
        self.topology = view.topology
        return True


def told(node: Node, reply: Any) -> Any:
    """Return a reply; raises GoneError where it says not now, StorageError where it says never."""
    if isinstance(reply, NoPermissionError):
        raise StorageError(
            f"{node} does not let the receiver's user read: see which commands and keys it needs"
        ) from reply
    if isinstance(reply, ResponseError) and str(reply).startswith("This instance has cluster"):
        raise StorageError(f"{node} is not of a cluster: set cluster-enabled there") from reply
    if is_no_row(reply):
        raise StorageError(
            "Another program uses this cluster: `check` says which key it has"
        ) from reply
    if isinstance(reply, Exception):
        # Of what it says only the first word: keys may follow.
        raise GoneError(f"{node} answers {str(reply).partition(' ')[0]}") from reply
    return reply


def followed(wires: Wires, node: Node, command: Command, reply: Any) -> tuple[Node, Any]:
    """Return who has a key, and its answer, where others of its slot have not moved there yet."""
    if not is_ask(reply):
        return node, reply
    host, _, port = str(reply).rpartition(" ")[2].rpartition(":")
    target = Node(host or node.host, int(port))
    return target, wires.ask(target, [ASKING, command])[1]


def is_no_row(reply: object) -> bool:
    """Tell whether a node says that something of another kind is where a row would be."""
    return isinstance(reply, Exception) and str(reply).startswith("WRONGTYPE")


def is_ask(reply: object) -> bool:
    """Tell whether a node says that another one is to be asked, this once."""
    return isinstance(reply, Exception) and str(reply).startswith("ASK ")
