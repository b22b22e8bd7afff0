"""How the file is written: one thread, one commit for all that waits."""

from .writer import Writer

__all__ = ["Writer"]
