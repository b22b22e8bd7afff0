"""The page of the home that shows it all: what it asks for, and the page itself in `www/`."""

from .registration import async_remove, async_show

__all__ = ["async_remove", "async_show"]
