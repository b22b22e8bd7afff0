"""Counting as it needs NumPy: rows of codes, a part after the other, and the names after them."""

from .count import ChangedError, Counted, count

__all__ = ["ChangedError", "Counted", "count"]
