"""What the running receiver needs of what keeps its rows, whichever engine that is."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from ..rows import Event, Row


@dataclass(frozen=True, slots=True)
class Published:
    """What was published last, and which days are kept."""

    time: int
    """Of the figures, in seconds since 1970."""
    figures: bytes
    """As JSON."""
    days: tuple[str, ...]
    """All that have figures, as 2026-11-30, oldest first."""


class Store(Protocol):
    """Keeps for the tasks of one event loop: each job is done, durably, when its call returns.

    What can't be done now raises StorageUnavailable, and nothing of it is half done.
    """

    @property
    def available(self) -> bool:
        """Tell whether what was asked for last was done, and nothing takes too long."""

    @property
    def upgrading(self) -> bool:
        """Tell whether rows of an earlier version are left: without these nothing is whole."""

    @property
    def shared(self) -> bool:
        """Tell whether there may be other receivers that keep and publish in the same place."""

    @property
    def on_disk(self) -> bool:
        """Tell whether what is done is on a disk, not only in memory."""

    async def start(self) -> None:
        """Try to write; raise StorageError or StorageUnavailable, with the remedy."""

    async def close(self) -> None:
        """Do what still waits, and end."""

    async def seen(self) -> int | None:
        """Return the latest time that was stored, in seconds since 1970, None before the first."""

    async def put(self, record: Row | Event) -> None:
        """Keep a report or an event; raise NotKeptError where it has to be known, and is not."""

    async def delete(self, key: bytes) -> None:
        """Delete an installation, whether it is there or not."""

    async def bring_up_to_date(self) -> None:
        """Bring what an earlier version kept up to date."""

    async def redate(self, now: int, *, to_come: int, stop: Callable[[], bool]) -> None:
        """Let be of now what came in doubt and what is of later than `to_come`, or stop before."""

    async def expire(self, before: int) -> int:
        """Delete installations last seen before then, and events; return how many installations."""

    async def leave_nameless_out(self) -> None:
        """Take codes out of rows whose names were given up."""

    def turn(self, work: str) -> AbstractAsyncContextManager[bool]:
        """Enter to do some work that one receiver does at a time: tells whether this one may."""

    async def published(self, after: int) -> Published | None:
        """Return what was published, unless its time is not later than that."""

    async def days(self, wanted: Iterable[str]) -> list[tuple[str, bytes]]:
        """Return days with their figures, as JSON; one that is not kept is left out."""

    async def save_published(
        self, time: int, figures: bytes, day: str, told: bytes, *, obsolete: Iterable[str] = ()
    ) -> bool:
        """Keep figures as the published ones, what a day has of them, and no obsolete days.

        Tell whether they are: where another receiver has published later ones, nothing is done.
        """

    async def begin_sweep(self) -> None:
        """Note from now on which names are told: somebody is about to read all rows."""

    async def sweep(self, uses: Mapping[int, int]) -> bool:
        """Free the names that are in no row any more; tell whether there are too many names.

        `uses` has how often each code is in a row, of all rows, as they were since `begin_sweep`.
        """
