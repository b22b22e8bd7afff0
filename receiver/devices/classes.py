"""How a device is reached: by Home Assistant's IoT classes, and whether that needs a cloud."""

from functools import lru_cache
from typing import Final

from ..schema.snapshots import CLOUD, GROUPS, LOCAL, OTHER, class_of, group_of

__all__ = ["CLASSES", "CLOUD", "GROUPS", "LOCAL", "OTHER", "classes_of", "groups_of", "of"]

CLASSES: Final = tuple(one for classes in GROUPS.values() for one in classes)
# Most models are reached as others are.
_KNOWN: Final = 1 << 12


def of(domain: str) -> str:
    """Return the class of an integration; empty where none is known, as of custom ones."""
    return class_of(domain) or ""


@lru_cache(_KNOWN)
def groups_of(domains: tuple[str, ...]) -> tuple[str, ...]:
    """Return the groups that integrations are of, in their order; without a class among others."""
    found = set(map(group_of, domains))
    return tuple(group for group in GROUPS if group in found)


@lru_cache(_KNOWN)
def classes_of(domains: tuple[str, ...]) -> tuple[str, ...]:
    """Return the classes that integrations are of, in their order."""
    found = set(map(of, domains))
    return tuple(one for one in CLASSES if one in found)
