"""What of a fault may be told by its name: what is public, and of what is not, what names nobody.

Public is a file that its distribution lists with the hash that it has. What can't be proven to be,
as custom integrations, passes the guard as well. What was named while running has no name.

Reads the disk: not for the event loop.
"""

import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Final

from ..code import Owner, Place, Places, has_symbol, is_of_the_system
from ..guard import mentions_secret, offends, reveals
from ..models import Knowledge
from ..run import NAMES
from ..tiers import Content
from . import messages
from .c_classes import is_made_in_c
from .faults import NATIVE, Frame, Raised, find_class

UNKNOWN: Final = "<unknown>"
NO_SYMBOL: Final = "?"


class Naming:
    """The names that may be told in the light of what is known of the home."""

    def __init__(self, places: Places, knowledge: Knowledge | None) -> None:
        """Keep what to ask; without knowledge nothing is told that is not public."""
        self._places = places
        self._knowledge = knowledge

    @cached_property
    def _mentions(self) -> Callable[[str], bool]:
        return mentions_secret(self._knowledge) if self._knowledge else lambda _: True

    def is_personal(self, text: str) -> bool:
        """Tell whether a domain or version must not be told."""
        return (
            self._knowledge is None
            or offends(text, Content.TEXT, self._knowledge)
            or self._mentions(text)
        )

    def place(self, path: str) -> Place | None:
        """Return the place of a file that may be named."""
        place = self._places.find(path)
        if place is None or place.is_published:
            return place
        is_personal = place.owner is Owner.CUSTOM and self.is_personal(place.integration or "")
        return None if is_personal or self._mentions(place.file) else place

    def function(self, frame: Frame) -> str:
        """Return what the function of a frame is called in the source, or that it is unknown."""
        place = self.place(frame.file)
        if place is None or not place.content.writes(frame.function):
            return UNKNOWN
        return (
            frame.function if place.is_published or not self._mentions(frame.function) else UNKNOWN
        )

    def kind(self, raised: Raised) -> tuple[str, str] | None:
        """Return module and name of a class that the source of its module writes."""
        module, name = raised.module or "", raised.name
        if module == NATIVE:
            return (module, name) if name in NAMES.values() else None
        found = find_class(raised.module, raised.name)
        if found is None:
            return None
        if is_made_in_c(found, module, name):
            return module, name
        path = vars(sys.modules[module]).get("__file__")
        return self._class(path, name) if isinstance(path, str) else None

    def _class(self, path: str, name: str) -> tuple[str, str] | None:
        place = self.place(path)
        if place is None or name not in place.content.classes:
            return None
        return (place.module, name) if place.is_published or not self._mentions(name) else None

    def message(self, path: str, line: int, function: str) -> str:
        """Return the message of a log call as its source has it; nothing of one of a script."""
        place = self.place(path)
        text = messages.template(place.content, line, function) if place else None
        if text is None or place is None:
            return ""
        is_told = place.is_published or not (self._mentions(text) or reveals(text))
        return text if is_told else ""

    def library(self, path: str, symbol: str | None) -> tuple[str, str] | None:
        """Return the name of a compiled file without its folder, and a symbol that is in it."""
        place = self._places.find(path)
        is_public = place is not None and (place.is_published or place.owner is Owner.PYTHON)
        if not is_public and not is_of_the_system(path):
            return None
        known = symbol is not None and has_symbol(path, symbol)
        return Path(path).name, symbol if symbol and known else NO_SYMBOL
