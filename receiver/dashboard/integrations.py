"""The names that people know built-in integrations by: shipped with us, never told by a report."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import orjson

from .charts import wording

# Made by scripts/integration_names.py of Home Assistant's own list.
FILE: Final = Path(__file__).parent / "integrations.json"


def known(domain: str) -> str:
    """Return the name of a built-in integration; empty where it has none but its domain."""
    name = _names().get(domain, "")
    return "" if name == domain else name


def written(domain: str) -> str:
    """Return a built-in integration by its name, with the domain where that tells more."""
    name = known(domain)
    if not name:
        return wording.name(domain)
    return name if wording.folded(name) == domain else f"{name} ({domain})"


@cache
def _names() -> Mapping[str, str]:
    names: dict[str, str] = orjson.loads(FILE.read_bytes())["names"]
    return names
