"""What is under which key. What stands in braces decides which node has it: the same there, one."""

from typing import Final

ROW: Final = b"i:"
# In bytes, of what follows that.
_SIZE: Final = 16

# All that is about names.
CODES: Final = b"{names}:code"
"""By name, see `texts.py`, its code."""
NAMES: Final = b"{names}:name"
"""By code its name, in the same form; empty where it was given up, but rows may have the code."""
RETIRED: Final = b"{names}:retired"
"""Codes that were in no row, or whose names were given up, by the minute in which that was seen."""
FREE: Final = b"{names}:free"
"""Codes that other names may have."""
LAST: Final = b"{names}:last"
"""The highest code that was ever given out."""
SIZE: Final = b"{names}:size"
"""Of each table how many names it has, and their bytes."""
FREED: Final = b"{names}:freed"
"""How many times codes were freed."""
MINUTE: Final = b"{names}:minute"
"""In how many minutes receivers have asked what was retired: a time that no clock makes leap."""
MINUTE_AT: Final = b"{names}:minute-at"
"""When the last one of these began, in seconds by the clock of the node."""

AT: Final = b"{names}:at"
"""Which node has all this, in which run of it, and since when: what else has been there is gone."""

PUBLISHED: Final = b"{figures}:published"
"""What was published last: `time`, and `figures`, compressed."""
HISTORY: Final = b"{figures}:history"
"""By day what it has of its figures, compressed."""

DROPPED: Final = b"{meta}:dropped"
"""By name how often a key was left out of a report."""
SEEN: Final = b"{meta}:seen"
"""The latest time that was stored, in seconds since 1970."""

HERE: Final = b"{here}:receivers"
"""Which receivers are there, by when each is gone that says nothing more; it goes with the last."""

KINDS: Final = {
    **dict.fromkeys((CODES, NAMES, SIZE, PUBLISHED, HISTORY, DROPPED), b"hash"),
    **dict.fromkeys((LAST, FREED, MINUTE, MINUTE_AT, AT, SEEN), b"string"),
    **dict.fromkeys((FREE,), b"list"),
    **dict.fromkeys((RETIRED, HERE), b"zset"),
}
"""Of what kind each of these is, where it is there."""


def foreign(key: bytes, kind: object) -> str | None:
    """Return in words that a key is of another kind than it is to be, None if it is not."""
    if not isinstance(kind, bytes) or kind in (b"none", KINDS[key]):
        return None
    return (
        f"{key.decode()} is no {KINDS[key].decode()}: another program uses this cluster: "
        "delete that key, or name another cluster"
    )


def row_key(key: bytes) -> bytes:
    """Return where the row of an installation is."""
    return ROW + key


def key_of_row(place: bytes) -> bytes | None:
    """Return of which installation a row is, None for what is no row."""
    key = place.removeprefix(ROW)
    return key if len(key) == _SIZE and len(place) == len(ROW) + _SIZE else None
