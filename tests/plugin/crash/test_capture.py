"""The handler of the root logger: it takes note of faults, and never stands in the way."""

import gc
import logging
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import timedelta
from statistics import median
from types import FunctionType
from typing import Any, ClassVar, Never

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.helpers.update_coordinator import UpdateFailed
from hypothesis import given
from hypothesis import strategies as st

from custom_components.analytics.crash.capture import (
    DAY,
    ERROR,
    FATAL,
    MAX_KNOWN,
    MAX_WAITING,
    Captured,
    CaptureHandler,
)
from custom_components.analytics.crash.faults import TRACEBACK, Fault, Raised
from tests.limits import join

from ..conftest import SetClock

SECRET = "hunter2"
HEAD = f'{TRACEBACK}:\n  File "/host/core.py", line 2, in run\n    raise it\n'
_LOGGER = logging.getLogger("tests.capture")

type Calls = list[threading.Thread]


class HostileError(Exception):
    """Fails whatever it is asked."""

    def refuse(self, *_: object) -> Never:
        raise AssertionError(SECRET)

    __str__ = __repr__ = __eq__ = __hash__ = refuse
    __cause__ = property(refuse)
    __class__ = property(refuse)


class HostileText(str):
    """A text that fails whatever it is asked."""

    __slots__ = ()

    def refuse(self, *_: object) -> Never:
        raise AssertionError(SECRET)

    __contains__ = __getitem__ = __str__ = __len__ = refuse
    startswith = __format__ = refuse


class LogsWhenLookedUp(tuple[object, ...]):
    """Logs a fault in the middle of what the handler does, as an object does when collected."""

    __slots__ = ()
    function: ClassVar[Callable[[], object] | None] = None

    def __hash__(self) -> int:
        function, LogsWhenLookedUp.function = LogsWhenLookedUp.function, None
        if function is not None:
            fail(function)
        return 1


@pytest.fixture
def noticed() -> Calls:
    return []


@pytest.fixture
def handler(noticed: Calls) -> Iterator[CaptureHandler]:
    """Return a handler of a logger; the host's see nothing of it."""
    handler = CaptureHandler(lambda: noticed.append(threading.current_thread()))
    _LOGGER.propagate = False
    _LOGGER.addHandler(handler)
    yield handler
    _LOGGER.removeHandler(handler)
    _LOGGER.propagate = True


def throw(error: BaseException) -> Never:
    raise error


def fail(raise_it: Callable[[], object], message: object = "failed", **options: Any) -> None:
    """Log what a function raises."""
    try:
        raise_it()
    except BaseException:
        _LOGGER.exception(message, **options)


def _raise() -> Never:
    raise ValueError("hunter2")


def somewhere(number: int) -> Callable[[], object]:
    """Return a function that raises at a place of its own."""
    code = _raise.__code__.replace(co_filename="<x>", co_firstlineno=number + 1)
    return FunctionType(code, {})


def record(**given: Any) -> logging.LogRecord:
    """Return a record that nobody made by logging."""
    made = logging.LogRecord("a", logging.ERROR, "/a.py", 1, "words", None, None)
    made.__dict__.update(given)
    return made


def names(handler: CaptureHandler) -> list[str]:
    return [captured.fault.raised[0].name for captured, _ in handler.take()]


def test_of_a_fault_the_places_are_kept_and_no_value(
    handler: CaptureHandler, noticed: Calls
) -> None:
    fail(lambda: throw(KeyError(SECRET)), f"No {SECRET}")
    [(captured, count)] = handler.take()
    assert (count, captured.level) == (1, ERROR)
    assert (captured.path, captured.function) == (__file__, "fail")
    assert captured.fault.raised[0].name == "KeyError"
    assert noticed == [threading.current_thread()]
    assert SECRET not in repr(captured)
    assert handler.newest is captured
    assert handler.take() == []


def test_a_critical_one_is_fatal(handler: CaptureHandler) -> None:
    _LOGGER.critical("x", exc_info=ValueError())
    assert handler.take()[0][0].level == FATAL


def test_a_traceback_in_the_arguments_is_a_fault(handler: CaptureHandler) -> None:
    _LOGGER.error("%s\n%s", f"Failed for {SECRET}", f"{HEAD}KeyError: {SECRET}")
    [(captured, _)] = handler.take()
    assert captured.fault.raised[0].name == "KeyError"
    assert SECRET not in repr(captured)


@pytest.mark.parametrize(
    "log",
    [
        lambda: _LOGGER.error("%s", SECRET),
        lambda: _LOGGER.error("without"),
        lambda: _LOGGER.warning("x", exc_info=ValueError()),
        lambda: _LOGGER.error("x", exc_info=(None, None, None)),
        lambda: _LOGGER.error("x", exc_info=True),  # noqa: LOG014
        lambda: _LOGGER.error("%(a)s", {"a": f"{HEAD}KeyError: 1"}),
        lambda: _LOGGER.error("%s", TRACEBACK),
        lambda: _LOGGER.error("%s", f"{TRACEBACK}\n" * 9),
        lambda: fail(lambda: throw(UpdateFailed())),
        lambda: _LOGGER.error("%s", f"{HEAD}TimeoutError: 1"),
    ],
)
def test_what_is_no_crash_is_not_noticed(
    handler: CaptureHandler, noticed: Calls, log: Callable[[], None]
) -> None:
    log()
    assert handler.take() == []
    assert noticed == []


@pytest.mark.parametrize(
    ("name", "heard"),
    [
        ("custom_components.analytics", False),
        ("custom_components.analytics.crash.build", False),
        ("sentry_sdk.errors", False),
        ("urllib3.connectionpool", False),
        ("custom_components.analytics_of_others", True),
        ("urllib3_of_others", True),
        ("", True),
    ],
)
def test_our_own_records_are_not_looked_at(handler: CaptureHandler, name: str, heard: bool) -> None:
    handler.handle(record(name=name, exc_info=(ValueError, ValueError(), None)))
    assert bool(handler.take()) is heard


def test_10000_identical_errors_are_handed_over_once(
    handler: CaptureHandler, noticed: Calls
) -> None:
    def deep(times: int = 20) -> None:
        if times:
            deep(times - 1)
        throw(ValueError(SECRET))

    took = []
    records = []
    for _ in range(10_000):
        try:
            deep()
        except ValueError:
            records.append(record(exc_info=sys.exc_info()))
    for each in records:
        start = time.thread_time()
        handler.handle(each)
        took.append(time.thread_time() - start)
    assert [count for _, count in handler.take()] == [10_000]
    assert len(noticed) == 1
    assert median(took) < 200e-6


@pytest.mark.long
def test_10000_different_errors_take_little_memory(handler: CaptureHandler) -> None:
    functions = [somewhere(number) for number in range(10_000)]
    tracemalloc.start()
    try:
        for number, function in enumerate(functions):
            fail(function, "x" * 10_000)
            if number % 7 == 0:
                handler.take()
        gc.collect()
        size = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(handler._known) <= MAX_KNOWN
    assert len(handler.take()) <= MAX_WAITING
    assert size < 3_000_000


def test_deep_recursions_take_little_memory_and_time(handler: CaptureHandler) -> None:
    def deep(times: int, function: Callable[[], object]) -> None:
        if times:
            deep(times - 1, function)
        else:
            function()

    before = sys.getrecursionlimit()
    sys.setrecursionlimit(10_000)
    try:
        for number in range(100):
            fail(lambda number=number: deep(1000, somewhere(number)))  # type: ignore[misc]
            for captured, _ in handler.take():
                assert len(captured.fault.raised[0].frames) == 80
                assert sys.getsizeof(captured.key) < 100
    finally:
        sys.setrecursionlimit(before)
    assert len(handler._known) == 100


def test_at_the_limit_of_recursion_logging_goes_on(handler: CaptureHandler) -> None:
    depth = 0

    def deeper() -> None:
        nonlocal depth
        depth += 1
        handler.handle(record(exc_info=(ValueError, ValueError(), None)))
        deeper()

    with pytest.raises(RecursionError):
        deeper()
    assert depth > 100
    assert names(handler) == ["ValueError"]


def test_a_flood_of_noise_hides_no_fault(handler: CaptureHandler, noticed: Calls) -> None:
    fail(lambda: throw(KeyError()))
    for number in range(3000):
        _LOGGER.error("x", exc_info=TimeoutError(number))
        _LOGGER.error("%s", HEAD.replace("line 2", f"line {number}") + "TimeoutError: 1")
    fail(lambda: throw(IndexError()))
    assert names(handler) == ["KeyError", "IndexError"]
    assert len(noticed) == 2


def test_the_same_error_is_looked_at_again_when_another_cause_made_it_none(
    handler: CaptureHandler,
) -> None:
    def fail_because_of(cause: Exception) -> None:
        raise RuntimeError from cause

    for cause in (TimeoutError(), UpdateFailed(), KeyError(SECRET)):
        fail(lambda: fail_because_of(cause))  # noqa: B023
    assert names(handler) == ["RuntimeError"]


def test_no_more_wait_than_fit_and_those_that_did_not_come_later(handler: CaptureHandler) -> None:
    functions = [somewhere(number) for number in range(MAX_WAITING + 5)]
    for function in functions:
        fail(function)
    assert len(handler.take()) == MAX_WAITING
    for function in functions:
        fail(function)
    assert len(handler.take()) == 5


def test_after_a_day_it_is_new_again_with_its_count(
    handler: CaptureHandler, noticed: Calls, freezer: FrozenDateTimeFactory
) -> None:
    function = somewhere(1)
    fail(function)
    assert [count for _, count in handler.take()] == [1]
    for _ in range(3):
        fail(function)
    assert handler.take() == []
    freezer.tick(DAY + 1)
    fail(function)
    assert [count for _, count in handler.take()] == [4]
    assert len(noticed) == 2


@pytest.mark.parametrize("days", [-1000, 1000])
def test_a_clock_that_is_set_makes_nothing_new_and_silences_nothing(
    handler: CaptureHandler, set_clock: SetClock, freezer: FrozenDateTimeFactory, days: int
) -> None:
    function = somewhere(1)
    fail(function)
    assert len(handler.take()) == 1
    set_clock(timedelta(days=days))
    fail(function)
    assert len(handler.take()) == 0
    freezer.tick(DAY + 1)
    fail(function)
    assert [count for _, count in handler.take()] == [2]


def test_what_is_given_back_counts_the_next_time(
    handler: CaptureHandler, freezer: FrozenDateTimeFactory
) -> None:
    function = somewhere(1)
    fail(function)
    handler.give_back(*handler.take()[0])
    freezer.tick(DAY + 1)
    fail(function)
    [(captured, count)] = handler.take()
    assert count == 2
    handler._known.clear()
    handler.give_back(captured, count)
    assert handler.take() == []


def test_what_was_not_logged_can_be_added(handler: CaptureHandler, noticed: Calls) -> None:
    fault = Fault((Raised("faulthandler", "Aborted", ()),))
    captured = Captured((fault,), fault, 1.0, FATAL)
    handler.add(captured)
    waited = handler.waiting
    assert handler.take() == [(captured, 1)]
    assert (waited, handler.waiting) == (True, False)
    assert len(noticed) == 1


class NotATuple:
    """Arguments that can't be asked anything."""

    def refuse(self, *_: object) -> Never:
        raise AssertionError(SECRET)

    __bool__ = __iter__ = __len__ = __getitem__ = refuse


def error_info(error: BaseException) -> Any:
    return (type(error), error, None)


@pytest.mark.parametrize(
    ("given", "captured"),
    [
        ({"args": NotATuple()}, False),
        ({"args": 7}, False),
        ({"args": [f"{HEAD}KeyError: 1"]}, False),
        ({"args": (HostileText(TRACEBACK),)}, False),
        ({"args": (NotATuple(), None, b"x", f"{HEAD}KeyError: 1")}, True),
        ({"exc_info": 7}, False),
        ({"exc_info": ValueError()}, False),
        ({"exc_info": ()}, False),
        ({"exc_info": (ValueError, "words", None)}, False),
        ({"exc_info": (ValueError, ValueError, None)}, False),
        ({"exc_info": (None, ValueError(), "no traceback")}, False),
        ({"exc_info": (None, ValueError(), None)}, True),
        ({"exc_info": NotATuple()}, False),
        ({"exc_info": error_info(ValueError()), "msg": None}, True),
        ({"exc_info": error_info(ValueError()), "msg": ValueError(SECRET)}, True),
        ({"exc_info": error_info(ValueError()), "msg": HostileText()}, True),
        ({"exc_info": error_info(ValueError()), "msg": NotATuple()}, True),
        ({"exc_info": error_info(ValueError()), "msg": "\ud800" * 10**6}, True),
        ({"exc_info": error_info(ValueError()), "pathname": None}, True),
        ({"exc_info": error_info(ValueError()), "pathname": NotATuple()}, True),
        ({"exc_info": error_info(ValueError()), "lineno": None}, True),
        ({"exc_info": error_info(ValueError()), "lineno": "7"}, True),
        ({"exc_info": error_info(ValueError()), "name": None}, True),
        ({"exc_info": error_info(ValueError()), "name": HostileText()}, False),
        ({"exc_info": error_info(ValueError()), "levelno": None}, False),
        ({"exc_info": error_info(ValueError()), "args": NotATuple()}, True),
    ],
)
def test_no_record_makes_it_raise(
    handler: CaptureHandler, given: dict[str, Any], captured: bool
) -> None:
    made = record()
    made.__dict__.update(given)
    handler.emit(made)
    taken = handler.take()
    assert bool(taken) is captured
    for each, _ in taken:
        assert type(each.path) is type(each.function) is str
        assert type(each.line) is int


def test_an_error_that_can_not_be_asked_anything_is_captured(handler: CaptureHandler) -> None:
    handler.emit(record(exc_info=(HostileError, HostileError(SECRET), None)))
    assert names(handler) == ["HostileError"]


@given(
    msg=st.none() | st.text() | st.binary(),
    args=st.none() | st.text() | st.lists(st.text()) | st.lists(st.just(HEAD)).map(tuple),
    exc_info=st.none() | st.booleans() | st.just((None, ValueError(), None)) | st.tuples(st.text()),
    name=st.text() | st.none(),
)
def test_any_record_is_answered(msg: object, args: object, exc_info: object, name: object) -> None:
    handler = CaptureHandler(lambda: None)
    handler.emit(record(msg=msg, args=args, exc_info=exc_info, name=name))
    assert len(handler.take()) <= 1


@pytest.mark.parametrize("many", [HEAD, '  File "a", line 1\n', "x", "\n", '"'])
@pytest.mark.timeout(20)
def test_a_huge_traceback_is_looked_at_in_part(handler: CaptureHandler, many: str) -> None:
    _LOGGER.error("%s", f"{HEAD}KeyError: 1\n" + many * (30_000_000 // len(many)))
    start = time.thread_time()
    _LOGGER.error("%s", f"{HEAD}KeyError: 1\n" + many * (30_000_000 // len(many)))
    assert time.thread_time() - start < 2
    assert all(sys.getsizeof(captured.key) < 100 for captured, _ in handler.take())


def test_a_listener_that_fails_stops_nothing() -> None:
    handler = CaptureHandler(lambda: throw(RuntimeError()))
    handler.emit(record(exc_info=error_info(ValueError())))
    handler.emit(record(exc_info=error_info(KeyError())))
    assert names(handler) == ["ValueError", "KeyError"]


def test_nothing_of_a_fault_is_kept_alive(handler: CaptureHandler) -> None:
    class Held:
        pass

    def fail_with_a_local() -> None:
        held = Held()
        kind = type("MadeError", (Exception,), {"held": held})
        raise kind(held)

    fail(fail_with_a_local)
    gc.collect()
    assert [each for each in gc.get_objects() if type(each) is Held] == []
    assert len(handler.take()) == 1


def test_what_logs_while_others_are_taken_is_taken_the_next_time(handler: CaptureHandler) -> None:
    fault = Fault((Raised("faulthandler", "Aborted", ()),))
    fail(somewhere(1))
    handler.add(Captured(LogsWhenLookedUp(), fault, 1.0, FATAL))
    fail(somewhere(2))
    LogsWhenLookedUp.function = somewhere(3)
    assert names(handler) == ["ValueError", "Aborted", "ValueError"]
    assert names(handler) == ["ValueError"]


def test_many_threads_log_and_one_takes(handler: CaptureHandler) -> None:
    function = somewhere(1)

    def fail_often() -> None:
        for _ in range(200):
            fail(function)

    threads = [threading.Thread(target=fail_often) for _ in range(8)]
    for thread in threads:
        thread.start()
    taken = [count for _ in range(100) for _, count in handler.take()]
    join(threads)
    taken += [count for _, count in handler.take()]
    [known] = handler._known.values()
    assert len(taken) == 1
    assert sum(taken) + known.count == 8 * 200
