"""What a text looks like: by the rules of the plugin, which are one file for both.

The other modules here are links to the plugin's. What it holds back in the home, another client may
send all the same; and it is given the name of a receiver to show.
"""

from functools import lru_cache
from typing import Final

from .model_text import in_text
from .model_text import reveals as of_device
from .shapes import reveals as of_name
from .shown import is_name

__all__ = ["is_name", "reveals_as_model", "reveals_as_name", "reveals_as_version"]

# Most devices are like others, also of other homes.
KNOWN: Final = 1 << 14


@lru_cache(KNOWN)
def reveals_as_version(text: str) -> bool:
    """Tell whether a version, or another text about a device, says something of a home instead."""
    return of_device(text)


@lru_cache(KNOWN)
def reveals_as_model(text: str) -> bool:
    """Tell the same of a maker or a model, none of which has an address for a version."""
    return of_device(text) or bool(in_text(text))


@lru_cache(KNOWN)
def reveals_as_name(text: str) -> bool:
    """Tell the same of the name of an integration, or of a kind of entities."""
    return of_name(text)
