"""How figures, which are large, are kept in the cluster."""

import zlib

from ..errors import StorageUnavailable


def pack(figures: bytes) -> bytes:
    """Return figures as the cluster has them."""
    return zlib.compress(figures)


def unpack(packed: bytes) -> bytes:
    """Return figures as they were; raises StorageUnavailable where that can't be told."""
    try:
        return zlib.decompress(packed)
    except zlib.error as error:
        raise StorageUnavailable("What was published is damaged in the cluster") from error
