"""What was published, and its history: compressed, and never replaced by what is older."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from ...writing import Published
from .. import keys
from ..cluster import Cluster
from ..link import Command
from ..packing import pack, unpack
from . import scripts

_BOTH = (keys.PUBLISHED, keys.HISTORY)


@dataclass(frozen=True, slots=True)
class PublishedFigures:
    """Reads and writes what is published, for the receiver of that name."""

    cluster: Cluster
    by: str

    async def read(self, after: int) -> Published | None:
        """Return what was published, unless its time is not later than that."""
        found = await self.cluster.read(
            keys.PUBLISHED, b"EVAL", scripts.PUBLISHED, len(_BOTH), *_BOTH, after
        )
        if found is None:
            return None
        time, figures, days = found
        if figures is None:
            return None
        return Published(
            time=time,
            figures=await asyncio.to_thread(unpack, figures),
            days=tuple(sorted(day.decode(errors="replace") for day in days)),
        )

    async def days(self, wanted: Iterable[str]) -> list[tuple[str, bytes]]:
        """Return days with their figures; one that is not kept is left out."""
        days = [*wanted]
        found = []
        # One after the other: each is large, and there may be many.
        for day in days:
            figures = await self.cluster.read(keys.HISTORY, b"HGET", keys.HISTORY, day)
            if figures is not None:
                found.append((day, await asyncio.to_thread(unpack, figures)))
        return found

    async def save(
        self, time: int, figures: bytes, day: str, told: bytes, obsolete: Iterable[str]
    ) -> bool:
        """Keep figures unless others have published later ones, or of that time; tell which."""
        packed, short = [await asyncio.to_thread(pack, one) for one in (figures, told)]
        command: Command = (b"EVAL", scripts.PUBLISH, len(_BOTH), *_BOTH)
        about: Command = (time, packed, self.by, day, short, *obsolete)
        kept = await self.cluster.write(keys.PUBLISHED, *command, *about, again=True)
        return bool(kept)

    async def redate(self, now: int, to_come: int) -> None:
        """Let figures be of now that are to come."""
        await self.cluster.write(
            keys.PUBLISHED, b"EVAL", scripts.REDATE, 1, keys.PUBLISHED, now, to_come, again=True
        )

    async def time(self) -> int | None:
        """Return of when what was published is."""
        found = await self.cluster.read(keys.PUBLISHED, b"HGET", keys.PUBLISHED, b"time")
        return int(found) if found and found.isdigit() else None
