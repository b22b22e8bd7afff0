"""What devices bring: kinds of entities, by Home Assistant's words for them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import orjson

from ..schema import EntityKind

# Made by scripts/kind_names.py of Home Assistant's own translations.
FILE: Final = Path(__file__).parent / "kinds.json"


def is_main(kind: str) -> bool:
    """Tell whether a kind is what a device is for, and no setting or diagnosis of it."""
    return not EntityKind.read(kind).category


def known(kind: str) -> str:
    """Return the name of a kind; empty where Home Assistant has none."""
    return _names().get(EntityKind.read(kind).term, "")


@cache
def _names() -> Mapping[str, str]:
    names: dict[str, str] = orjson.loads(FILE.read_bytes())["names"]
    return names
