"""How long and how often, in the coarse steps and words that are told."""

from collections.abc import Mapping
from typing import Final

from ..tiers import words

# By how many unclean ends in a row there are at least.
IN_A_ROW: Final[Mapping[int, str]] = dict(zip((1, 2, 5), words.ROWS, strict=False))
RECOVERED: Final = words.ROWS[-1]


def run_duration(seconds: float | None) -> int | None:
    """Return how long a run was, in steps."""
    return None if seconds is None else words.step(seconds, words.RUN_STEPS)


def stop_duration(seconds: float | None) -> int | None:
    """Return how long a stop took, in steps."""
    return None if seconds is None else words.step(seconds, words.STOP_STEPS)


def in_a_row(ends: int) -> str | None:
    """Return the word for so many unclean ends in a row, None where there are none."""
    return IN_A_ROW[words.step(ends, tuple(IN_A_ROW))] if ends else None
