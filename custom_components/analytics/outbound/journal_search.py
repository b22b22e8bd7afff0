"""What somebody looks for in the journal, and what may be handed on of what was found."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ..const import ATTR_UUID
from ..models import JsonValue
from .journal_entry import Entry
from .log import SHOWN_DIGITS

# Of an entry that has no outcome: it is on its way, or the host ended meanwhile.
OPEN: Final = "open"
# In reports, and of crash reports below `user`.
IDS: Final = {ATTR_UUID, "id"}

# Returns the text that left, as far as it can be read.
type Read = Callable[[], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which entries are wanted; what is None leaves all of them, as does an empty search."""

    kinds: frozenset[str] | None = None
    url: str | None = None
    outcomes: frozenset[str] | None = None
    search: str = ""

    def has(self, entry: Entry, text: Read) -> bool:
        """Tell whether an entry is wanted; its text is read only if all else fits."""
        return (
            (self.kinds is None or entry.kind in self.kinds)
            and self.url in (None, entry.url)
            and (self.outcomes is None or (entry.outcome or OPEN) in self.outcomes)
            and (not self.search or self._is_mentioned(entry, text))
        )

    def _is_mentioned(self, entry: Entry, text: Read) -> bool:
        """Tell whether the entry has the text that is searched for, in capitals or not."""
        searched = self.search.casefold()
        told = (entry.destination, entry.url, entry.kind, entry.reason or "", *entry.dropped)
        return any(searched in each.casefold() for each in told) or searched in text().casefold()


def without_ids(value: JsonValue) -> JsonValue:
    """Return what was sent with four digits of each id: whoever has one could delete."""
    if isinstance(value, dict):
        return {
            key: f"{part[:SHOWN_DIGITS]}…"
            if key in IDS and isinstance(part, str)
            else without_ids(part)
            for key, part in value.items()
        }
    return [*map(without_ids, value)] if isinstance(value, list) else value
