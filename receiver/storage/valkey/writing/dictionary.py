"""The cluster's dictionary, as one receiver uses it: which codes it may write, and until when.

A code goes back to be given to another name only when nobody can write it any more. A sweep retires
what is in no row; receivers ask each minute what was retired, and forget it, so that the next use
asks for the name again, which takes it back. What was retired for LEASE when a count began, and
that finds it in no row either, is freed. A receiver that could not ask for half of that time knows
nothing any more, and begins anew.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Final

from ....clock import steady
from ....schema import Told
from ...bounds import FEW, Bounds
from ...errors import StorageUnavailable
from ...layout import packed
from .. import keys
from ..cluster import Cluster
from ..texts import read_text, text_in
from . import naming
from .names import Named, Names, asked_at_once

# In minutes.
LEASE: Final = 12 * 60
MINUTE: Final = 60
# Of names that are loaded at once, so that the event loop goes on between them.
SLICE: Final = 1_000
# How often all is loaded anew because the node changed meanwhile.
TRIES: Final = 3
_CHANGES: Final = "the node that has the names changes again and again"


class Dictionary:
    """Has most names in memory; what it does not know it asks the cluster for."""

    def __init__(
        self,
        cluster: Cluster,
        *,
        bounds: Bounds = Bounds(),  # noqa: B008 - frozen
        lease: int = LEASE,
        minute: int = MINUTE,
        steady: Callable[[], float] = steady,
    ) -> None:
        """Name the clock that nobody sets; a lease has so many minutes of so many seconds."""
        self.bounds = bounds
        self.lease = lease
        self.generation = 0
        """Changes whenever codes of before may not be written any more."""
        self._cluster = cluster
        self._minute = minute
        self._patience = lease * MINUTE / 2
        self._steady = steady
        self._names = Names()
        # What all wait for that have to know what the cluster knows.
        self._catching_up: asyncio.Task[None] | None = None
        # Since when all this is on which node, the minute there, as of the last answer; and the
        # highest code that was ever heard of.
        self._at = b""
        self._since = 0
        self._last = 0
        # When that was asked for, by the steady clock, None before the first time; and how often.
        self._asked_at: float | None = None
        self._asked = 0

    @property
    def current(self) -> bool:
        """Tell whether it may still be relied on what it knows."""
        at = self._asked_at
        return at is not None and self._steady() - at < self._patience

    def holds(self, generation: int) -> bool:
        """Tell whether codes may be written that were returned at that generation."""
        return generation == self.generation and self.current

    def name_of(self, code: int) -> Named | None:
        """Return table and name of a code, None where it stands for nothing that is known."""
        return self._names.name_of(code)

    async def encode(self, told: Told, *, few: bool = True) -> tuple[bytes, int]:
        """Return the words for what was told, and at which generation; new names get codes.

        They may be `few` only, where a table is more than half full. Names that are known need no
        answer of the cluster.
        """
        for _ in range(TRIES):
            if not self.current:
                await self._caught_up()
            generation = self.generation
            if (found := self._names.known(told)) is not None:
                return packed(found), generation
            given: dict[Named, int] = {}
            most = FEW if few else self.bounds.most
            for part, before in asked_at_once([*self._names.unknown(told)]):
                new = sum(bool(given[one]) for one in before)
                given |= await self._give(part, few=max(most - new, 0))
            if self.holds(generation):
                return packed(self._names.encode(told, given)), generation
        raise StorageUnavailable(_CHANGES)

    async def meet(self, codes: Iterable[int]) -> None:
        """Learn what codes stand for that other receivers have asked for."""
        asked = self._asked
        unknown = [code for code in codes if self._names.name_of(code) is None]
        if not unknown:
            return
        found = await self._cluster.read(keys.NAMES, b"HMGET", keys.NAMES, *unknown)
        if asked == self._asked:
            for code, text in zip(unknown, found, strict=True):
                if text and (named := read_text(text)):
                    self._names.learn(named, code)

    async def catch_up(self) -> None:
        """Forget what was retired since the last time; load all where that is not enough."""
        # What goes on may have been answered before the last that happened.
        while (before := self._catching_up) is not None:
            await asyncio.wait([before])
        await self._caught_up()

    async def minute(self) -> tuple[bytes, int]:
        """Return since when all is on which node, and which minute it is by the cluster's count."""
        at, minute, _, _ = await self._ask("+inf")
        return at, minute

    async def close(self) -> None:
        """End what goes on."""
        if (task := self._catching_up) is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _caught_up(self) -> None:
        """Wait until that is done which goes on, or is begun now: one for all that wait."""
        if (task := self._catching_up) is None:
            self._catching_up = task = asyncio.create_task(self._catch_up(), name="names")
            task.add_done_callback(self._done)
        # Who waits may be gone before.
        await asyncio.shield(task)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._catching_up = None
        if not task.cancelled():
            # It may be that nobody waits any more.
            task.exception()

    async def _catch_up(self) -> None:
        began = self._steady()
        if self.current:
            at, minute, last, retired = await self._ask(self._since)
            if at == self._at and minute >= self._since:
                self._names.forget(retired)
                self._known(at, minute, last, began)
                return
        await self._load()

    async def _load(self) -> None:
        """Load all names, a slice after the other."""
        for _ in range(TRIES):
            began = self._steady()
            at, minute, _, _ = await self._ask("+inf")
            names = Names()
            async for code, text in texts(self._cluster):
                if text and (named := read_text(text)):
                    names.learn(named, code)
            # What was read may not hold yet; what is written after it holds only if that does.
            same, _, last, retired = await self._ask("-inf")
            if same == at:
                names.forget(retired)
                self._names = names
                self.generation += 1
                self._known(at, minute, last, began)
                return
        raise StorageUnavailable(_CHANGES)

    def _known(self, at: bytes, minute: int, last: int, began: float) -> None:
        self._at, self._since, self._asked_at = at, minute, began
        self._last = max(self._last, last)
        self._asked += 1

    async def _ask(self, since: int | str) -> tuple[bytes, int, int, list[int]]:
        """Return since when all is on which node, the minute, the highest code, retired ones."""
        asking = (b"EVAL", naming.ASK, len(naming.ASK_KEYS), *naming.ASK_KEYS)
        at, minute, last, retired = await self._cluster.write(
            keys.RETIRED, *asking, self._minute, since, self._last, again=True
        )
        return at, minute, last, [*map(int, retired)]

    async def _give(self, unknown: Iterable[Named], *, few: int) -> Mapping[Named, int]:
        """Return the codes of names, which hold; of those without room it is 0.

        So many may be new, of a table that is more than half full.
        """
        asked, generation = self._asked, self.generation
        named = {one: text_in(*one) for one in unknown}
        giving = naming.giving(
            ((table, text) for (table, _), text in named.items()),
            self.bounds,
            few=few,
            highest=self._last,
        )
        at, codes = await self._cluster.write(keys.CODES, *giving, again=True)
        if at != self._at:
            # It may not have all that the one before had: all is loaded anew.
            self._asked_at = None
        self._last = max([self._last, *codes])
        given = dict(zip(named, codes, strict=True))
        # What was retired meanwhile may be among them, and nobody would tell that again.
        if (asked, generation) == (self._asked, self.generation):
            for one, code in given.items():
                if code:
                    self._names.learn(one, code)
        return given


async def texts(cluster: Cluster) -> AsyncIterator[tuple[int, bytes]]:
    """Yield each code with its name, as the cluster has them, a slice after the other.

    One may come twice, and one that comes or goes meanwhile may be missing.
    """
    cursor = b"0"
    while True:
        cursor, found = await cluster.read(
            keys.NAMES, b"HSCAN", keys.NAMES, cursor, b"COUNT", SLICE
        )
        for code, text in zip(found[::2], found[1::2], strict=True):
            # What is no number another program has put there.
            if code.isdigit():
                yield int(code), text
        if int(cursor) == 0:
            return
