"""Lanes for snapshots: those that are large, or may be, keep out none but each other."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from .body import Flight
from .worker import COMMAND, Worker

# Bytes of a snapshot of more than 300 devices; a usual home has 60.
MOST_ORDINARY: Final = 256 * 1024
# Bytes that are under way in each: as they came, and as they are to be kept.
MOST_IN_FLIGHT: Final = 16 << 20
# Seconds of the processor for one that is ordinary: many times what it takes that a home can send,
# and few for one that is made to take long.
SECONDS: Final = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """Room for snapshots that are under way, and the process that unpacks them."""

    worker: Worker
    flight: Flight = field(default_factory=lambda: Flight(MOST_IN_FLIGHT))


@dataclass(frozen=True, kw_only=True, slots=True)
class Lanes:
    """One for ordinary snapshots, and one for large ones."""

    ordinary: Lane = field(
        default_factory=lambda: Lane(worker=Worker((*COMMAND, str(SECONDS)), what="Snapshots"))
    )
    large: Lane = field(default_factory=lambda: Lane(worker=Worker(what="Large snapshots")))

    def lane(self, length: int | None, *, packed: bool) -> Lane:
        """Return the lane for a body of so many bytes; None is what comes in chunks."""
        # How large a packed one is can't be told before it is unpacked.
        return self.large if packed or length is None or length > MOST_ORDINARY else self.ordinary

    async def stop(self) -> None:
        """End the processes."""
        await asyncio.gather(self.ordinary.worker.stop(), self.large.worker.stop())
