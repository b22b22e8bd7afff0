"""How integrations reach their devices, by what Home Assistant's own manifests say of them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import orjson

LOCAL: Final = "local"
CLOUD: Final = "cloud"
OTHER: Final = "other"
# Home Assistant's documentation has these words, and this order.
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    LOCAL: ("local_push", "local_polling"),
    CLOUD: ("cloud_push", "cloud_polling"),
    OTHER: ("assumed_state", "calculated"),
}
_GROUPS: Final = {one: group for group, classes in GROUPS.items() for one in classes}
# Made by scripts/integration_names.py, as the names of integrations.
FILE: Final = Path(__file__).parent / "iot_classes.json"


def class_of(domain: str) -> str | None:
    """Return the IoT class of a built-in integration, None where it has none."""
    return _classes().get(domain)


def group_of(domain: str) -> str:
    """Return whether an integration is local or needs a cloud; without a class it is another."""
    return _GROUPS.get(_classes().get(domain, ""), OTHER)


@cache
def _classes() -> Mapping[str, str]:
    classes: dict[str, str] = orjson.loads(FILE.read_bytes())["classes"]
    return classes
