"""The page of the home that shows it all: what it asks for, and the page itself in `www/`."""

from .commands import async_register
from .registration import async_remove, async_show

__all__ = ["async_register", "async_remove", "async_show"]
