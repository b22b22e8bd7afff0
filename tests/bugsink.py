"""What tests against Bugsink have in common."""

from scripts.bugsink import BugsinkMissingError, environment

from .lacking import lacking


def require_bugsink() -> None:
    """Skip what needs Bugsink where that can't be installed, but fail there on CI."""
    try:
        environment()
    except BugsinkMissingError as error:
        lacking(f"Bugsink. {error}")
