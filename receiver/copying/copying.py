"""Copy all that is kept, a part at a time, while the source goes on.

Run again it goes on with what is missing or has changed: what is the same already is left. What was
deleted at the source since it was copied leaves the target at the end of each run.
"""

from collections.abc import Callable
from itertools import batched
from typing import Final

from ..storage import Source, StorageUnavailable, Target
from .guarding import guard
from .translating import Translator

# So often at most all is copied while codes at the source are given to other names.
TRIES: Final = 3
# Figures of days, each some hundred kilobytes.
DAYS: Final = 10


def copy_all(source: Source, copied: Source, target: Target, say: Callable[[str], None]) -> None:
    """Copy all from a source to a target, whose rows are read as `copied`; say what was done."""
    guard(source, copied)
    for _ in range(TRIES):
        swept = source.swept()
        translator = Translator(source, target)
        written, old = _put_rows(source, copied, target, translator)
        say(f"Rows written: {written}")
        if old:
            say(f"Older than --retention-days, and kept for another hour only: {old}")
        if translator.damaged:
            say(f"Rows that can't be read, and are left out: {translator.damaged}")
        # Else codes were translated that stood for other names by then.
        if source.swept() == swept:
            break
    else:
        raise StorageUnavailable("Names at the source change all the time: try again")
    say(f"Rows deleted: {_delete_rows(source, copied, target)}")
    _copy_figures(source, copied, target)
    target.put_dropped(source.dropped())


def _put_rows(
    source: Source, copied: Source, target: Target, translator: Translator
) -> tuple[int, int]:
    """Put the rows that the target does not have, or not so.

    Return how many, and how many of all are too old to be kept.
    """
    many = old = 0
    for rows in source.entries():
        wanted = translator.translate(rows)
        there = copied.get([*wanted])
        changed = {key: row for key, row in wanted.items() if there.get(key) != row}
        old += target.put(changed)
        old += target.keep({key: row for key, row in wanted.items() if key not in changed})
        many += len(changed)
    return many, old


def _delete_rows(source: Source, copied: Source, target: Target) -> int:
    """Delete the rows that the source has no longer, and return how many."""
    many = 0
    for rows in copied.entries():
        gone = sorted(rows.keys() - source.get([*rows]).keys())
        target.delete(gone)
        many += len(gone)
    return many


def _copy_figures(source: Source, copied: Source, target: Target) -> None:
    if found := source.published(-1):
        target.put_published(*found)
    else:
        target.delete_published()
    days = [*source.days()]
    for some in batched(days, DAYS, strict=False):
        target.put_days(dict(source.history(some)), ())
    target.put_days({}, sorted({*copied.days()} - {*days}))
