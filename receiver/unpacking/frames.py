"""What goes over the pipes to and from a process that unpacks snapshots.

A request is its length, a byte that says whether it is packed, and the body as it came. An answer
is JSON in frames with their lengths before them, so that nobody has to read much of it at once: a
head, some names of a table each, and an empty one at the end.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

import orjson

from ..schema import Name, Told

# A snapshot of 10,000 devices has this many bytes.
MOST_BODY: Final = 4 << 20
# Names of a frame: an event loop reads that many in well under a millisecond.
_AT_ONCE: Final = 500

_REQUEST: Final = struct.Struct("<I?")
_LENGTH: Final = struct.Struct("<I")
HEAD: Final = _LENGTH.size
END: Final = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What is said of a body before its names: a status, and which error or what was dropped."""

    status: int
    error: str = ""
    dropped: tuple[str, ...] = ()

    def packed(self) -> bytes:
        """Return it as its frame has it."""
        return orjson.dumps((self.status, self.error, self.dropped))

    @classmethod
    def read(cls, frame: bytes) -> "Answer":
        """Return what a frame has."""
        status, error, dropped = orjson.loads(frame)
        return cls(status=status, error=error, dropped=tuple(dropped))


def request(size: int, *, packed: bool) -> bytes:
    """Return what comes before a body of that size."""
    return _REQUEST.pack(size, packed)


def length_of(head: bytes) -> int:
    """Return how long the frame is that follows."""
    length: int
    (length,) = _LENGTH.unpack(head)
    return length


def read_request(file: IO[bytes]) -> tuple[bytes, bool] | None:
    """Return the next body and whether it is packed, None where no other one will come."""
    head = file.read(_REQUEST.size)
    if len(head) < _REQUEST.size:
        return None
    size, packed = _REQUEST.unpack(head)
    body = file.read(size)
    return None if len(body) < size else (body, packed)


def write_answer(file: IO[bytes], answer: Answer, told: Told | None = None) -> None:
    """Write an answer, all of it."""
    for frame in (answer.packed(), *(map(orjson.dumps, _parts(told)) if told else ()), END):
        file.write(_LENGTH.pack(len(frame)))
        file.write(frame)
    file.flush()


def read_names(frame: bytes, names: dict[str, list[Name]]) -> None:
    """Add the names of a frame to those that came before."""
    table: str
    table, found = orjson.loads(frame)
    # Facts that are of one thing are a list in JSON.
    names.setdefault(table, []).extend(
        map(tuple, found) if found and isinstance(found[0], list) else found
    )


def _parts(told: Told) -> Iterator[tuple[str, Any]]:
    for table, names in told.names.items():
        yield from ((table, part) for part in _sliced(names))


def _sliced(names: Iterable[Name]) -> Iterator[list[Name]]:
    all_names = [*names]
    yield from (all_names[at : at + _AT_ONCE] for at in range(0, len(all_names), _AT_ONCE))
