"""How a row is laid out: 32-bit words, the least byte first.

    word 0       how many words tell of the report, none where there is none;
                 bits 31 and 30: its first and its last time are of when the clock was doubted
    words 1, 2   when the installation reported first and last, in seconds since 1970
    then         the report: codes of names, and after them numbers
    then         each event, the latest first: how many codes (bit 31: its time is doubted),
                 its time, and the codes

A code stands for a name of the dictionary and is below 2^31. A number has bit 31, its place in
STATISTICS in bits 24 to 30, and below them its value, which the schema keeps under 2^24.
"""

import sys
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from ..schema import STATISTICS

HEAD: Final = 3
EVENT_HEAD: Final = 2
NUMBER: Final = 1 << 31
NUMBER_SHIFT: Final = 24
NUMBER_MASK: Final = (1 << NUMBER_SHIFT) - 1
FIRST_DOUBTED: Final = 1 << 31
LAST_DOUBTED: Final = 1 << 30
REPORT_MASK: Final = LAST_DOUBTED - 1
EVENT_DOUBTED: Final = 1 << 31
EVENT_MASK: Final = EVENT_DOUBTED - 1
LATEST_TIME: Final = (1 << 32) - 1
WORD: Final = 4
# In bytes.
LEAST: Final = HEAD * WORD
# No code is as high: not even a dictionary that is full for years gives so many out.
MOST_CODES: Final = 1 << 24
# Of a row; far more than are kept.
MOST_EVENTS: Final = 1_000
_PLACES: Final = {name: place for place, name in enumerate(STATISTICS)}

type Words = array[int]


def is_sound(row: bytes) -> bool:
    """Tell whether it is a row: whoever does not ask this before may read anything.

    What is not, something damaged, or another program has put it there.
    """
    if len(row) < LEAST or len(row) % WORD:
        return False
    told = words(row)
    place = HEAD + (told[0] & REPORT_MASK)
    if place > len(told):
        return False
    codes = words()
    ends = max(HEAD, place - len(STATISTICS))
    for word in told[ends:place]:
        if word < NUMBER:
            codes.append(word)
        elif number_of(word)[0] >= len(STATISTICS):
            return False
    codes += told[HEAD:ends]
    for _ in range(MOST_EVENTS):
        if place + EVENT_HEAD > len(told):
            break
        begin, place = place + EVENT_HEAD, place + EVENT_HEAD + (told[place] & EVENT_MASK)
        codes += told[begin:place]
    return place == len(told) and max(codes, default=0) < MOST_CODES


def words(values: Iterable[int] | bytes = ()) -> Words:
    """Return words, also those that were packed."""
    made = array("I", values)
    if isinstance(values, bytes):
        _in_order(made)
    return made


def packed(values: Words) -> bytes:
    """Return words as a row has them, whatever the order of bytes of this machine is."""
    if sys.byteorder == "big":
        values = values[:]
        _in_order(values)
    return values.tobytes()


def number(place: int, value: int) -> int:
    """Return the word of a number."""
    return NUMBER | place << NUMBER_SHIFT | value


def numbers(told: Mapping[str, int]) -> Words:
    """Return the words of the statistics that were told."""
    return array("I", [number(_PLACES[name], value) for name, value in told.items()])


def number_of(word: int) -> tuple[int, int]:
    """Return the place and the value that the word of a number has."""
    return (word ^ NUMBER) >> NUMBER_SHIFT, word & NUMBER_MASK


def moment(seconds: int) -> int:
    """Return a time as a word can have it."""
    return min(max(seconds, 0), LATEST_TIME)


@dataclass(slots=True)
class Moment:
    """An event of an installation: when it came, whether that is doubted, and its codes."""

    time: int
    doubted: bool
    codes: Words


@dataclass(slots=True)
class Stored:
    """All that is kept of an installation. Without a report its times are 0."""

    report: Words = field(default_factory=words)
    first_seen: int = 0
    last_seen: int = 0
    first_doubted: bool = False
    last_doubted: bool = False
    events: list[Moment] = field(default_factory=list)
    """The latest first."""

    @classmethod
    def unpack(cls, row: bytes) -> Self:
        """Return what a sound row says."""
        all_words = words(row)
        head, first_seen, last_seen = all_words[:HEAD]
        place = HEAD + (head & REPORT_MASK)
        stored = cls(
            report=all_words[HEAD:place],
            first_seen=first_seen,
            last_seen=last_seen,
            first_doubted=bool(head & FIRST_DOUBTED),
            last_doubted=bool(head & LAST_DOUBTED),
        )
        while place < len(all_words):
            head, time = all_words[place : place + EVENT_HEAD]
            codes, place = place + EVENT_HEAD, place + EVENT_HEAD + (head & EVENT_MASK)
            stored.events.append(Moment(time, bool(head & EVENT_DOUBTED), all_words[codes:place]))
        return stored

    def pack(self) -> bytes:
        """Return the row that says it."""
        head = len(self.report)
        head |= FIRST_DOUBTED * self.first_doubted | LAST_DOUBTED * self.last_doubted
        row = words((head, moment(self.first_seen), moment(self.last_seen)))
        row += self.report
        for event in self.events:
            row.append(len(event.codes) | EVENT_DOUBTED * event.doubted)
            row.append(moment(event.time))
            row += event.codes
        return packed(row)

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to keep."""
        return not self.report and not self.events

    @property
    def due(self) -> int:
        """Return the earliest time in it: what is of then is the first to be too old."""
        return min(self._times(), default=0)

    @property
    def latest(self) -> int:
        """Return the latest time in it."""
        return max(self._times(), default=0)

    @property
    def doubted(self) -> bool:
        """Tell whether any time in it is doubted."""
        return self.first_doubted or self.last_doubted or any(one.doubted for one in self.events)

    def _times(self) -> Iterable[int]:
        if self.report:
            yield self.last_seen
        for event in self.events:
            yield event.time


def _in_order(values: Words) -> None:
    """Turn the bytes of each word around where this machine has them the other way."""
    if sys.byteorder == "big":
        values.byteswap()
