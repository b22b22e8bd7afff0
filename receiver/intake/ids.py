"""The ids of installations and of snapshots, of which only hashes are kept."""

import hashlib
import re
import secrets
from typing import Final

_IDENTIFIER: Final = re.compile(r"[0-9a-f]{32}")


def key_of(uuid: str) -> bytes:
    """Return what an installation is kept under; the id itself, a bearer secret, is not kept."""
    return _hashed(uuid)


def new_identifier() -> str:
    """Return the identifier of a snapshot, which nobody can guess."""
    return secrets.token_hex(16)


def is_identifier(text: str) -> bool:
    """Tell whether this may be the identifier of a snapshot."""
    return _IDENTIFIER.fullmatch(text) is not None


def snapshot_key_of(identifier: str) -> bytes:
    """Return what a snapshot is kept under, which is no installation's key.

    What is hashed is longer than any id of an installation.
    """
    return _hashed(f"snapshot:{identifier}")


def _hashed(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]
