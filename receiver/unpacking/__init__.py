"""A body, from what came over the network to JSON; that of a snapshot in another process.

`python -m receiver.unpacking` is one. `frames.py` is what goes over its pipes, which the
receiver speaks as well: nothing here but the process itself needs to know what a snapshot is.
"""

from .bodies import BodyError, is_packed, parsed, too_large, unpacked
from .frames import END, HEAD, MOST_BODY, Answer, length_of, read_names, request

__all__ = [
    "END",
    "HEAD",
    "MOST_BODY",
    "Answer",
    "BodyError",
    "is_packed",
    "length_of",
    "parsed",
    "read_names",
    "request",
    "too_large",
    "unpacked",
]
