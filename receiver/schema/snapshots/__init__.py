"""What a snapshot of a home's devices may hold, and what of it is kept.

Apart from reports, for it comes in by another process: the rules for texts take their time.
"""

from .classes import CLOUD, GROUPS, LOCAL, OTHER, class_of, group_of
from .taken import TooManyError, taken

__all__ = [
    "CLOUD",
    "GROUPS",
    "LOCAL",
    "OTHER",
    "TooManyError",
    "class_of",
    "group_of",
    "taken",
]
