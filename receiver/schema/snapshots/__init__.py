"""What a snapshot of a home's devices may hold, and what of it is kept.

Apart from reports, for it comes in by a process of its own: the rules for texts take their time.
"""

from .classes import class_of
from .taken import TooManyError, taken

__all__ = ["TooManyError", "class_of", "taken"]
