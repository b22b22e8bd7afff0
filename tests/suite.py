"""Loaded by pytest in each environment: what all tests have in common, the receiver's too."""

import gc
from collections.abc import Generator

import hypothesis
import pytest
from hypothesis import strategies
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from scripts.chromium import ChromiumMissingError

from .chromium import executable
from .lacking import lacking

# What helpers assert says what it compared, as it does in a test.
pytest.register_assert_rewrite("tests.limits", "tests.browser", "tests.plugin", "tests.receiver")

# Tests are not timed: an example takes as long as the machine makes it take.
hypothesis.settings.register_profile("untimed", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("untimed")

MARKERS = (
    "browser: drives Chromium; what uses the fixture of that name has it by itself",
    "process: starts a real Home Assistant or Bugsink; what uses the fixture bugsink has it",
    "once: says the same on each host",
    "long: takes many seconds, so its file is begun early",
)
MARKED_BY_FIXTURE = {"browser": "browser", "bugsink_process": "process"}
SLOW = ("browser", "process", "long")


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)


class InOrder(LoadFileScheduling):
    """Give out files in the order of collection, and not by their number of tests."""

    def _assign_work_unit(self, node: WorkerController) -> None:
        tests = enumerate(self.collection or ())
        order = {self._split_scope(test): number for number, test in tests}
        self.workqueue.move_to_end(min(self.workqueue, key=order.__getitem__), last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> InOrder | None:
    """Begin with what is slow, so that nothing slow is left for one process at the end."""
    return InOrder(config, log) if config.option.dist == "loadfile" else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by fixtures, before what is not asked for is taken out, and begin with slow files."""
    for item in items:
        for fixture, marker in MARKED_BY_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)
    slow = {item.path for item in items if any(map(item.get_closest_marker, SLOW))}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """Take what stays until the end out of what the collector looks at each time.

    It is called for each module, and a sixth of these tests' time was its look at the others. The
    random numbers of Hypothesis are made before: where the collector does not see who holds them,
    Hypothesis warns that nobody does.
    """
    hypothesis.given(strategies.none())(lambda _: None)()
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Look for the browser, before a Home Assistant is started for it."""
    if item.get_closest_marker("browser"):
        try:
            executable()
        except ChromiumMissingError as error:
            lacking(str(error))


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, object, object]:
    """Write out what UTF-8 can't, such as a lone surrogate in a log, for another process."""
    return _written_out((yield))


def _written_out(data: object) -> object:
    match data:
        case str():
            return data.encode(errors="backslashreplace").decode()
        case dict():
            return {_written_out(key): _written_out(value) for key, value in data.items()}
        case list() | tuple():
            return type(data)(map(_written_out, data))
        case _:
            return data
