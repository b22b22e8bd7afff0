"""Read all that a cluster keeps: slot by slot from who has it, also while slots move.

It writes nothing, so that a user will do who may only read, and blocks: the process that counts has
nothing else to do meanwhile.
"""

from .kept import reading

__all__ = ["reading"]
