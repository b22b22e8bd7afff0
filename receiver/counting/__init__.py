"""Rows into counts, which nobody may see yet: one pass, in a process of its own."""

from .counts import STATISTICS, Counts, count, count_lives
from .extended import AFTER_UNCLEAN, ANY, NEARLY_FULL, ExtendedCounts
from .names import Names

__all__ = [
    "AFTER_UNCLEAN",
    "ANY",
    "NEARLY_FULL",
    "STATISTICS",
    "Counts",
    "ExtendedCounts",
    "Names",
    "count",
    "count_lives",
]
