"""Single rows, from whoever has each of them by now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress

from valkey.crc import key_slot

from ..keys import row_key
from ..marks import is_row
from ..topology import Node
from .chart import Chart, followed, is_no_row, told
from .wires import GoneError, Wires


class Lookup:
    """Looks rows up."""

    def __init__(self, chart: Chart, wires: Wires) -> None:
        self._chart = chart
        self._wires = wires

    def get(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return those rows that are there, by the keys of installations."""
        found: dict[bytes, bytes | None] = {}
        left: Sequence[bytes] = keys
        while left:
            why = GoneError("slots move all the time")
            try:
                found |= self._found(left)
            except GoneError as error:
                why = error
            left = [key for key in left if key not in found]
            if left:
                self._chart.wait(why)
        self._chart.went_on()
        return {key: row for key, row in found.items() if is_row(row)}

    def _found(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes | None]:
        """Ask the primaries; what is not answered yet is left out."""
        by_node: dict[Node, list[bytes]] = defaultdict(list)
        for key in keys:
            by_node[self._chart.owner(key_slot(row_key(key)))].append(key)
        found: dict[bytes, bytes | None] = {}
        for node, those in by_node.items():
            replies = self._wires.ask(node, [(b"GET", row_key(key)) for key in those])
            for key, reply in zip(those, replies, strict=True):
                with suppress(GoneError):
                    who, one = followed(self._wires, node, (b"GET", row_key(key)), reply)
                    found[key] = None if is_no_row(one) else told(who, one)
        return found
