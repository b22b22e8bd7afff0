"""Rows into counts, which nobody may see yet: one pass, in a process of its own."""

from .counts import STATISTICS, Counts, Report, count, count_lives
from .extended import AFTER_UNCLEAN, ANY, ExtendedCounts, Life
from .names import Names

__all__ = [
    "AFTER_UNCLEAN",
    "ANY",
    "STATISTICS",
    "Counts",
    "ExtendedCounts",
    "Life",
    "Names",
    "Report",
    "count",
    "count_lives",
]
