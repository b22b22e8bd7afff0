"""Looks whether what is where the receiver keeps things may be its own."""

from contextlib import suppress

from ...errors import StorageError, StorageUnavailable
from .. import keys
from ..cluster import Cluster


async def refuse_foreign(cluster: Cluster) -> None:
    """Raise StorageError where another program has a key of the receiver's."""
    found = []
    for key in keys.KINDS:
        # What can't be asked for now is said by who needs it.
        with suppress(StorageUnavailable):
            found.append(keys.foreign(key, await cluster.read(key, b"TYPE", key)))
    if wrong := [*filter(None, found)]:
        raise StorageError("\n".join(wrong))
