"""Figures when it is time: made by the process that counts, kept, shown until the next ones."""

from .history import TOTALS, Entry
from .publisher import Publisher

__all__ = ["TOTALS", "Entry", "Publisher"]
