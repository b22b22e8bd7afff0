"""How a slot of a Valkey cluster, and its keys, move to another node."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from scripts.ports import LOOPBACK
from scripts.valkey_node import Node
from scripts.valkey_resp import Access, AnswerError, Part

KEYS_AT_ONCE: Final = 100
MIGRATE_TIMEOUT: Final = 5_000  # milliseconds


def ranges(count: int, parts: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of each part of so many."""
    for part in range(parts):
        yield part * count // parts, (part + 1) * count // parts - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """The move of a slot, a step at a time: `begin`, `keys` until it returns 0, `end`."""

    slot: int
    source: Node
    target: Node
    access: Access | None = None

    def whole(self, told: Iterable[Node]) -> None:
        """Move the slot with all its keys, and tell the other primaries."""
        self.begin()
        while self.keys():
            pass
        self.end(told)

    def begin(self) -> None:
        """Let both know: from now on the source sends who asks for a missing key to the target."""
        self.target.call("CLUSTER", "SETSLOT", self.slot, "IMPORTING", self.source.id)
        self.source.call("CLUSTER", "SETSLOT", self.slot, "MIGRATING", self.target.id)

    def keys(self, count: int = KEYS_AT_ONCE) -> int:
        """Move some keys, and return how many there were."""
        found: list[bytes] = self.source.call("CLUSTER", "GETKEYSINSLOT", self.slot, count)
        if found:
            self.source.call(*self._migrate(found))
        return len(found)

    def end(self, told: Iterable[Node]) -> None:
        """Make the target the owner; the other primaries hear of it at once and not by chance."""
        words = ("CLUSTER", "SETSLOT", self.slot, "NODE", self.target.id)
        self.target.call(*words)
        for node in dict.fromkeys([self.source, *told]):
            # A source that has nothing left becomes a replica, and takes no such word any more.
            with suppress(AnswerError):
                node.call(*words)

    def _migrate(self, keys: list[bytes]) -> list[Part]:
        place: list[Part] = ["MIGRATE", LOOPBACK, self.target.port, "", 0, MIGRATE_TIMEOUT]
        if self.access:
            place += ["AUTH2", self.access.user, self.access.password]
        return [*place, "KEYS", *keys]
