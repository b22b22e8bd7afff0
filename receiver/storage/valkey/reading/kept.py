"""All that a cluster keeps, as who reads it sees it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import pairwise
from typing import Any, Final, TypeGuard

from valkey.crc import key_slot

from ....schema import Name
from ...kept import ALL, Share
from ...servers import Servers
from .. import keys
from ..link import Part
from ..packing import unpack
from ..texts import read_text
from .chart import ALL_SLOTS, Chart
from .lookup import Lookup
from .slots import Slots
from .wires import Wires

# Names that are read at once.
_AT_ONCE: Final = 2_000


class Kept:
    """What is on all nodes."""

    def __init__(self, chart: Chart, wires: Wires) -> None:
        self._chart = chart
        self._slots = Slots(chart, wires)
        self._lookup = Lookup(chart, wires)

    def shares(self, most: int) -> tuple[Share, ...]:
        """Return the slots of each of so many processes: those of a node are in few of them."""
        slots = self._chart.ordered(ALL_SLOTS)
        ends = [len(slots) * place // most for place in range(most + 1)]
        return tuple(tuple(slots[first:last]) for first, last in pairwise(ends))

    def rows(self, share: Share = ALL) -> Iterator[list[bytes]]:
        """Yield the rows of a share, each once, a part after the other, each as it is then."""
        for rows in self._slots.rows(share or ALL_SLOTS):
            yield [*rows.values()]

    def entries(self) -> Iterator[dict[bytes, bytes]]:
        """Yield all rows by their keys, in the same way."""
        for rows in self._slots.rows(ALL_SLOTS):
            yield {place[len(keys.ROW) :]: row for place, row in rows.items()}

    def get(self, wanted: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return those of some rows that are there."""
        return self._lookup.get(wanted)

    def names(self) -> Iterator[tuple[int, str, Name]]:
        """Yield each code with its table and its name; those of rows that were read are there."""
        for code, text in self._texts():
            if known := read_text(text):
                yield code, *known

    def codes(self) -> Iterator[int]:
        """Yield the codes that rows may have, also those whose names were given up."""
        for code, _ in self._texts():
            yield code

    def published(self, after: int) -> tuple[int, bytes] | None:
        """Return when figures were published last, and these, None if not after a time."""
        time, figures = self._of(b"HMGET", keys.PUBLISHED, b"time", b"figures")
        # What has no such fields, or others, another program has put there.
        if not _is_number(time) or figures is None or int(time) <= after:
            return None
        return int(time), unpack(figures)

    def days(self) -> list[str]:
        """Return the days whose figures are kept, oldest first."""
        days = self._of(b"HKEYS", keys.HISTORY)
        return sorted(day.decode(errors="replace") for day in days)

    def history(self, days: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield days and their figures, those that are kept."""
        for day in days:
            figures = self._of(b"HGET", keys.HISTORY, day)
            if figures is not None:
                yield day, unpack(figures)

    def dropped(self) -> dict[str, int]:
        """Return how often keys were left out of reports, by their names."""
        found = self._of(b"HGETALL", keys.DROPPED)
        both = zip(found[::2], found[1::2], strict=True)
        return {
            text: int(count)
            for name, count in both
            if _is_number(count) and (text := name.decode(errors="ignore")).encode() == name
        }

    def swept(self) -> int:
        """Return how many times codes were freed: what was read before it is not of them."""
        times = self._of(b"GET", keys.FREED)
        return int(times) if _is_number(times) else 0

    def _texts(self) -> Iterator[tuple[int, bytes]]:
        """Yield each code with its text; a part may come again, so each is taken once."""
        taken: set[bytes] = set()
        asked, cursor = None, b"0"
        while True:
            command = (b"HSCAN", keys.NAMES, cursor, b"COUNT", _AT_ONCE)
            node, (cursor, found) = self._chart.ask(key_slot(keys.NAMES), command)
            if asked not in (None, node):
                # Where another node was means nothing to this one.
                asked, cursor = None, b"0"
                continue
            asked = node
            for code, text in zip(found[::2], found[1::2], strict=True):
                if code not in taken and _is_number(code):
                    taken.add(code)
                    yield int(code), text
            if cursor == b"0":
                return

    def _of(self, command: bytes, key: bytes, *more: Part) -> Any:
        """Return what is answered to a command about a key."""
        return self._chart.ask(key_slot(key), (command, key, *more))[1]


def _is_number(text: bytes | None) -> TypeGuard[bytes]:
    return text is not None and text.isdigit()


@contextmanager
def reading(servers: Servers) -> Iterator[Kept]:
    """Open a cluster to read it; what fails is StorageError or StorageUnavailable."""
    with closing(Wires(servers)) as wires:
        yield Kept(Chart(servers, wires), wires)
