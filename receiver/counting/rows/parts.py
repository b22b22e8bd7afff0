"""A part of the rows as arrays: where each report and each event is among its words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from ...schema import STATISTICS
from ...storage import layout

# What takes the place of words that are no codes; no name has it.
NO_CODE: Final = 0
_WORD: Final = np.dtype("<u4")


class DamagedError(Exception):
    """Some of the rows are not sound."""


type Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Reports, or events: the row of each, where its codes begin, how many these are, its time."""

    rows: Array
    places: Array
    sizes: Array
    times: Array

    def words(self, which: Array) -> Array:
        """Return the places of the words of some of them."""
        places, sizes = self.places[which], self.sizes[which]
        before = np.cumsum(sizes) - sizes
        return np.repeat(places - before, sizes) + np.arange(sizes.sum())


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows. Of their words only codes are left, for each to be counted."""

    words: Array
    reports: Pieces
    lasting: Array
    """Between the first report of each and its last."""
    numbers: tuple[Array, Array]
    """What reports have besides codes, and the row of each."""
    events: Pieces
    """Within a row the latest first."""
    life: Array
    """Of how many words the events of each row are, with what they begin with."""
    rest: Array
    """Of how many words is what is before them."""

    @classmethod
    def of(cls, rows: Sequence[bytes]) -> Self:
        """Take rows apart; raises DamagedError where `layout.is_sound` is not true of all."""
        sizes = np.fromiter(map(len, rows), np.int64, len(rows))
        _refuse((sizes < layout.LEAST) | (sizes % layout.WORD != 0))
        # These words may be written to.
        words = np.frombuffer(bytearray().join(rows), _WORD)
        lengths = sizes // layout.WORD
        ends = np.cumsum(lengths)
        starts = ends - lengths
        sizes = (words[starts] & layout.REPORT_MASK).astype(np.int64)
        first, last = words[starts + 1], words[starts + 2]
        lasting = last.astype(np.int64) - first
        reports = Pieces(np.arange(len(rows)), starts + layout.HEAD, sizes, last)
        begin = reports.places + sizes
        _refuse(begin > ends)
        events = _joined(_events(words, begin, ends))
        for pieces, head in ((reports, layout.HEAD), (events, layout.EVENT_HEAD)):
            for before in range(1, head + 1):
                words[pieces.places - before] = NO_CODE
        numbers = _numbers(words, reports)
        if words.max(initial=NO_CODE) >= layout.MOST_CODES:
            raise DamagedError
        return cls(words, reports, lasting, numbers, events, ends - begin, begin - starts)

    def lived(self) -> Array:
        """Return the words of all events."""
        pieces = np.stack((self.rest, self.life), axis=1).ravel()
        of_events = np.repeat(np.tile((False, True), len(self.life)), pieces)
        lived: Array = self.words[of_events]
        return lived


def _refuse(damaged: Array) -> None:
    if damaged.any():
        raise DamagedError


def _events(words: Array, heads: Array, ends: Array) -> Iterator[Pieces]:
    """Yield the first events of all rows, then those that follow these, and so on."""
    rows = np.arange(len(heads))
    many = 0
    while (left := np.flatnonzero(heads < ends)).size:
        many += 1
        rows, heads, ends = rows[left], heads[left], ends[left]
        sizes = (words[heads] & layout.EVENT_MASK).astype(np.int64)
        places = heads + layout.EVENT_HEAD
        _refuse((places + sizes > ends) | np.bool(many > layout.MOST_EVENTS))
        yield Pieces(rows, places, sizes, words[heads + 1])
        heads = places + sizes


def _joined(some: Iterator[Pieces]) -> Pieces:
    found = [(one.rows, one.places, one.sizes, one.times) for one in some]
    if not found:
        return Pieces(*[np.empty(0, np.int64)] * 4)
    return Pieces(*map(np.concatenate, zip(*found, strict=True)))


def _numbers(words: Array, reports: Pieces) -> tuple[Array, Array]:
    """Take the numbers away from the ends of reports, and return them, and the row of each."""
    before = np.arange(1, 1 + len(STATISTICS))
    places = (reports.places + reports.sizes)[:, np.newaxis] - before
    found = (words[places] >= layout.NUMBER) & (before <= reports.sizes[:, np.newaxis])
    rows, _ = found.nonzero()
    places = places[found]
    numbers = words[places]
    _refuse(numbers >= layout.number(len(STATISTICS), 0))
    words[places] = NO_CODE
    return numbers, rows
