"""Rows in the cluster: each change of one is made only where nobody else has changed it meanwhile.

Receivers know nothing of each other, so a row is read, changed here and put back if it still is the
one that was read; else it is changed anew. Where it stays as it is something is written as well,
so that whoever waits for that knows that the row holds.

Whoever finds that all was deleted since it began came before that: it changes nothing any more. The
mark that tells it is there for longer than anybody takes.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from ...errors import NotKeptError, StorageUnavailable
from ...layout import Stored, is_sound, moment
from ...rows import Event, Row
from ...writing import changed, changes, is_refused, sound
from .. import keys, marks
from ..cluster import Cluster
from . import scripts
from .dictionary import Dictionary
from .glance import glance

# How often somebody else may have changed a row meanwhile. That many ask for one of them at once.
TRIES: Final = 200
# Milliseconds: not so few that a row is gone before it is answered.
LEAST: Final = 1_000
# Instead of that: it goes now, or when it was to go before.
DELETE: Final = 0
KEEP: Final = -1
# Seconds that a change may take: well below what a mark lasts.
PATIENCE: Final = 20.0
_SLOW: Final = "it takes too long to change what is kept of an installation"
_TOO_MANY: Final = "too many change what is kept of an installation at once"


@dataclass(frozen=True, slots=True)
class Rows:
    """Changes rows, which go by themselves so many seconds after their latest time."""

    cluster: Cluster
    dictionary: Dictionary
    retention: int
    patience: float = PATIENCE

    async def put(self, record: Row | Event) -> bool:
        """Keep a report instead of the one before, or an event beside the ones before.

        Tell whether that changed anything.
        """
        async with _in_time(self.patience):
            return await self._put(record)

    async def _put(self, record: Row | Event) -> bool:
        place = keys.row_key(record.key)
        known: bytes = await self.cluster.read(place, b"GET", place) or b""
        for _ in range(TRIES):
            row = sound(known) if marks.is_row(known) else None
            if is_refused(row, record):
                raise NotKeptError
            codes, generation = await self.dictionary.encode(record.told)
            if row and isinstance(record, Event):
                await self._meet(row)
            values = changed(row, record, codes, self.dictionary.name_of)
            if not self.dictionary.holds(generation):
                continue
            latest = values[1] if values else glance(row or b"")[1]
            new = values[-1] if values else b""
            found = await self._swap(place, known, new, self._left(latest, record.time))
            if found is None:
                return values is not None
            if marks.is_mark(found):
                # What came before a deletion is answered as if it had been kept, and deleted then.
                return False
            # Nothing where there was something: that was too old.
            known = found
        raise StorageUnavailable(_TOO_MANY)

    async def amend[T](
        self, key: bytes, row: bytes, change: Callable[[Stored], T], *, now: int | None
    ) -> T | None:
        """Change a row that was read before, and delete it where nothing is left of it.

        It is kept by that time, and without one as long as before. Return what the change did.
        """
        async with _in_time(self.patience):
            return await self._amend(keys.row_key(key), row, change, now)

    async def _amend[T](
        self, place: bytes, row: bytes, change: Callable[[Stored], T], now: int | None
    ) -> T | None:
        found: bytes | None = row
        for _ in range(TRIES):
            if not marks.is_row(found) or not is_sound(found):
                return None
            stored = Stored.unpack(found)
            did = change(stored)
            left = KEEP if now is None else self._left(stored.latest, now)
            new = stored.pack()
            found = await self._swap(place, found, new, DELETE if stored.empty else left)
            if found is None:
                return did
        raise StorageUnavailable(_TOO_MANY)

    async def _swap(self, place: bytes, row: bytes, new: bytes, left: int) -> bytes | None:
        """Put one row in the place of another; return which is there instead, empty for none."""
        found: bytes | None = await self.cluster.write(
            place, b"EVAL", scripts.SWAP, 1, place, row, new, left, again=True
        )
        return found

    async def _meet(self, row: bytes) -> None:
        """Learn what codes stand for where failures are about to be told from other names."""
        events = Stored.unpack(row).events
        # A bit sooner than there are too many: another event is about to come.
        if 2 * sum(len(one.codes) for one in events) > changes.MAX_FAILURES:
            await self.dictionary.meet({code for one in events for code in one.codes})

    def _left(self, latest: int, now: int) -> int:
        """Return for how many milliseconds a row is kept, by the clock that is believed."""
        return max((latest + self.retention - moment(now)) * 1_000, LEAST)


@asynccontextmanager
async def _in_time(seconds: float) -> AsyncIterator[None]:
    """End what takes longer; raises StorageUnavailable."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise StorageUnavailable(_SLOW) from error
