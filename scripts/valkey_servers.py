"""A real Valkey cluster on this machine, for development and for tests; it leaves nothing behind.

    with Servers() as servers:
        store = servers.url
        servers.primary_of(b"key").kill()

Everything waits, so where an event loop runs, call it in a thread. However this program ends, a
keeper, `valkey_keeper.py`, kills what is left of the servers and deletes their folder.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, Self

from scripts import valkey_binary
from scripts.environments import ROOT
from scripts.ports import LOOPBACK
from scripts.valkey_node import Node, ServersError
from scripts.valkey_resp import Access, AnswerError, Part
from scripts.valkey_seen import (
    SLOTS,
    all_reach_all,
    claims,
    comes_true,
    copies,
    has,
    is_content,
    of_itself,
    on_disk,
)
from scripts.valkey_slots import Move, ranges

__all__ = ["LOOPBACK", "Access", "AnswerError", "Move", "Node", "Servers", "ServersError"]

KEEPER: Final = Path(__file__).with_name("valkey_keeper.py")
NODE_TIMEOUT: Final = 2000  # milliseconds
TIMEOUT: Final = 60.0

# Beside what operators are given, on which all of it is tried.
SHIPPED: Final = ROOT / "deploy" / "valkey.conf"
SETTINGS: Final[Mapping[str, str]] = {
    # A copy is made at once, and not after 5 s, in which others might ask for one.
    "repl-diskless-sync-delay": "0",
    "enable-debug-command": "local",
}


class Servers:
    """A cluster of primaries with so many replicas each; nothing is started before `start`."""

    def __init__(
        self,
        primaries: int = 3,
        replicas: int = 1,
        *,
        server: Path | None = None,
        node_timeout: int = NODE_TIMEOUT,
        settings: Mapping[str, str] | None = None,
        access: Access | None = None,
    ) -> None:
        """Describe it; `settings` are lines of a configuration that win over `SHIPPED`.

        `node_timeout` is in milliseconds: a silent node is given up after that. With `access` there
        is one user, and nobody else is let in.
        """
        self.nodes: list[Node] = []
        self._wanted = (primaries, replicas)
        self._server = server
        timeout = {"cluster-node-timeout": str(node_timeout)}
        self._settings = {"include": str(SHIPPED), **SETTINGS, **timeout, **(settings or {})}
        self._access = access
        self._folder = Path()
        self._keeper: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start, and wait until it is a cluster."""
        self.start()
        return self

    def __exit__(self, *_exc_info: object) -> None:
        """End all servers, and delete what they had."""
        self.stop()

    @property
    def url(self) -> str:
        """Return what a receiver's --store wants; user and password are options of their own."""
        return f"valkey://{','.join(node.address for node in self.nodes)}"

    # --- All of it

    def start(self) -> None:
        """Start all nodes, and wait until they are a cluster; raises ServersError."""
        primaries, replicas = self._wanted
        try:
            for _ in range(primaries * (1 + replicas)):
                self._started()
            self._form(self.nodes[:primaries], self.nodes[primaries:])
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End all servers, paused ones too, and delete their folder."""
        for node in self.nodes:
            node.kill()
        self.nodes = []
        if self._keeper is not None:
            # Before its standard input ends, so that the folder is not deleted by two.
            self._keeper.kill()
            self._keeper.communicate()
            self._keeper = None
            shutil.rmtree(self._folder, ignore_errors=True)

    def _form(self, primaries: list[Node], replicas: list[Node]) -> None:
        first, *others = primaries
        for epoch, node in enumerate(primaries, 1):
            node.call("CLUSTER", "SET-CONFIG-EPOCH", epoch)
        for node, (begin, end) in zip(primaries, ranges(SLOTS, len(primaries)), strict=True):
            node.call("CLUSTER", "ADDSLOTSRANGE", begin, end)
        for node in [*others, *replicas]:
            first.meet(node)
        self._wait("acquainted", lambda: all_reach_all(self.nodes), TIMEOUT)
        for number, node in enumerate(replicas):
            node.call("CLUSTER", "REPLICATE", primaries[number % len(primaries)].id)
        self.wait_until_whole()

    # --- One node

    def restart(self, node: Node) -> None:
        """Start a node again that was killed, with what it had, and wait until it answers."""
        node.start(group=self._group())

    def mend(self) -> None:
        """Let all run again that was killed or paused, and wait until the cluster is whole."""
        for node in self.nodes:
            if node.paused:
                node.resume()
            if not node.running:
                self.restart(node)
        self.wait_until_whole()

    def add_node(self, *, replica_of: Node | None = None) -> Node:
        """Start one more node: a copy of that one, else a primary without slots."""
        known = self._alive()[0]
        node = self._started()
        known.meet(node)
        self.wait_until_whole()  # before that it takes no keys
        if replica_of is not None:
            node.call("CLUSTER", "REPLICATE", replica_of.id)
            self._wait("in step", lambda: copies(node, replica_of), TIMEOUT)
        return node

    def _started(self) -> Node:
        group = self._group()
        server = valkey_binary.find(self._server)
        folder = self._folder / f"node-{len(self.nodes) + 1}"
        node = Node(server, folder, settings=self._settings, access=self._access)
        self.nodes.append(node)
        node.start(group=group)
        return node

    def _group(self) -> int:
        """Return the group that all servers are in, which is made at the latest now."""
        if self._keeper is None:
            self._folder = Path(mkdtemp(prefix="valkey-"))
            self._keeper = subprocess.Popen(
                [sys.executable, "-P", KEEPER, self._folder],
                stdin=subprocess.PIPE,
                process_group=0,
            )
        return self._keeper.pid

    # --- Who has what

    def primaries(self) -> list[Node]:
        """Return the nodes that have slots, by what they say of themselves, the newest last."""
        found = [(of_itself(node), node) for node in self._alive()]
        found = [(seen, node) for seen, node in found if seen.slots and not seen.primary]
        return [node for _, node in sorted(found, key=lambda pair: pair[0].epoch)]

    def primary_of(self, key: Part) -> Node:
        """Return the node that writes of a key go to; raises ServersError where none is known."""
        return self.primary_of_slot(int(self._alive()[0].call("CLUSTER", "KEYSLOT", key)))

    def primary_of_slot(self, slot: int) -> Node:
        """Return the node that a slot is on; raises ServersError where none is known."""
        # One that was away for a while may believe for a moment that it still has it.
        for node in reversed(self.primaries()):
            if has(of_itself(node), slot):
                return node
        raise ServersError(f"No node that answers has slot {slot}")

    def replicas_of(self, primary: Node) -> list[Node]:
        """Return the nodes that hold a copy of that one, by what they say of themselves."""
        return [node for node in self._alive() if of_itself(node).primary == primary.id]

    def move(self, slot: int, to: Node) -> Move:
        """Return the move of a slot, to be made a step at a time."""
        source = self.primary_of_slot(slot)
        return Move(slot=slot, source=source, target=to, access=self._access)

    def move_slots(self, slots: Iterable[int], to: Node) -> None:
        """Move slots with their keys, one after the other, while the cluster goes on."""
        for slot in slots:
            self.move(slot, to).whole(self.primaries())

    def _alive(self) -> list[Node]:
        found = [node for node in self.nodes if node.running and not node.paused]
        if not found:
            raise ServersError("No server runs")
        return found

    # --- Waiting

    def wait_until_whole(self, *, timeout: float = TIMEOUT) -> None:
        """Wait until all that run reach each other, each slot has a primary, and copies are made.

        Of a node that was killed a moment before, nobody has noticed that yet: `wait_for_successor`
        waits for that.
        """
        self._wait("whole", self._is_whole, timeout)

    def wait_for_successor(self, lost: Node, *, timeout: float = TIMEOUT) -> Node:
        """Return the node that has the slots of one that was killed or paused, once it has."""
        if not (slots := on_disk(lost).slots):
            raise ServersError(f"{lost} had no slots")
        found: list[Node] = []

        def has_one() -> bool:
            found[:] = [node for node in self.primaries() if has(of_itself(node), slots[0][0])]
            return bool(found)

        self._wait(f"served where {lost} was", has_one, timeout)
        return found[-1]

    def _wait(self, what: str, holds: Callable[[], bool], timeout: float) -> None:
        if not comes_true(holds, timeout):
            raise ServersError(f"The cluster is not {what} after {timeout:.0f} s: {self.nodes}")

    def _is_whole(self) -> bool:
        alive = self._alive()
        return all_reach_all(alive) and claims(alive) == SLOTS and all(map(is_content, alive))
