"""Whose turn it is: one receiver at a time does what is done for all, and the others know when.

A turn ends by itself soon after its receiver does. One that is slow may lose it to another, so what
is done in turn has to be right also if two do it at once; a turn only saves work.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from secrets import token_hex
from typing import Final

from ...errors import StorageUnavailable
from ..cluster import Cluster
from . import scripts

LOGGER = logging.getLogger(__name__)

# Seconds after which a turn ends by itself, and after which it is made longer.
LASTS: Final = 60
RENEWED: Final = 10
# Seconds for which others leave alone what somebody has done.
DONE_FOR: Final = 50 * 60


class Turns:
    """Takes turns with the other receivers of a cluster."""

    def __init__(self, cluster: Cluster, *, lasts: float = LASTS, renewed: float = RENEWED) -> None:
        """Let a turn end by itself after so many seconds, and make it longer after so many."""
        self.name = token_hex(16)
        """Of this receiver; nobody else has it."""
        self._cluster = cluster
        self._lasts = int(lasts * 1_000)
        self._renewed = renewed

    @asynccontextmanager
    async def take(self, work: str) -> AsyncIterator[bool]:
        """Enter to do some work; tells whether it is this one's turn."""
        place = b"{turn}:" + work.encode()
        # Not that of the receiver, which may ask twice.
        token = token_hex(16)
        took = await self._cluster.write(
            place, b"SET", place, token, b"NX", b"PX", self._lasts, again=False
        )
        if took is None:
            yield False
            return
        renewing = asyncio.create_task(self._renew(place, token), name=f"turn of {work}")
        try:
            yield True
        finally:
            if renewing.done():
                LOGGER.warning("Another receiver may have done the same meanwhile: %s", work)
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing
            with suppress(StorageUnavailable):
                await self._script(place, token, 0)

    async def done_by_others(self, work: str, time: int) -> bool:
        """Tell whether another receiver has just done some work, as of about that time."""
        place = _done(work)
        found = await self._cluster.read(place, b"GET", place)
        if not found:
            return False
        name, _, at = found.decode().partition(" ")
        return name != self.name and abs(time - int(at)) < DONE_FOR

    async def note_done(self, work: str, time: int) -> None:
        """Let others know that some work is done, as of that time."""
        place = _done(work)
        note = f"{self.name} {time}"
        await self._cluster.write(place, b"SET", place, note, b"EX", DONE_FOR, again=True)

    async def _renew(self, place: bytes, token: str) -> None:
        """Make the turn longer until it is over, or lost."""
        kept = 1
        while kept:
            await asyncio.sleep(self._renewed)
            with suppress(StorageUnavailable):
                kept = await self._script(place, token, self._lasts)

    async def _script(self, place: bytes, token: str, lasts: int) -> int:
        kept: int = await self._cluster.write(
            place, b"EVAL", scripts.TURN, 1, place, token, lasts, again=True
        )
        return kept


def _done(work: str) -> bytes:
    return b"{turn}:done:" + work.encode()
