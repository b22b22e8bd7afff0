"""What the nodes of a Valkey cluster say of it, of each other and of themselves."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from scripts.valkey_node import Node
from scripts.valkey_resp import AnswerError

SLOTS: Final = 16_384
CLUSTER_FILE: Final = "nodes.conf"
POLL_INTERVAL: Final = 0.05
# What a copy is written to the append-only file by, once it came.
REWRITES: Final = ("loading", "aof_rewrite_in_progress", "aof_rewrite_scheduled")
# What a node says of another that it can't talk to, or not yet.
TROUBLES: Final = frozenset({"fail", "fail?", "handshake", "noaddr"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What one node says of one; slots from the first to the last, both included."""

    id: str
    flags: frozenset[str]
    primary: str  # its id, empty where it is one
    epoch: int
    slots: tuple[tuple[int, int], ...]

    @property
    def is_who_says(self) -> bool:
        """Tell whether a node says it of itself."""
        return "myself" in self.flags

    @property
    def is_reached(self) -> bool:
        """Tell whether who says it can talk to that node."""
        return self.flags.isdisjoint(TROUBLES)


def seen_by(node: Node) -> list[Seen]:
    """Return what a node says of all that it knows, itself among them."""
    return [_seen(line.split()) for line in node.call("CLUSTER", "NODES").decode().splitlines()]


def of_itself(node: Node) -> Seen:
    """Return what a node says of itself."""
    return next(seen for seen in seen_by(node) if seen.is_who_says)


def on_disk(node: Node) -> Seen:
    """Return what a node that does not answer said of itself last."""
    lines = (node.folder / CLUSTER_FILE).read_text().splitlines()
    told = (_seen(line.split()) for line in lines if not line.startswith("vars "))
    return next(seen for seen in told if seen.is_who_says)


def comes_true(holds: Callable[[], bool], timeout: float) -> bool:
    """Ask again and again, and tell whether it came true in that many seconds."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        # Of a node that has only just begun, or is being killed.
        with suppress(OSError, AnswerError):
            if holds():
                return True
        time.sleep(POLL_INTERVAL)
    return False


def all_reach_all(nodes: Sequence[Node]) -> bool:
    """Tell whether each of them can talk to each."""
    names = {node.id for node in nodes}
    return all(names <= {seen.id for seen in seen_by(node) if seen.is_reached} for node in nodes)


def claims(nodes: Sequence[Node]) -> int:
    """Return how many slots they say they have: too many while one does not know its successor."""
    slots = [slots for node in nodes for slots in of_itself(node).slots]
    return sum(end - begin + 1 for begin, end in slots)


def is_content(node: Node) -> bool:
    """Tell whether a node sees each slot served, and is what it copies."""
    cluster = node.cluster_info()
    served = cluster["cluster_state"] == "ok" and cluster["cluster_slots_ok"] == str(SLOTS)
    return served and _is_in_step(node)


def copies(node: Node, primary: Node) -> bool:
    """Tell whether a node is a copy of that one by now."""
    return of_itself(node).primary == primary.id and _is_in_step(node)


def has(seen: Seen, slot: int) -> bool:
    """Tell whether a slot is among those of a node."""
    return any(begin <= slot <= end for begin, end in seen.slots)


def _is_in_step(node: Node) -> bool:
    """Tell whether a node has all that it copies, if it does, and in its append-only file."""
    if node.info("replication").get("master_link_status", "up") != "up":
        return False
    persistence = node.info("persistence")
    return {persistence[name] for name in REWRITES} == {"0"}


def _seen(words: list[str]) -> Seen:
    name, _, flags, primary, _, _, epoch, _, *slots = words
    return Seen(
        id=name,
        flags=frozenset(flags.split(",")),
        primary="" if primary == "-" else primary,
        epoch=int(epoch),
        # Those in brackets are on the move.
        slots=tuple(_range(slot) for slot in slots if not slot.startswith("[")),
    )


def _range(text: str) -> tuple[int, int]:
    begin, _, end = text.partition("-")
    return int(begin), int(end or begin)
