"""How the file is written: one thread, one commit for all that waits."""

from .filling import filling
from .writer import Writer

__all__ = ["Writer", "filling"]
