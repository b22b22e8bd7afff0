"""What is to be kept: reports and events."""

from dataclasses import dataclass

from ..schema import Told


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A report to keep: `time` in seconds since 1970, `dropped` the unknown names that it had.

    Where the clock is `doubted`, that time is dated anew once it is believed. A `coarse` time is
    kept as its day only, and what has to be `known` takes the place of what is there, or is not
    kept.
    """

    key: bytes
    time: int
    told: Told
    dropped: tuple[str, ...] = ()
    doubted: bool = False
    coarse: bool = False
    known: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """An event to keep, in the same way."""

    key: bytes
    time: int
    told: Told
    dropped: tuple[str, ...] = ()
    doubted: bool = False
