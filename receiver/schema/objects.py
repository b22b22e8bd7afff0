"""Checks of objects and lists of a report, made of those of their parts."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .checks import MAX_TEXT, BeyondError, Check, ReportError, text
from .counted import NOTHING, Counted
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
    """A key of an object: what it may hold, what stands where it is missing, and what is counted.

    `beyond` stands where a value is in no list or beyond a limit: as where it is missing, if not
    told otherwise.
    """

    check: Check
    default: Any = ABSENT
    beyond: Any = ABSENT
    counted: Counted = NOTHING


def names_of(name: str) -> Check:
    """Return the check of a list of texts, sorted and each once."""

    def check(value: Any, dropped: set[str]) -> list[str]:
        items = _items(value)
        if not _plain(items):
            items = list(_taken(name, text, items, dropped))
        return sorted(set(items))

    return check


def each_once(name: str, by: str, item: Check) -> Check:
    """Return the check of a list of objects, sorted and each once: no installation counts twice."""

    def check(value: Any, dropped: set[str]) -> list[dict[str, Any]]:
        taken: dict[str, dict[str, Any]] = {}
        for checked in _taken(name, item, _items(value), dropped):
            taken.setdefault(checked[by], checked)
        return [taken[each] for each in sorted(taken)]

    return check


def object_of(keys: Mapping[str, Key], *, name: str = "") -> Check:
    """Return the check of an object with these keys; others are dropped, and noted by name."""
    prefix = f"{name}." if name else ""
    # Hundreds of these are checked in each report.
    rules = [(key, rule.check, rule) for key, rule in keys.items()]

    def check(value: Any, dropped: set[str]) -> dict[str, Any]:
        if type(value) is not dict:
            raise ReportError("expected an object")
        taken = {}
        known = 0
        for key, take, rule in rules:
            if key in value:
                known += 1
                try:
                    taken[key] = take(value[key], dropped)
                except ReportError as error:
                    _spare(taken, key, rule, error)
                    _note(dropped, prefix, key, error)
            elif rule.default is not ABSENT:
                taken[key] = _default(rule, key)
        if known < len(value) and len(dropped) < MAX_DROPPED:
            dropped.update(prefix + _noted(key) for key in value if key not in keys)
        return taken

    return check


def _spare(taken: dict[str, Any], key: str, rule: Key, error: ReportError) -> None:
    """Do without a value that is in no list or beyond a limit; raises of any other."""
    instead = rule.default if rule.beyond is ABSENT else rule.beyond
    if instead is REQUIRED or not isinstance(error, BeyondError):
        raise error.inside(key) from None
    if instead is not ABSENT:
        taken[key] = instead


def _note(dropped: set[str], prefix: str, key: str, error: ReportError) -> None:
    """Note the name of what was left out: all of it is of the tables."""
    if len(dropped) < MAX_DROPPED:
        dropped.add(prefix + error.inside(key).field)


def _items(value: Any) -> list[Any]:
    if type(value) is not list:
        raise ReportError(f"expected a list of at most {MAX_ITEMS}")
    if len(value) > MAX_ITEMS:
        raise BeyondError(f"expected a list of at most {MAX_ITEMS}")
    return value


def _taken(name: str, check: Check, items: list[Any], dropped: set[str]) -> Iterator[Any]:
    """Yield the items of a list as they are kept, and note what is left out by itself."""
    for position, item in enumerate(items):
        try:
            yield check(item, dropped)
        except BeyondError as error:
            _note(dropped, "", name, error)
        except ReportError as error:
            raise error.inside(position) from None


def _plain(items: list[Any]) -> bool:
    """Tell whether all are texts as `text` takes them, without a call for each of hundreds."""
    try:
        printable = "".join(items).isprintable()
    except TypeError:
        return False
    lengths = {*map(len, items)}
    return printable and 0 not in lengths and max(lengths, default=0) <= MAX_TEXT


def _default(rule: Key, name: str) -> Any:
    if rule.default is REQUIRED:
        raise ReportError("is missing, and required", name)
    return rule.default


def _noted(name: str) -> str:
    """Return a name to note. One that is no plain name might tell of somebody, so it is not."""
    return name if _NAME.fullmatch(name) else OTHER
