"""What a deletion leaves in the place of a row for a while, whether there was one or not.

Who reads rows skips it. Who has read before the deletion, and puts back after it, finds it.
"""

from secrets import token_bytes
from typing import Final, TypeGuard

from .link import Command

# Milliseconds. So long nobody takes who changes a row.
LASTS: Final = 30_000
# In bytes: no row has so few.
SIZE: Final = 8


def new() -> bytes:
    """Return a mark: it differs from that of any other deletion."""
    return token_bytes(SIZE)


def deleting(place: bytes, mark: bytes) -> Command:
    """Return what leaves a mark, and nothing else, in that place."""
    return b"SET", place, mark, b"PX", LASTS


def is_mark(found: bytes) -> bool:
    """Tell whether something was deleted there."""
    return len(found) == SIZE


def is_row(found: bytes | None) -> TypeGuard[bytes]:
    """Tell whether a row is there."""
    return found is not None and found != b"" and not is_mark(found)
