"""What is taken of a fault: types and places, in whatever way it was raised or logged."""

import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any, Never

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.analytics.crash.faults import (
    IN_CONTEXT,
    MAX_EXCEPTIONS,
    MAX_INNER_FRAMES,
    MAX_OUTER_FRAMES,
    MAX_TEXT,
    TRACEBACK,
    Fault,
    Frame,
    Raised,
    from_exception,
    from_text,
)

SECRET = "hunter2"
WRAPPED = "The above exception was the direct cause of the following exception:"


class HostileError(Exception):
    """Fails whatever it is asked."""

    def refuse(self) -> Never:
        raise AssertionError(SECRET)

    __str__ = __repr__ = __hash__ = refuse
    __cause__ = property(refuse)
    __context__ = property(refuse)
    __traceback__ = property(refuse)
    __suppress_context__ = property(refuse)
    __class__ = property(refuse)
    __dict__ = property(refuse)
    args = property(refuse)


class HostileKind(type):
    """Makes classes that fail whatever they are asked."""

    def __getattribute__(cls, name: str) -> Never:
        raise AssertionError(SECRET)

    def __eq__(cls, other: object) -> Never:
        raise AssertionError(SECRET)

    def __hash__(cls) -> Never:
        raise AssertionError(SECRET)


class HostileGroup(ExceptionGroup[Exception]):
    """Fails when it is asked for its members."""

    @property
    def exceptions(self) -> Never:
        raise AssertionError(SECRET)


def caught(function: Callable[..., Any], *arguments: Any) -> BaseException:
    """Return what a function raises."""
    try:
        function(*arguments)
    except BaseException as error:  # noqa: BLE001
        return error
    raise AssertionError("nothing was raised")


def taken(function: Callable[..., Any], *arguments: Any) -> Fault:
    error = caught(function, *arguments)
    return from_exception(error, BaseException.__dict__["__traceback__"].__get__(error))


def logged_as_text(function: Callable[..., Any], *arguments: Any) -> str:
    """Return what the host's dispatcher logs of a fault."""
    try:
        function(*arguments)
    except BaseException:  # noqa: BLE001
        return traceback.format_exc()
    raise AssertionError("nothing was raised")


def plain(value: str = SECRET) -> Never:
    token = value
    raise ValueError(token)


def caused() -> Never:
    try:
        plain()
    except ValueError as error:
        raise KeyError(SECRET) from error


def in_context() -> Never:
    try:
        plain()
    except ValueError:
        raise KeyError(SECRET)  # noqa: B904


def suppressed() -> Never:
    try:
        plain()
    except ValueError:
        raise KeyError(SECRET) from None


def annotated() -> Never:
    error = KeyError(SECRET)
    error.add_note(f'{TRACEBACK}:\n  File "/home/anna/x.py", line 3, in anna\n{SECRET}: no')
    raise error


def grouped() -> Never:
    members = [caught(plain), BaseExceptionGroup(SECRET, [caught(caused), OSError(SECRET)])]
    raise BaseExceptionGroup(SECRET, members)


def hostile() -> Never:
    raise HostileError(SECRET)


def hostile_with_a_cause() -> Never:
    raise KeyError from HostileError(SECRET)


def hostile_group() -> Never:
    raise HostileGroup(SECRET, [ValueError(SECRET)])


def deep(times: int) -> Never:
    if times:
        deep(times - 1)
    plain()


@pytest.fixture
def deep_stack() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(5000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.parametrize(
    ("function", "names", "parents"),
    [
        (plain, ["ValueError"], [None]),
        (caused, ["KeyError", "ValueError"], [None, 0]),
        (in_context, ["KeyError", "ValueError"], [None, 0]),
        (suppressed, ["KeyError"], [None]),
        (annotated, ["KeyError"], [None]),
        (
            grouped,
            ["ExceptionGroup", "ValueError", "ExceptionGroup", "KeyError", "OSError", "ValueError"],
            [None, 0, 0, 2, 2, 3],
        ),
        (hostile, ["HostileError"], [None]),
        (hostile_with_a_cause, ["KeyError", "HostileError"], [None, 0]),
        (hostile_group, ["HostileGroup", "ValueError"], [None, 0]),
    ],
)
def test_types_and_places_are_taken_and_no_value(
    function: Callable[[], Never], names: list[str], parents: list[int | None]
) -> None:
    fault = taken(function)
    assert [raised.name for raised in fault.raised] == names
    assert [raised.parent for raised in fault.raised] == parents
    assert fault.raised[0].frames[-1].function == function.__name__
    assert fault.raised[0].frames[-1].file == __file__
    assert SECRET not in repr(fault)


def test_an_exception_that_causes_itself_is_taken_once() -> None:
    first, second = ValueError(SECRET), KeyError(SECRET)
    first.__cause__, second.__cause__ = second, first
    names = [raised.name for raised in from_exception(first, None).raised]
    assert names == ["ValueError", "KeyError"]


@pytest.mark.parametrize("many", [MAX_EXCEPTIONS, 10_000])
def test_of_very_many_exceptions_some_are_kept(many: int) -> None:
    group = ExceptionGroup(SECRET, [ValueError(number) for number in range(many)])
    assert len(from_exception(group, None).raised) == MAX_EXCEPTIONS
    chain = ValueError()
    for _ in range(many):
        following = ValueError()
        following.__cause__, chain = chain, following
    assert len(from_exception(chain, None).raised) == MAX_EXCEPTIONS


def test_of_a_deep_recursion_the_way_in_and_the_innermost_frames_are_kept(deep_stack: None) -> None:
    [raised] = taken(deep, 1000).raised
    functions = [frame.function for frame in raised.frames]
    assert len(functions) == MAX_OUTER_FRAMES + MAX_INNER_FRAMES
    assert functions[0] == "caught"
    assert functions[-1] == "plain"
    assert set(functions[1:-1]) == {"deep"}


@pytest.mark.parametrize("depth", range(MAX_OUTER_FRAMES - 3, MAX_OUTER_FRAMES + 3))
def test_of_others_all_frames_are_kept_in_order(depth: int) -> None:
    [raised] = taken(deep, depth).raised
    assert [frame.function for frame in raised.frames] == [
        "caught",
        *["deep"] * (depth + 1),
        "plain",
    ]


def test_a_class_is_asked_nothing_of_its_own() -> None:
    kind = HostileKind("Named", (Exception,), {"__module__": "lamp"})
    assert from_exception(kind(SECRET), None) == Fault((Raised("lamp", "Named", ()),))


@pytest.mark.parametrize("module", [None, 7, property(lambda _: SECRET)])
def test_a_class_without_a_module_has_none(module: object) -> None:
    kind = type("Named", (Exception,), {"__module__": module})
    assert from_exception(kind(), None) == Fault((Raised(None, "Named", ()),))


@pytest.mark.parametrize(
    ("function", "names", "in_contexts"),
    [
        (plain, ["ValueError"], [False]),
        (caused, ["KeyError", "ValueError"], [False, False]),
        (in_context, ["KeyError", "ValueError"], [False, True]),
        (suppressed, ["KeyError"], [False]),
    ],
)
def test_the_same_is_read_from_a_text(
    function: Callable[[], Never], names: list[str], in_contexts: list[bool]
) -> None:
    fault = from_text(logged_as_text(function))
    assert fault
    assert [raised.name for raised in fault.raised] == names
    assert [raised.in_context for raised in fault.raised] == in_contexts
    assert [raised.module for raised in fault.raised] == ["builtins"] * len(names)
    frame = fault.raised[0].frames[-1]
    assert (frame.file, frame.function) == (__file__, function.__name__)
    assert SECRET not in repr(fault)


GROUP_IN_3_14 = """\
  + Exception Group Traceback (most recent call last):
  |   File "/host/core.py", line 2, in run
  |     await tasks
  |     ...<2 lines>...
  |   File "/lamp/api.py", line 3, in Api.switch
  | ExceptionGroup: hunter2 (2 sub-exceptions)
  | hunter2 in a note
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/lamp/api.py", line 7, in first
    |     raise ValueError("hunter2")
    |     ~~~~~^^^^^^^^^^^^^^^^^^^^^^
    | ValueError: hunter2
    +---------------- 2 ----------------
    | lamp.errors.LampError: hunter2
    +------------------------------------
"""


@pytest.mark.parametrize("form", ["this interpreter's", GROUP_IN_3_14])
def test_of_a_group_as_text_each_member_with_a_stack_is_read(form: str) -> None:
    text = form if "\n" in form else logged_as_text(grouped)
    fault = from_text(text)
    assert fault
    assert {"ExceptionGroup", "ValueError"} <= {raised.name for raised in fault.raised}
    assert all(raised.group == (raised.name == "ExceptionGroup") for raised in fault.raised)
    assert all(raised.frames for raised in fault.raised)
    assert SECRET not in repr(fault)


def test_the_frames_of_a_group_as_text_are_those_of_its_traceback() -> None:
    fault = from_text(GROUP_IN_3_14)
    assert fault
    assert [raised.frames for raised in fault.raised] == [
        (Frame("/lamp/api.py", 7, "first"),),
        (Frame("/host/core.py", 2, "run"), Frame("/lamp/api.py", 3, "Api.switch")),
    ]


HEAD = f'{TRACEBACK}:\n  File "/host/core.py", line 2, in run\n    raise it\n'


@pytest.mark.parametrize(
    ("text", "module", "name"),
    [
        (f"{HEAD}ValueError: {SECRET}", "builtins", "ValueError"),
        (f"{HEAD}ValueError", "builtins", "ValueError"),
        (f"{HEAD}    ~~~^^^\nlamp.errors.LampError: {SECRET}", "lamp.errors", "LampError"),
        (f"{HEAD}KeyError: '\n{SECRET}:\n'", "builtins", "KeyError"),
        (f"words of {SECRET}\n{HEAD}KeyError: 1", "builtins", "KeyError"),
        (f"{HEAD}KeyError: 1\nhunter2.Error: {SECRET}", "builtins", "KeyError"),
        (
            f"{HEAD}  [Previous line repeated 970 more times]\nRecursionError: x",
            "builtins",
            "RecursionError",
        ),
        (f"{HEAD}ValueError: 'Grüße {SECRET}'", "builtins", "ValueError"),
    ],
)
def test_the_type_is_what_follows_the_frames(text: str, module: str, name: str) -> None:
    assert from_text(text) == Fault((Raised(module, name, (Frame("/host/core.py", 2, "run"),)),))


@pytest.mark.parametrize(
    "text",
    [
        "",
        TRACEBACK,
        f"{TRACEBACK}:\nValueError: {SECRET}",
        HEAD,
        f"{HEAD}{SECRET} is what was wrong",
        f'{TRACEBACK}:\n  File "/host/core.py", line 2\n    x = \nSyntaxError: {SECRET}',
        f'{TRACEBACK}:\n  File "/host/core.py", line 2, in my own function\nValueError: {SECRET}',
    ],
)
def test_what_is_no_whole_traceback_is_no_fault(text: str) -> None:
    assert from_text(text) is None


@pytest.mark.parametrize("words", [WRAPPED, IN_CONTEXT])
def test_of_many_in_a_text_the_newest_are_kept(words: str) -> None:
    text = f"\n\n{words}\n\n".join(f"{HEAD}Error{number}: {SECRET}\n" for number in range(50))
    fault = from_text(text)
    assert fault
    assert [raised.name for raised in fault.raised] == [
        f"Error{number}" for number in range(49, 49 - MAX_EXCEPTIONS, -1)
    ]
    frames = '  File "/host/core.py", line 2, in run\n' * 5000
    fault = from_text(f"{TRACEBACK}:\n{frames}RecursionError: {SECRET}")
    assert fault
    assert len(fault.raised[0].frames) == MAX_OUTER_FRAMES + MAX_INNER_FRAMES


FRAME = ('  File "', "/a.py", '"', ", line ", "3", ", in ", "f", "Error: ", "\n")
MARGIN = ("  | ", "  + ", "+-+---", " " * 9, ":\n")
ODD = ("\r", "\0", "\u2028", "é", "\ud800")
PIECES = st.sampled_from((TRACEBACK, "Exception Group ", *FRAME, *MARGIN, *ODD))


@given(text=st.text() | st.lists(PIECES, max_size=200).map("".join))
def test_any_text_is_answered(text: str) -> None:
    fault = from_text(text)
    assert fault is None or all(raised.frames and raised.name for raised in fault.raised)


@pytest.mark.parametrize(
    "many",
    [
        "\n",
        " ",
        " |",
        "  + ",
        f"{TRACEBACK}:\n",
        '  File "',
        HEAD,
        "a",
        "a.",
        '  File "/a.py", line 1',
    ],
)
@pytest.mark.parametrize("before", ["", HEAD])
@pytest.mark.timeout(20)
def test_a_long_text_is_read_in_time_that_grows_with_it(before: str, many: str) -> None:
    fault = from_text(before + many * (2 * MAX_TEXT // len(many)))
    assert fault is None or len(fault.raised) <= MAX_EXCEPTIONS
