"""How files of ours are kept: `StoreFile` is one in the host's `.storage`, `atomic` any other."""

from . import atomic
from .atomic import private
from .store import SerialStoreFile, StoreFile, async_once

__all__ = ["SerialStoreFile", "StoreFile", "async_once", "atomic", "private"]
