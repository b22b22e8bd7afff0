"""Tell what kind of thread it was in which the interpreter crashed, by allow-list.

What a thread is called is up to whoever starts it, so only the host's own names are known.
"""

import re
from typing import Final

from ..tiers import words

# As 3.14 writes it, with a name of 15 characters at most; earlier versions write none.
_NAMED: Final = re.compile(
    r"Current thread 0x[0-9a-f]{1,32} \[([^\n]{1,64})\] \(most recent call first\):"
)
_KINDS: Final = (
    ("main", re.compile(r"MainThread")),
    ("worker", re.compile(r"(?:SyncWorker|ImportExecutor|asyncio)_\d*", re.ASCII)),
    ("recorder", re.compile(r"Recorder|DbWorker_\d*", re.ASCII)),
    # The main thread is called as the program is, but so may be one that a library has started.
    (words.UNKNOWN, re.compile(r"python[\d.]*|hass", re.ASCII)),
)
# No other thread begins with a module.
_OUTERMOST_OF_MAIN: Final = {"<module>", "_run_module_as_main"}


def kind(heading: str, outermost: str | None) -> str:
    """Return the kind of a thread, by its heading in a fault log and its outermost function."""
    if outermost in _OUTERMOST_OF_MAIN:
        return "main"
    if not (named := _NAMED.fullmatch(heading)):
        return words.UNKNOWN
    return next((kind for kind, name in _KINDS if name.fullmatch(named[1])), words.OTHER)
