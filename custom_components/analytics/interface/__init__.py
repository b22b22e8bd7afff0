"""Which parts of the front end are opened: `Interface` counts them while that is shared."""

from .counter import PanelCounter
from .interface import Interface

__all__ = ["Interface", "PanelCounter"]
