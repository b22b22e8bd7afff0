"""Delete installations, so that nobody who has read one before puts it back afterwards.

For that a mark is left, with the hash of an id as its key. It goes by itself, but a node that has
many rows may find that out an hour later; so who left it takes it away before files are rewritten.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, repeat
from typing import Final

from ....clock import steady
from ...errors import StorageUnavailable
from .. import keys, marks
from ..cluster import Cluster
from . import scripts

# Of a flood the oldest are left to the nodes.
MOST: Final = 100_000
# Marks that are taken away at once.
AT_ONCE: Final = 500
# What receivers have left that were stopped before it was time.
LEFT: Final = b"{rewrite}:marks"

type _Left = tuple[bytes, bytes]


class Deleting:
    """Deletes, and takes away what that left."""

    def __init__(self, cluster: Cluster, steady: Callable[[], float] = steady) -> None:
        """Name a clock that nobody sets."""
        self._cluster = cluster
        self._steady = steady
        # Places with their marks, and since when these may have been there, the oldest first.
        self._left: deque[tuple[float, _Left]] = deque(maxlen=MOST)

    async def delete(self, key: bytes) -> None:
        """Delete an installation and its events, whether there are any or not."""
        place, mark = keys.row_key(key), marks.new()
        try:
            await self._cluster.write(place, *marks.deleting(place, mark), again=True)
        finally:
            # Also where the answer was lost.
            self._left.append((self._steady(), (place, mark)))

    async def take_away(self) -> bool:
        """Take away the marks that nobody needs any more; tell whether there were any."""
        others = await self._cluster.write(LEFT, b"LPOP", LEFT, AT_ONCE, again=False)
        self._note(_read(one) for one in others or ())
        until = self._steady() - marks.LASTS / 1_000
        taken = False
        while some := self._due(until):
            done: Sequence[bool] = ()
            try:
                done = await asyncio.gather(*map(self._unmark, some))
            finally:
                # Where it was cancelled none is known to be.
                all_done = chain(done, repeat(False))
                self._note(one for one, is_done in zip(some, all_done, strict=False) if not is_done)
            taken |= any(done)
        return taken

    async def hand_over(self) -> None:
        """Let another receiver do it, or this one once it is started again."""
        while some := self._due(self._steady()):
            packed = (mark + place for place, mark in some)
            await self._cluster.write(LEFT, b"RPUSH", LEFT, *packed, again=True)

    def _due(self, until: float) -> list[_Left]:
        """Return some marks that have been there since then, which are not remembered any more."""
        due: list[_Left] = []
        while self._left and self._left[0][0] <= until and len(due) < AT_ONCE:
            due.append(self._left.popleft()[1])
        return due

    def _note(self, left: Iterable[_Left]) -> None:
        now = self._steady()
        self._left.extend((now, one) for one in left)

    async def _unmark(self, left: _Left) -> bool:
        """Take a mark away where it is still there; tell whether that could be looked at."""
        place, mark = left
        try:
            await self._cluster.write(place, b"EVAL", scripts.UNMARK, 1, place, mark, again=True)
        except StorageUnavailable:
            return False
        return True


def _read(packed: bytes) -> _Left:
    return packed[marks.SIZE :], packed[: marks.SIZE]
