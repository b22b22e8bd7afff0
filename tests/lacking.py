"""Tests that this machine can't run are skipped, and say what it lacks; on CI they fail."""

import os
from typing import NoReturn

import pytest

from scripts.test import LACKS


def lacking(what: str) -> NoReturn:
    """Leave a test out for want of something; `what` ends with the remedy."""
    reason = f"{LACKS}{what}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
