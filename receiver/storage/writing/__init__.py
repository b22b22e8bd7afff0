"""The side of the storage that writes, whichever engine does it: what is asked of it, and when."""

from . import changes
from .records import Values, changed, cut_failures, is_refused, sound, values_of
from .retention import Retention
from .store import Published, Store

__all__ = [
    "Published",
    "Retention",
    "Store",
    "Values",
    "changed",
    "changes",
    "cut_failures",
    "is_refused",
    "sound",
    "values_of",
]
