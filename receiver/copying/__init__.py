"""Copy all that is kept from one place to another, whatever engines these have; look after both."""

from .commands import CopyError, backup, check, copy

__all__ = ["CopyError", "backup", "check", "copy"]
