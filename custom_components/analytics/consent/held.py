"""What the built-in integration finds of the choices while a switch is on: a no to everything.

It knows none of the switches, and runs where custom integrations don't. The file that it reads then
says no, and the choices are held in our own. A mark in the former, which the built-in integration
drops whenever it saves, tells a file that we masked from a later word of the user:

| file shared | held | the choices are |
|---|---|---|
| with the mark | something | what is held |
| with the mark | nothing: our own file was lost | a no to everything |
| without, as it was `before` | something, with `before` | what is held: masking it was cut short |
| without | something | the file's: edited since, or giving them back was cut short |
| without | nothing | the file's |

Our own file is written before the other when masking, and after it when giving back. Once both are
written nothing is kept of how it was before, so that the same choices made again are a new word.
"""

from typing import Any, Final

from ..const import ATTR_PREFERENCES

type Record = dict[str, Any]

ATTR_BEFORE: Final = "before"
MARK: Final = "held_by_open_analytics"


def mask(shared: Record) -> Record:
    """Return the file with a no to everything, and our mark."""
    return {**shared, ATTR_PREFERENCES: dict.fromkeys(shared[ATTR_PREFERENCES], False), MARK: True}


def hold(shared: Record, before: Record | None) -> Record:
    """Return what is held of the choices; `before` is the file while it is not masked yet."""
    kept: Record = {ATTR_PREFERENCES: shared[ATTR_PREFERENCES]}
    return kept if before is None else {**kept, ATTR_BEFORE: before.get(ATTR_PREFERENCES, {})}


def is_masked(stored: Record) -> bool:
    """Tell whether a file has our mark."""
    return MARK in stored


def choices(stored: Record, held: Record) -> Record:
    """Return what the file would be without a switch, by the table above."""
    shared = {key: value for key, value in stored.items() if key != MARK}
    cut_short = ATTR_BEFORE in held and held[ATTR_BEFORE] == stored.get(ATTR_PREFERENCES)
    if stored and ATTR_PREFERENCES in held and (is_masked(stored) or cut_short):
        return {**shared, ATTR_PREFERENCES: held[ATTR_PREFERENCES]}
    return shared
