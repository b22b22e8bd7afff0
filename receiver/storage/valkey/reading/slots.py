"""The rows of slots: each is read whole from who has it, or read again.

A node tells which keys of a slot it has, whether that is its slot or not. So it is asked before and
after whether it is, and nothing is believed that it read while the slot came, went or moved. Of one
that moves the keys are only ever taken from its source to its target: they are looked for there in
that order, so that none is missed, and each is taken once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import batched
from typing import Any, Final

from ..keys import key_of_row
from ..link import Command
from ..marks import is_row
from ..topology import Holding, Node
from .chart import ASKING, Chart, is_ask, is_no_row, told
from .wires import GoneError, Wires

# Bytes of rows that are in the memory at once, about: a slot is read whole.
PART: Final = 4 << 20
MOST_SLOTS: Final = 256
# After each time at most, since rows may be larger there.
GROWTH: Final = 4
# Keys that came after they were counted.
SPARE: Final = 16
# Of a slot that moves, at once.
KEYS: Final = 500

# By their keys.
type Rows = dict[bytes, bytes]


class Slots:
    """Reads slots."""

    def __init__(self, chart: Chart, wires: Wires) -> None:
        self._chart = chart
        self._wires = wires
        # So many slots are read at once.
        self._many = 1

    def rows(self, slots: Iterable[int]) -> Iterator[Rows]:
        """Yield the rows of some slots after those of others; each slot is of one part."""
        left = self._chart.ordered(slots)
        while left:
            some, rest = self._next(left)
            try:
                node = self._chart.owner(left[0])
                rows, again = self._of(node, some)
            except GoneError as error:
                self._chart.wait(error)
                left = self._chart.ordered(left)
                continue
            if len(again) < len(some):
                self._chart.went_on()
                yield rows
            if again:
                self._chart.wait("slots move all the time")
                rest = self._chart.ordered([*again, *rest])
            left = rest

    def _next(self, left: Sequence[int]) -> tuple[list[int], list[int]]:
        """Return the first slots, which are of one node, and the others."""
        owner = self._chart.topology.owner
        node = owner(left[0])
        many = next(
            (place for place, slot in enumerate(left[: self._many]) if owner(slot) != node),
            min(self._many, len(left)),
        )
        return [*left[:many]], [*left[many:]]

    def _of(self, node: Node, slots: Sequence[int]) -> tuple[Rows, list[int]]:
        """Return the rows of slots, and which slots are to be read again."""
        before = self._chart.holding(node)
        quiet = [slot for slot in slots if _is_quiet(before, slot)]
        found = self._values(node, self._keys(node, quiet))
        after = self._chart.holding(node)
        rows: Rows = {}
        again = []
        for slot in slots:
            some = found.get(slot) if _is_quiet(after, slot) else None
            if some is None:
                some = self._of_moving(node, slot)
            if some is None:
                again.append(slot)
            else:
                rows |= some
        self._learn(sum(map(len, rows.values())))
        return rows, again

    def _learn(self, size: int) -> None:
        """Read as many slots the next time as a part has room for."""
        fitting = self._many * PART // max(size, 1)
        self._many = max(1, min(fitting, self._many * GROWTH, MOST_SLOTS))

    def _keys(self, node: Node, slots: Sequence[int]) -> Mapping[int, list[bytes]]:
        """Return the keys of installations that a node has, by slot."""
        counted = self._ask(node, [(b"CLUSTER", b"COUNTKEYSINSLOT", slot) for slot in slots])
        found: dict[int, list[bytes]] = {}
        open_ = dict(zip(slots, counted, strict=True))
        while open_:
            asked = {slot: many + SPARE for slot, many in open_.items()}
            commands = [(b"CLUSTER", b"GETKEYSINSLOT", *one) for one in asked.items()]
            told_keys = zip(asked.items(), self._ask(node, commands), strict=True)
            open_ = {}
            for (slot, many), keys in told_keys:
                if len(keys) < many:
                    found[slot] = [key for key in keys if key_of_row(key) is not None]
                else:
                    open_[slot] = many * 2
        return found

    def _values(self, node: Node, keys: Mapping[int, Sequence[bytes]]) -> dict[int, Rows | None]:
        """Return rows by slot, None where the node did not read them."""
        some = {slot: keys for slot, keys in keys.items() if keys}
        commands: list[Command] = [(b"MGET", *one) for one in some.values()]
        replies = self._wires.ask(node, commands) if commands else []
        found: dict[int, Rows | None] = {slot: {} for slot in keys}
        for (slot, those), reply in zip(some.items(), replies, strict=True):
            # Of a slot that has just begun to move, or is gone, it may be an error.
            with suppress(GoneError):
                found[slot] = None
                found[slot] = _there(those, told(node, reply))
        return found

    def _of_moving(self, source: Node, slot: int) -> Rows | None:
        """Return the rows of a slot that moves; None where that is another matter by now."""
        before = self._chart.holding(source)
        target = before.migrating.get(slot)
        if target is None or not _has(before, slot):
            return None
        rows: Rows = {}
        for node, asking in ((source, ()), (target, (ASKING,))):
            keys = [key for key in self._keys(node, [slot])[slot] if key not in rows]
            for some in batched(keys, KEYS, strict=False):
                replies = self._single(node, some, asking)
                moved = [key for key, one in zip(some, replies, strict=True) if is_ask(one)]
                rows |= _there(some, [None if is_ask(one) else told(node, one) for one in replies])
                there = self._single(target, moved, (ASKING,))
                rows |= _there(moved, [told(target, one) for one in there])
        after = self._chart.holding(source)
        return rows if _has(after, slot) and after.migrating.get(slot) == target else None

    def _single(self, node: Node, keys: Sequence[bytes], before: tuple[Command, ...]) -> list[Any]:
        """Return what a node answers for each key, asked one by one."""
        if not keys:
            return []
        commands = [one for key in keys for one in (*before, (b"GET", key))]
        replies = self._wires.ask(node, commands)[len(before) :: 1 + len(before)]
        return [None if is_no_row(reply) else reply for reply in replies]

    def _ask(self, node: Node, commands: Sequence[Command]) -> list[Any]:
        if not commands:
            return []
        return [told(node, reply) for reply in self._wires.ask(node, commands)]


def _there(keys: Sequence[bytes], values: Sequence[bytes | None]) -> Rows:
    """Return what is there by its key: what was deleted meanwhile is not."""
    both = zip(keys, values, strict=True)
    return {key: value for key, value in both if is_row(value)}


def _has(holding: Holding, slot: int) -> bool:
    return any(first <= slot <= last for first, last in holding.ranges)


def _is_quiet(holding: Holding, slot: int) -> bool:
    """Tell whether a node has a slot for itself."""
    return _has(holding, slot) and slot not in holding.migrating
