"""The side of the storage that writes: one thread, one commit for all that waits."""

from .retention import Retention
from .writer import Writer

__all__ = ["Retention", "Writer"]
