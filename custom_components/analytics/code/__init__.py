"""Whose code a file is: `Places` finds it, and what of it is public."""

from .places import Owner, Place, Places, has_symbol, is_of_the_system
from .published import host_domains
from .sources import MAX_LINE, MAX_LINES, File, parse

__all__ = [
    "MAX_LINE",
    "MAX_LINES",
    "File",
    "Owner",
    "Place",
    "Places",
    "has_symbol",
    "host_domains",
    "is_of_the_system",
    "parse",
]
