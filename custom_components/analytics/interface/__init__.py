"""How the interface is used: `Interface` has it counted by name and day while that is shared."""

from .counter import PanelCounter
from .follower import Interface

__all__ = ["Interface", "PanelCounter"]
