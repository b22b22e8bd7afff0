"""How often the parts of the interface were opened."""

from ..tiers import PanelUse
from .source import Source


def panels(source: Source) -> tuple[PanelUse, ...] | None:
    """Read what was counted on the last whole day; None if nothing was."""
    return source.panels()
