"""The pages that the menu names, in its order; a new page is a new row."""

from dataclasses import dataclass
from typing import Final

from .levels import LEVELS
from .tables import KINDS


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A link of the menu."""

    path: str
    title: str

    def current(self, path: str) -> str:
        """Return aria-current for the page at this path: itself, one under it, or another."""
        if path == self.path:
            return "page"
        return "true" if self.path != "/" and path.startswith(f"{self.path}/") else ""


MENU: Final = (
    Entry(path="/", title="Overview"),
    *(Entry(path=f"/{kind.path}", title=kind.title) for kind in KINDS),
    Entry(path="/devices", title="Devices"),
    Entry(path="/statistics", title="Statistics"),
    *(Entry(path=f"/{level.path}", title=level.title) for level in LEVELS),
    Entry(path="/about", title="About"),
)
