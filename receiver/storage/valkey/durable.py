"""When a write holds: once the node and a replica have said so, in the same round trip."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..errors import StorageUnavailable
from ..servers import Durability
from .link import Command

# Milliseconds. A replica that is there answers WAIT in one or two, and WAITAOF once both have
# written to their disks.
_IN_MEMORY: Final = 1000
_ON_DISK: Final = 1500
# Seconds that are more than a pipeline takes that ends with both.
LIMIT: Final = 4.0

# WAITAOF alone is answered with the replica's next word by itself, up to a second later. WAIT makes
# it speak up at once, and then it is asked anew.
TAILS: Final[Mapping[Durability, tuple[Command, ...]]] = {
    Durability.MEMORY: ((b"WAIT", 1, _IN_MEMORY),),
    Durability.DISK: ((b"WAIT", 1, _IN_MEMORY), (b"WAITAOF", 1, 1, _ON_DISK)),
}


def shortfall(replies: Sequence[Any]) -> StorageUnavailable | None:
    """Return why what was written before these replies to a tail does not hold, if it does not."""
    for reply in replies:
        if isinstance(reply, Exception):
            return StorageUnavailable(str(reply))
    replicas, *disks = replies
    if replicas < 1:
        return StorageUnavailable("no replica has confirmed a write: look whether one is in step")
    for own, others in disks:
        if own < 1:
            return StorageUnavailable("a node did not write to its disk in time")
        if others < 1:
            return StorageUnavailable("no replica wrote to its disk in time")
    return None
