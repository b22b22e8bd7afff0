"""What all tests have in common: their reports can be passed from one process to another."""

from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write out what UTF-8 can't: a lone surrogate in a log that was captured ends pytest-xdist."""
    report = yield
    report.sections = [(title, _written_out(text)) for title, text in report.sections]
    if isinstance(report.longrepr, str):
        report.longrepr = _written_out(report.longrepr)
    return report


def _written_out(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()
