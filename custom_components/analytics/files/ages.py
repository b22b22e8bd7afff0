"""How old is what lies in a file: in seconds for which the host has run, by no clock that is set.

A file keeps for how long it was in use, and when each of its items came, in these seconds. While
the host does not run, nothing gets older; nothing can be from the future for longer than a start.
"""

from collections.abc import Mapping
from typing import Any, Final

from .. import clock

ATTR_RAN: Final = "ran"
# A power loss makes items at most so much younger.
WRITTEN_EVERY: Final = 3600.0
# No host runs for longer, and a time of such a file can be written.
LONGEST: Final = 2.0**36

type Data = dict[str, Any]
# By the key of a list or a dict of items: where an item has its time, None where it is one.
type Dated = Mapping[str, str | None]


class Ages:
    """For how long the host has run with a file, and what of the file is dated by it."""

    def __init__(self, dated: Dated) -> None:
        """Begin with a file that is new."""
        self._dated = dated
        self._resumed_at = clock.running()
        self._before = self._written = 0.0

    @property
    def now(self) -> float:
        """Return for how long the file was in use."""
        return self._before + clock.running() - self._resumed_at

    def taken(self, stored: Data) -> Data:
        """Go on from what was read, and return it; what seems to come later has come just now."""
        if not self._dated:
            return stored
        self._before = self._written = _seconds(stored.get(ATTR_RAN))
        self._resumed_at = clock.running()
        kept = {key: value for key, value in stored.items() if key != ATTR_RAN}
        for key in self._dated.keys() & kept.keys():
            kept[key] = _not_after(kept[key], self._dated[key], self._before)
        return kept

    def dated(self, data: Data) -> Data:
        """Return what is to be written."""
        if not self._dated:
            return data
        self._written = self.now
        return {**data, ATTR_RAN: self._written}

    def due(self, data: Data) -> bool:
        """Tell whether it is time to write down that items got older."""
        aging = any(data.get(key) for key in self._dated)
        return aging and self.now - self._written >= WRITTEN_EVERY


def _seconds(ran: Any) -> float:
    known = type(ran) in {int, float} and 0 <= ran <= LONGEST
    return float(ran) if known else 0.0


def _not_after(items: Any, name: str | None, now: float) -> Any:
    """Return items of which none is dated later; what is no time is left to the schema."""

    def earlier(item: Any) -> Any:
        if name is None:
            return now if _is_after(item, now) else item
        if isinstance(item, dict) and _is_after(item.get(name), now):
            return {**item, name: now}
        return item

    if isinstance(items, dict):
        return {key: earlier(item) for key, item in items.items()}
    return [*map(earlier, items)] if isinstance(items, list) else items


def _is_after(at: Any, now: float) -> bool:
    return type(at) in {int, float} and at > now
