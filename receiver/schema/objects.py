"""Checks of objects and lists of a report, made of those of their parts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .checks import MAX_TEXT, Check, ReportError, text
from .words import OTHER

MAX_ITEMS: Final = 999
MAX_NAME: Final = 64
MAX_DROPPED: Final = 20
_NAME: Final = re.compile(rf"[\w.-]{{1,{MAX_NAME}}}", re.ASCII)

# Where a key is missing: it has to be there, or its absence is kept. Any other default counts.
REQUIRED: Final = object()
ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Key:
    """A key of an object: what it may hold, and what counts where it is missing."""

    check: Check
    default: Any = ABSENT


def names(value: Any, dropped: set[str]) -> list[str]:
    """Take a list of texts, sorted and each once."""
    items = _items(value)
    if not _plain(items):
        for position, item in enumerate(items):
            _inside(position, text, item, dropped)
    return sorted(set(items))


def each_once(by: str, item: Check) -> Check:
    """Return the check of a list of objects, sorted and each once: no installation counts twice."""

    def check(value: Any, dropped: set[str]) -> list[dict[str, Any]]:
        taken: dict[str, dict[str, Any]] = {}
        for position, one in enumerate(_items(value)):
            checked = _inside(position, item, one, dropped)
            taken.setdefault(checked[by], checked)
        return [taken[name] for name in sorted(taken)]

    return check


def object_of(keys: Mapping[str, Key], *, name: str = "") -> Check:
    """Return the check of an object with these keys; others are dropped, and noted by name."""
    prefix = f"{name}." if name else ""

    def check(value: Any, dropped: set[str]) -> dict[str, Any]:
        if type(value) is not dict:
            raise ReportError("expected an object")
        taken = {}
        for key, rule in keys.items():
            if key in value:
                # As `_inside` does, for every key of every report.
                try:
                    taken[key] = rule.check(value[key], dropped)
                except ReportError as error:
                    raise error.inside(key) from None
            elif rule.default is not ABSENT:
                taken[key] = _default(rule, key)
        if not value.keys() <= keys.keys() and len(dropped) < MAX_DROPPED:
            dropped.update(prefix + _noted(key) for key in value if key not in keys)
        return taken

    return check


def _items(value: Any) -> list[Any]:
    if type(value) is not list or len(value) > MAX_ITEMS:
        raise ReportError(f"expected a list of at most {MAX_ITEMS}")
    return value


def _plain(items: list[Any]) -> bool:
    """Tell whether all are texts as `text` takes them, without a call for each of hundreds."""
    try:
        printable = "".join(items).isprintable()
    except TypeError:
        return False
    return printable and all(map(len, items)) and max(map(len, items), default=0) <= MAX_TEXT


def _inside(name: object, check: Check, value: Any, dropped: set[str]) -> Any:
    """Check a part of a value; its error names the place."""
    try:
        return check(value, dropped)
    except ReportError as error:
        raise error.inside(name) from None


def _default(rule: Key, name: str) -> Any:
    if rule.default is REQUIRED:
        raise ReportError("is missing, and required", name)
    return rule.default


def _noted(name: str) -> str:
    """Return a name to note. One that is no plain name might tell of somebody, so it is not."""
    return name if _NAME.fullmatch(name) else OTHER
