"""Rows into counts, which nobody may see yet; `rows` makes them, in a process of its own.

Who only has counts comes in here. Who counts rows comes in by `rows`, apart: that needs NumPy, and
the process that takes reports does not.
"""

from .counts import Counts
from .names import Names
from .values import Ordered, Values

__all__ = ["Counts", "Names", "Ordered", "Values"]
