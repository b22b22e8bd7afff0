"""Checks of single values of a report.

Written by hand, since every report passes here: a library of schemas takes several times as long.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final, Self

from . import words

MAX_TEXT: Final = 255
MAX_COUNT: Final = 10_000_000

# Nobody may hide or reorder what a page shows: control characters, halves of characters, and those
# that turn the direction of writing.
_HIDDEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069]")


class ReportError(ValueError):
    """A report that can't be taken: `field` is a dotted path, `remedy` says what is expected."""

    def __init__(self, remedy: str, *path: str) -> None:
        super().__init__(remedy)
        self.remedy = remedy
        self._path = path

    @property
    def field(self) -> str:
        """Return the dotted path of the field, empty for the report as a whole."""
        return ".".join(self._path)

    def inside(self, name: object) -> Self:
        """Return the same error, seen from one level up."""
        return type(self)(self.remedy, str(name), *self._path)


class BeyondError(ReportError):
    """A value of the right type that is in no list or beyond a limit: it costs no more than itself.

    A later client may mean something by it. What is of another type is a fault of the client, which
    is told so.
    """


# From a value, and the set to note dropped names in, to what is kept of the value.
type Check = Callable[[Any, set[str]], Any]


def text(value: Any, _dropped: set[str]) -> str:
    """Take a text that can be shown."""
    if type(value) is not str:
        raise ReportError(f"expected a text of 1 to {MAX_TEXT} characters")
    if not 1 <= len(value) <= MAX_TEXT:
        raise BeyondError(f"expected a text of 1 to {MAX_TEXT} characters")
    # The first look is fast, and passes nearly everything.
    if not value.isprintable() and _HIDDEN.search(value):
        raise BeyondError("expected a text without control characters")
    return value


def text_or_null(value: Any, dropped: set[str]) -> str | None:
    """Take a text that may be unknown; an empty one is unknown, too."""
    return None if value is None or value == "" else text(value, dropped)


def lower_case(value: Any, dropped: set[str]) -> str:
    """Take a text in whatever case."""
    return text(value, dropped).lower()


def text_of(least: int, most: int) -> Check:
    """Return the check of a text with so many characters."""

    def check(value: Any, dropped: set[str]) -> str:
        size = str(least) if least == most else f"{least} to {most}"
        if type(value) is not str:
            raise ReportError(f"expected a text of {size} characters")
        if not least <= len(value) <= most:
            raise BeyondError(f"expected a text of {size} characters")
        return text(value, dropped)

    return check


def one_of(*allowed: str) -> Check:
    """Return the check of a text that must be one of these."""

    def check(value: Any, _dropped: set[str]) -> str:
        if type(value) is not str:
            raise ReportError(f"expected one of: {', '.join(allowed)}")
        if value not in allowed:
            raise BeyondError(f"expected one of: {', '.join(allowed)}")
        return value

    return check


def word_of(known: Collection[str]) -> Check:
    """Return the check of a word; one that isn't known yet is "other"."""
    allowed = frozenset(known)

    def check(value: Any, _dropped: set[str]) -> str:
        if type(value) is not str:
            raise ReportError("expected a text")
        return value if value in allowed else words.OTHER

    return check


def step_of(steps: Sequence[int]) -> Check:
    """Return the check of a number in steps; one between them is the step below."""

    def check(value: Any, dropped: set[str]) -> int:
        try:
            reached = count(value, dropped)
        except BeyondError:
            return steps[-1]
        return steps[max(bisect_right(steps, reached) - 1, 0)]

    return check


def or_null(check: Check) -> Check:
    """Return the check of a value that may be unknown."""
    return lambda value, dropped: None if value is None else check(value, dropped)


def numbers(value: Any, _dropped: set[str]) -> str | None:
    """Take the numbers that a version begins with; without any it is unknown."""
    if value is not None and type(value) is not str:
        raise ReportError("expected a text")
    return words.numbers(value or "")


def flag(value: Any, _dropped: set[str]) -> bool:
    """Take a boolean."""
    if type(value) is not bool:
        raise ReportError("expected true or false")
    return value


def flag_or_null(default: bool) -> Check:
    """Return the check of a boolean that may be unknown, where the default counts."""
    return lambda value, dropped: default if value is None else flag(value, dropped)


def count(value: Any, _dropped: set[str]) -> int:
    """Take a whole number, also one written as 3.0: JSON has one kind of numbers only."""
    if type(value) not in {int, float} or not value >= 0 or value % 1:
        raise ReportError(f"expected a whole number from 0 to {MAX_COUNT}")
    if value > MAX_COUNT:
        raise BeyondError(f"expected a whole number from 0 to {MAX_COUNT}")
    return int(value)
