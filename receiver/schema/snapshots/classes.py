"""How integrations reach their devices, by what Home Assistant's own manifests say of them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import orjson

# Made by scripts/integration_names.py, as the names of integrations.
FILE: Final = Path(__file__).parent / "iot_classes.json"


def class_of(domain: str) -> str | None:
    """Return the IoT class of a built-in integration, None where it has none."""
    return _classes().get(domain)


@cache
def _classes() -> Mapping[str, str]:
    classes: dict[str, str] = orjson.loads(FILE.read_bytes())["classes"]
    return classes
