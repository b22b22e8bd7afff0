"""Counting as it needs NumPy: rows of codes, a part after the other, and the names after them."""

from .count import ChangedError, Counted, Latest, latest_of, named, tally
from .sums import Sums

__all__ = ["ChangedError", "Counted", "Latest", "Sums", "latest_of", "named", "tally"]
