"""The id of an installation, of which only a hash is kept."""

import hashlib


def key_of(uuid: str) -> bytes:
    """Return what an installation is kept under; the id itself, a bearer secret, is not kept."""
    return hashlib.sha256(uuid.encode("utf-8", "surrogatepass")).digest()[:16]
