"""Names as the database has them, in JSON, and what they take of memory."""

import orjson

from ..schema import Name


def text_of(name: Name) -> bytes:
    """Return a name as the database has it."""
    return orjson.dumps(name)


def read_name(text: str) -> Name | None:
    """Return the name that the database has: facts that are of one thing are a list there.

    One that is damaged is none: its code stands for nothing, until reports tell the name again.
    """
    try:
        name = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return tuple(name) if isinstance(name, list) else name


def size_of(text: bytes) -> int:
    """Return how many bytes of memory that may take: one wide character makes all of them wide."""
    return len(text) if text.isascii() else 4 * len(text.decode())
