"""Read all that a cluster keeps: slot by slot from who has it, also while slots move.

It writes nothing, so that a user will do who may only read, and blocks: the process that counts has
nothing else to do meanwhile.
"""

from .kept import reading
from .looks import faults_of, in_use

__all__ = ["faults_of", "in_use", "reading"]
