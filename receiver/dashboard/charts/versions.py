"""The order of versions, by the rules of AwesomeVersion, which Home Assistant compares them by.

Written anew, since those rules compare two at a time, refuse some, and may go in circles: what
others report has to be sorted whatever it is, and one package fewer has to be installed.
"""

import re
from collections.abc import Iterable
from typing import Final

# Tags of containers are newer than any number.
_TAGS: Final = ("stable", "beta", "latest", "dev")
_STAGES: Final = {"d": 0, "dev": 0, "a": 1, "alpha": 1, "b": 2, "beta": 2, "rc": 3}
_OTHER_STAGE: Final = 4
_RELEASED: Final = 5
_VERSION: Final = re.compile(
    r"(?:v\.?)?(?P<numbers>\d+(?:\.\d+)*)(?:\.?[-_]?(?P<stage>[a-z]+)[-.]?(?P<number>\d*))?"
    r"(?P<rest>[^+]*)",
    re.ASCII | re.IGNORECASE,
)
_UNKNOWN: Final = 0
_NUMBERED: Final = 1
_TAGGED: Final = 2

type Order = tuple[int, tuple[int, ...], int, int]


def order(version: str) -> Order:
    """Return what sorts versions, oldest first; of what is none, before all others."""
    if version in _TAGS:
        return _TAGGED, (_TAGS.index(version),), 0, 0
    found = _VERSION.match(version)
    if not found:
        return _UNKNOWN, (), 0, 0
    numbers = tuple(map(int, re.sub(r"(\.0+)+$", "", found["numbers"]).split(".")))
    return _NUMBERED, numbers, _stage(found), int(found["number"] or 0)


def newest_first(versions: Iterable[str]) -> list[str]:
    """Sort versions, those that are equally new by their names."""
    return sorted(sorted(versions), key=order, reverse=True)


def _stage(found: re.Match[str]) -> int:
    if not found["stage"]:
        return _OTHER_STAGE if found["rest"] else _RELEASED
    return _STAGES.get(found["stage"].lower(), _OTHER_STAGE)
