"""What tests against Bugsink have in common."""

import os

import pytest

from scripts.bugsink import BugsinkMissingError, environment


def require_bugsink() -> None:
    """Skip what needs Bugsink where that can't be installed, but fail there on CI."""
    try:
        environment()
    except BugsinkMissingError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
