"""An unclean end is told with where it happened: what anybody could have, and nothing else."""

import ast
import asyncio
import inspect
import json
import sys
import threading
from dataclasses import fields
from pathlib import Path
from typing import Any

import homeassistant.core
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custom_components.analytics.code.places import Places
from custom_components.analytics.guard.last_look import inspect as guard
from custom_components.analytics.lifecycle.fault import fault_event
from custom_components.analytics.lifecycle.steps import IN_A_ROW, RECOVERED
from custom_components.analytics.models import Knowledge, Message
from custom_components.analytics.run.current import Run
from custom_components.analytics.run.dumps import NAMES, NativeFault, TextFrame, parse
from custom_components.analytics.run.fault_log import FaultLog, Found
from custom_components.analytics.run.previous import End, PreviousRun, RunFile
from custom_components.analytics.tiers.extended import LIFECYCLE
from custom_components.analytics.tiers.facts import Event, Facts, FaultPlace
from custom_components.analytics.tiers.payload import build
from custom_components.analytics.tiers.words import ENDS, FAULTS, ROWS, THREADS

UNCLEAN = (End.KILLED, End.POWER_LOSS, End.CRASHED_AT_START, End.CRASHED_AT_STOP)
CORE = homeassistant.core.__file__
FIELDS = tuple(field for field in LIFECYCLE.fields if Message.FAULT in field.messages)
SECRET = "annas_bedroom"


def line_of(function: Any) -> int:
    """Return the line in which a function begins."""
    return inspect.getsourcelines(function)[1]


HOST = TextFrame(
    file=CORE, line=line_of(homeassistant.core.HomeAssistant.async_stop), function="async_stop"
)
PYTHON = TextFrame(file=threading.__file__, line=7, function="_bootstrap")
PACKAGE = TextFrame(file=orjson.__file__, line=1, function="<module>")


@pytest.fixture
def user(tmp_path: Path) -> dict[str, TextFrame]:
    """Return frames in files that only this home has, all of which are there."""
    files = {
        "custom integration": tmp_path / "custom_components" / SECRET / "__init__.py",
        "python_script": tmp_path / "python_scripts" / f"{SECRET}.py",
        "elsewhere": tmp_path / f"{SECRET}.py",
    }
    for file in files.values():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"def {SECRET}():\n    pass\n")
    return {
        name: TextFrame(file=str(file), line=1, function=SECRET) for name, file in files.items()
    }


def run_after(folder: Path, end: End = End.KILLED, version: str | None = "2025.4.4") -> Run:
    """Return a run of 2026.10.4 after one that ended so."""
    return Run(
        file=RunFile(folder / "run", version="2026.10.4"),
        fault_log=FaultLog(folder / "log", folder / "memory"),
        previous=PreviousRun(end=end, version=version),
        found=Found(),
    )


def crashes(*stacks: tuple[TextFrame, ...], thread: str = "main") -> Found:
    """Return crashes with these stacks, newest last."""
    return Found(
        faults=tuple(
            NativeFault(error="Segmentation fault", stack=stack, c_stack=(), thread=thread)
            for stack in stacks
        ),
        written_at=1.0,
    )


def place(folder: Path, *stack: TextFrame) -> FaultPlace:
    """Return the place that is told of a stack, innermost frame first."""
    event = fault_event(run_after(folder), crashes(stack), Places(folder))
    assert event is not None
    assert event.fault is not None
    return event.fault


@pytest.mark.parametrize("end", [end for end in End if end not in UNCLEAN])
def test_an_end_as_it_should_be_is_no_event(tmp_path: Path, end: End) -> None:
    assert fault_event(run_after(tmp_path, end), crashes((HOST,)), Places(tmp_path)) is None


@pytest.mark.parametrize("end", UNCLEAN)
@pytest.mark.parametrize(
    ("version", "changed"), [("2025.4.4", True), ("2026.10.4", False), (None, None)]
)
def test_an_unclean_end_is_told_in_a_word(
    tmp_path: Path, end: End, version: str | None, changed: bool | None
) -> None:
    assert fault_event(run_after(tmp_path, end, version), Found(), Places(tmp_path)) == Event(
        event=Message.FAULT, previous_end=end.value, version_changed=changed
    )


def test_the_newest_crash_is_the_one(tmp_path: Path) -> None:
    found = crashes((HOST,), (PYTHON, HOST), thread="worker")
    event = fault_event(run_after(tmp_path), found, Places(tmp_path))
    assert event is not None
    assert event.fault == FaultPlace(
        error="SegmentationFault",
        thread="worker",
        function="_bootstrap",
        file="threading.py",
        line=7,
    )


@pytest.mark.parametrize(
    ("frame", "file"),
    [(HOST, "homeassistant/core.py"), (PYTHON, "threading.py"), (PACKAGE, "orjson/__init__.py")],
)
def test_what_anybody_could_have_is_named_below_its_package(
    tmp_path: Path, frame: TextFrame, file: str
) -> None:
    told = place(tmp_path, frame, HOST)
    assert (told.file, told.line, told.function) == (file, frame.line, frame.function)


@pytest.mark.parametrize("whose", ["custom integration", "python_script", "elsewhere"])
def test_what_only_this_home_has_is_passed_over(
    tmp_path: Path, user: dict[str, TextFrame], whose: str
) -> None:
    assert place(tmp_path, user[whose], PYTHON, HOST) == place(tmp_path, PYTHON)
    told = place(tmp_path, user[whose])
    assert (told.file, told.line, told.function) == (None, None, None)
    assert SECRET not in repr(told)


def test_a_function_that_was_named_at_run_time_is_not_told(tmp_path: Path) -> None:
    told = place(tmp_path, TextFrame(file=CORE, line=12, function=SECRET))
    assert (told.file, told.line, told.function) == ("homeassistant/core.py", 12, None)


def test_a_crash_without_a_stack_of_python_has_no_place(tmp_path: Path) -> None:
    assert place(tmp_path) == FaultPlace(
        error="SegmentationFault", thread="main", function=None, file=None, line=None
    )


def test_the_words_of_the_table_are_those_of_crash_reports() -> None:
    assert set(ENDS) == set(End)
    assert {*IN_A_ROW.values(), RECOVERED} == set(ROWS)
    assert set(FAULTS) == set(NAMES.values())


NAMELESS = ("module", "lambda", "locals", "genexpr", "listcomp", "setcomp", "dictcomp")
WRITTEN = {f"<{name}>" for name in NAMELESS} | {
    node.name
    for file in (CORE, asyncio.__file__)
    for node in ast.walk(ast.parse(Path(file).read_text()))
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
}
ALL_PUBLIC = {asyncio.__file__: "asyncio/__init__.py", CORE: "homeassistant/core.py"}
KNOWLEDGE = Knowledge(secrets=frozenset({SECRET}))
names = st.text() | st.sampled_from([SECRET, "async_stop", "<module>", "HomeAssistant"])
functions = names | st.from_regex(r"[\w.<>]{1,40}", fullmatch=True)
files = st.sampled_from(["integration", "script", "away", *ALL_PUBLIC]) | names.map(
    lambda name: f"/{name}.py"
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=names,
    thread=names,
    frames=st.lists(st.tuples(files, st.integers(0, 10**9), functions), max_size=6),
)
def test_nothing_that_is_not_public_gets_out(
    tmp_path: Path,
    user: dict[str, TextFrame],
    words: str,
    thread: str,
    frames: list[tuple[str, int, str]],
) -> None:
    own = {
        "integration": user["custom integration"].file,
        "script": user["python_script"].file,
        "away": str(tmp_path / "away" / f"{SECRET}.py"),
    }
    lines = [
        f'  File "{own.get(file, file)}", line {line} in {function}\n'
        for file, line, function in frames
    ]
    log = (
        f"Fatal Python error: {words}\n\n"
        f"Current thread 0x1 [{thread}] (most recent call first):\n{''.join(lines)}\n"
    )
    event = fault_event(run_after(tmp_path), Found(faults=parse(log)), Places(tmp_path))
    assert event is not None
    payload = build(Facts(event=event), FIELDS)
    assert guard(payload, FIELDS, KNOWLEDGE).payload == payload
    told = payload["fault"]
    assert set(told) == {field.name for field in fields(FaultPlace)}
    assert told["error"] in FAULTS
    assert told["thread"] in THREADS
    assert told["file"] in {None, *ALL_PUBLIC.values()}
    assert told["function"] is None or set(told["function"].split(".")) <= WRITTEN
    assert SECRET not in json.dumps(payload)
    assert sys.prefix not in json.dumps(payload)
