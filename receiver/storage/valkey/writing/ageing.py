"""What is looked for in all rows: what is too old, in doubt, or has a code that stands for nothing.

A row goes by itself when all in it is too old. An event does not, nor a report beside newer events.
"""

import asyncio
from collections.abc import Callable, Set
from functools import partial
from itertools import batched
from typing import Final

from ...layout import Stored, is_sound, moment, words
from ...writing import changes
from ..cluster import Cluster
from .glance import glance
from .rows import Rows
from .turns import Turns
from .walking import rows

# Rows that are changed at once, among those of reports.
AT_ONCE: Final = 32
EXPIRE: Final = "expire"
REDATE: Final = "redate"
LEAVE_OUT: Final = "leave-out"


class Ageing:
    """Looks through all rows, in turn with other receivers."""

    def __init__(self, cluster: Cluster, changing: Rows, turns: Turns) -> None:
        """Say who changes rows."""
        self._cluster = cluster
        self._rows = changing
        self._turns = turns

    async def expire(self, before: int) -> int:
        """Delete what is of before then; return of how many installations the report went."""
        # No row has a later time than that, whatever the clock says.
        before = moment(before)

        def old(row: bytes) -> bool:
            due, _, doubted = glance(row)
            # What is in doubt is dated anew first, by a receiver that is in none.
            return due < before and not doubted

        return await self._walk(
            EXPIRE,
            before,
            old,
            partial(changes.expire, before=before),
            now=before + self._rows.retention,
        )

    async def redate(self, now: int, to_come: int, stop: Callable[[], bool], *, anew: bool) -> None:
        """Let be of now what came in doubt and what is of later than `to_come`, or stop before.

        Also where another receiver has just done it, if `anew`.
        """

        def wrong(row: bytes) -> bool:
            _, latest, doubted = glance(row)
            return doubted or latest > to_come

        change = partial(changes.redate, now=now, to_come=to_come)
        await self._walk(REDATE, now, wrong, change, now=now, stop=stop, anew=anew)

    async def leave_out(self, codes: Set[int]) -> None:
        """Leave codes out of all rows."""
        # A row may also have such a number that is no code, a time for instance.
        await self._walk(
            LEAVE_OUT,
            0,
            lambda row: not codes.isdisjoint(words(row)),
            partial(changes.leave_out, codes=codes),
            now=None,
        )

    async def _walk(
        self,
        work: str,
        time: int,
        wanted: Callable[[bytes], bool],
        change: Callable[[Stored], object],
        *,
        now: int | None,
        stop: Callable[[], bool] = lambda: False,
        anew: bool = False,
    ) -> int:
        """Change all rows that are wanted, unless another receiver does it or has just done it.

        Return how often the change says that it did something.
        """
        did = 0
        async with self._turns.take(work) as ours:
            done = not anew and await self._turns.done_by_others(work, time)
            if not ours or done or stop():
                return did
            async for some in rows(self._cluster):
                # What can't be read is left alone: it may be another program's.
                found = [(key, row) for key, row in some if is_sound(row) and wanted(row)]
                for part in batched(found, AT_ONCE, strict=False):
                    if stop():
                        return did
                    amending = (self._rows.amend(key, row, change, now=now) for key, row in part)
                    did += sum(map(bool, await asyncio.gather(*amending)))
            await self._turns.note_done(work, time)
        return did
