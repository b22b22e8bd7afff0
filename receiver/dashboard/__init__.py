"""The figures for people: pages that the server renders."""

from .pages import routes

__all__ = ["routes"]
