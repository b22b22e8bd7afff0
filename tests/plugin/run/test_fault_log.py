"""The host's fault log: read as the interpreters write it, each crash once, and never touched."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.analytics.run.dumps import (
    ERRORS,
    FATAL,
    MAX_FAULTS,
    MAX_FRAMES,
    STACK_OVERFLOW,
    CFrame,
    NativeFault,
    TextFrame,
    parse,
)
from custom_components.analytics.run.fault_log import MAX_BYTES, MAX_NEW, FaultLog, Found
from custom_components.analytics.run.threads import kind
from custom_components.analytics.tiers.words import THREADS

HAS_C_STACK = sys.version_info >= (3, 14)

# Keeps its fault log as the host does, has a thread that is not to be reported, and crashes.
CHILD = """
import ctypes, faulthandler, resource, sys, threading
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
log, kind = sys.argv[1:]
file = open(log, "a", encoding="utf8")
faulthandler.enable(file)

def elsewhere():
    threading.Event().wait()

def crash():
    if kind == "thread" or kind.startswith("named "):
        ctypes.string_at(1)
    elif kind == "timeout":
        faulthandler.dump_traceback_later(0.01, exit=True, file=file)
        elsewhere()
    elif kind == "words":
        ctypes.pythonapi.Py_FatalError(b"words of a library")
    else:
        getattr(faulthandler, kind)()

def deep(times):
    deep(times - 1) if times else crash()

threading.Thread(target=elsewhere, name="lamp in kitchen", daemon=True).start()
if kind == "thread" or kind.startswith("named "):
    crashing = threading.Thread(target=crash, name=kind.removeprefix("named "))
    crashing.start()
    crashing.join()
deep(300 if kind == "_sigabrt" else 0)
"""

OLD_FORMAT = """\
Fatal Python error: Segmentation fault

Thread 0x00007f00000016c0 (most recent call first):
  File "/python/lib/threading.py", line 359 in wait
  File "/python/lib/threading.py", line 1012 in _bootstrap

Current thread 0x00007f0000002b80 (most recent call first):
  Garbage-collecting
  File "/config/custom_components/lamp/api.py", line 12 in <lambda>
  File "/python/lib/asyncio/events.py", line 89 in _run
  File "/host/homeassistant/__main__.py", line 223 in <module>

Extension modules: yaml._yaml, lamp._native (total: 2)
"""
NEW_FORMAT = """\
Fatal Python error: Aborted

Current thread 0x00007f00000016c0 [lamp in kitchen] (most recent call first):
  File "/python/lib/ctypes/__init__.py", line 624 in string_at
  File "/config/custom_components/lamp/api.py", line 7 in switch

Thread 0x00007f0000002400 [python] (most recent call first):
  File "/python/lib/threading.py", line 369 in wait

Current thread's C stack trace (most recent call first):
  Binary file "/usr/local/bin/python", at _Py_DumpStack+0x4a [0x499c1d]
  Binary file "/usr/local/bin/python" [0x53bf79]
  Binary file '<unknown>' [0x7f0000000001]
  Binary file "/lib/libc.so.6", at +0x406b0 [0x7f00000806b0]
  Binary file "/lib/libc.so.6", at abort-0x24 [0x7f0000231507]
  Binary file "/config/deps/lamp.cpython-314-x86_64-linux-gnu.so", at _ZN4lampC1Ev@V1+0x7 [0x7f01]
  <truncated rest of calls>

Extension modules: yaml._yaml (total: 1)
"""
OLD = NativeFault(
    error="Segmentation fault",
    stack=(
        TextFrame(file="/config/custom_components/lamp/api.py", line=12, function="<lambda>"),
        TextFrame(file="/python/lib/asyncio/events.py", line=89, function="_run"),
        TextFrame(file="/host/homeassistant/__main__.py", line=223, function="<module>"),
    ),
    c_stack=(),
    thread="main",
)
NEW = NativeFault(
    error="Aborted",
    stack=(
        TextFrame(file="/python/lib/ctypes/__init__.py", line=624, function="string_at"),
        TextFrame(file="/config/custom_components/lamp/api.py", line=7, function="switch"),
    ),
    c_stack=(
        CFrame(file="/usr/local/bin/python", symbol="_Py_DumpStack"),
        CFrame(file="/usr/local/bin/python", symbol=None),
        CFrame(file="/lib/libc.so.6", symbol=None),
        CFrame(file="/lib/libc.so.6", symbol="abort"),
        CFrame(file="/config/deps/lamp.cpython-314-x86_64-linux-gnu.so", symbol="_ZN4lampC1Ev@V1"),
    ),
    thread="other",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the host keeps its fault log, which is there from the host's start on."""
    path = tmp_path / "home-assistant.log.fault"
    path.touch()
    return path


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    """Return where it is remembered how far the log was read."""
    return tmp_path / "memory"


@pytest.fixture
def start(path: Path, memory: Path) -> Callable[[], Found]:
    """Look at the log as each start does, with nothing kept but the files."""
    return lambda: FaultLog(path, memory).new()


def append(path: Path, text: str) -> None:
    """Write to the log as the interpreter does."""
    with path.open("a", encoding="utf8") as file:
        file.write(text)


def crash(path: Path, kind: str) -> None:
    """Let an interpreter like ours write to the log, and end."""
    command = [sys.executable, "-c", CHILD, str(path), kind]
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("_sigsegv", "Segmentation fault"),
        ("_sigabrt", "Aborted"),
        ("_sigfpe", "Floating-point exception"),
        ("_stack_overflow", "Segmentation fault"),
        ("thread", "Segmentation fault"),
    ],
)
def test_a_crash_of_this_interpreter_is_read(
    path: Path, start: Callable[[], Found], kind: str, error: str
) -> None:
    assert start() == Found(faults=(), written_at=path.stat().st_mtime)
    crash(path, kind)
    found = start()
    [fault] = found.faults
    assert found.written_at == path.stat().st_mtime
    assert fault.error == error
    assert "crash" in [frame.function for frame in fault.stack[:3]]
    assert "elsewhere" not in [frame.function for frame in fault.stack]
    assert fault.stack[-1].function == {
        "thread": "_bootstrap",
        "_sigabrt": "deep",
    }.get(kind, "<module>")
    assert bool(fault.c_stack) == HAS_C_STACK
    assert all(Path(frame.file).is_absolute() for frame in fault.c_stack)


@pytest.mark.parametrize(
    ("case", "thread"),
    [
        ("_sigsegv", "main"),
        ("named MainThread", "main"),
        ("named SyncWorker_12", "worker"),
        ("named ImportExecutor_0", "worker"),
        ("named asyncio_3", "worker"),
        ("named Recorder", "recorder"),
        ("named DbWorker_1", "recorder"),
        ("named hass", "unknown"),
        ("named Anna's lamp", "other"),
        ("named SyncWorker_Anna", "other"),
    ],
)
def test_of_the_thread_only_its_kind_is_kept(
    path: Path, start: Callable[[], Found], case: str, thread: str
) -> None:
    start()
    crash(path, case)
    found = start()
    # 3.13 writes no names.
    assert found.faults[0].thread == (thread if HAS_C_STACK or case == "_sigsegv" else "unknown")
    assert "Anna" not in repr(found)


def test_a_stack_without_its_end_does_not_tell_the_thread(
    path: Path, start: Callable[[], Found]
) -> None:
    # Of 300 frames a hundred are written; where they break off may be in any module.
    cut = OLD_FORMAT.replace("in <module>\n", "in <module>\n  ...\n")
    assert [(fault.stack, fault.thread) for fault in parse(cut)] == [(OLD.stack, "unknown")]
    start()
    crash(path, "_sigabrt")
    assert start().faults[0].thread == "unknown"


@given(heading=st.text(), outermost=st.none() | st.text())
def test_a_thread_has_a_kind_of_the_table(heading: str, outermost: str | None) -> None:
    named = f"Current thread 0x1 [{heading}] (most recent call first):"
    assert {kind(heading, outermost), kind(named, outermost)} <= set(THREADS)


def test_a_crash_in_a_thread_that_is_not_pythons_has_no_stack_of_python(
    path: Path, start: Callable[[], Found]
) -> None:
    start()
    crash(path, "_fatal_error_c_thread")
    faults = start().faults
    assert [fault.stack for fault in faults] == [()] * len(faults)
    # 3.13 gives up before it writes.
    assert bool(faults) == HAS_C_STACK


@pytest.mark.parametrize("kind", ["timeout", "words"])
def test_what_is_no_signal_is_no_crash(path: Path, start: Callable[[], Found], kind: str) -> None:
    start()
    crash(path, kind)
    assert start().faults == ()


def test_both_formats_are_read_newest_last() -> None:
    assert parse(OLD_FORMAT + NEW_FORMAT) == (OLD, NEW)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        *((f": {known}", known) for known in ERRORS),
        (": Cannot recover from stack overflow.", STACK_OVERFLOW),
        (": Unrecoverable stack overflow (used 12 kB)", STACK_OVERFLOW),
        (" from unexpected signum: 64", FATAL),
        (": could not open /config/secrets.yaml", FATAL),
        ("", FATAL),
    ],
)
def test_only_the_interpreters_own_words_are_kept(words: str, error: str) -> None:
    [fault] = parse(f"{FATAL}{words}\n\n{OLD_FORMAT.partition('\n\n')[2]}")
    assert fault == NativeFault(error=error, stack=OLD.stack, c_stack=(), thread="main")


@pytest.mark.parametrize(
    "line",
    [
        '  File "/config/a" b.py", line 3 in f',
        '  File "/config/a.py", line ??? in f',
        "  File ???, line 3 in f",
        '  File "/config/a.py", line 3 in ???',
        '  File "/config/a.py", line 3 in words of a user',
        '  File "/config/a.py", line 3',
        "  <no Python frame>",
        "  <invalid frame>",
        "  ...",
    ],
)
def test_a_line_that_is_no_whole_frame_is_left_out(line: str) -> None:
    text = OLD_FORMAT.replace("  Garbage-collecting", line)
    assert parse(text) == (OLD,)


@pytest.mark.parametrize(
    "line",
    [
        '  Binary file "", at f+0x1 [0x1]',
        '  Binary file "/config/',
        "  <cannot get C stack on this system>",
        "  <system returned no stack trace>",
    ],
)
def test_a_library_that_has_no_name_of_one_is_left_out(line: str) -> None:
    text = NEW_FORMAT.replace("  <truncated rest of calls>", line)
    assert parse(text) == (NEW,)


@pytest.mark.parametrize("cut", range(1, len(NEW_FORMAT), 43))
def test_a_dump_that_was_cut_short_does_not_hide_the_next(cut: int) -> None:
    *before, last = parse(NEW_FORMAT[:cut] + OLD_FORMAT)
    assert last == OLD
    for fault in before:
        assert fault.error in {NEW.error, FATAL}
        assert fault.stack == NEW.stack[: len(fault.stack)]
        assert fault.c_stack == NEW.c_stack[: len(fault.c_stack)]


def test_a_dump_that_is_no_crash_does_not_change_the_one_before() -> None:
    dump = OLD_FORMAT.partition("\n\n")[2]
    assert parse(f"{NEW_FORMAT}Timeout (0:00:10)!\n{dump}{dump}") == (NEW,)


def test_what_is_kept_is_bounded() -> None:
    frame = '  File "/a.py", line 1 in f\n'
    faults = parse(f"{FATAL}: Aborted\n\nCurrent thread 0x1\n{frame * 999}\n" * 99)
    assert [len(fault.stack) for fault in faults] == [MAX_FRAMES] * MAX_FAULTS


HEADINGS = (FATAL, "Current thread 0x1", "Current thread's C stack trace", "Thread 0x1")
FRAME = ("  ", '  File "', '", line ', "3", " in ", "f", '  Binary file "', '"', "/", ", at ")
REST = (": Aborted", "\n", "\n\n", "+0x1", " [0x1]", "\\", "\0", "\u2028", "…")
PIECES = st.sampled_from(HEADINGS + FRAME + REST)


@given(text=st.text() | st.lists(PIECES, max_size=200).map("".join))
def test_any_text_is_answered(text: str) -> None:
    for fault in parse(text):
        assert fault.error in {*ERRORS, STACK_OVERFLOW, FATAL}
        assert all(Path(frame.file).is_absolute() for frame in fault.c_stack)


@pytest.mark.parametrize(
    ("before", "many"),
    [
        ("", '  File "'),
        ('  File "', '", line 1 in '),
        ('  File "/a.py", line ', "1"),
        ('  Binary file "', "/"),
        ('  Binary file "/a", at ', "a"),
        ("", "\n"),
        ("", FATAL),
    ],
)
@pytest.mark.parametrize("heading", ["Current thread 0x1", "Current thread's C stack trace"])
@pytest.mark.timeout(20)
def test_a_long_text_is_read_in_time_that_grows_with_it(
    heading: str, before: str, many: str
) -> None:
    text = before + many * (300_000 // len(many))
    faults = parse(f"{FATAL}: Aborted\n\n{heading}\n{text}\n")
    assert len(faults) == (MAX_FAULTS if many == FATAL else 1)


def test_each_crash_is_told_once(path: Path, start: Callable[[], Found]) -> None:
    start()
    append(path, OLD_FORMAT)
    assert start().faults == (OLD,)
    assert start().faults == ()
    append(path, NEW_FORMAT)
    append(path, OLD_FORMAT)
    assert start().faults == (NEW, OLD)
    assert start().faults == ()


def test_what_was_there_first_is_old(path: Path, start: Callable[[], Found]) -> None:
    append(path, OLD_FORMAT)
    assert start().faults == ()
    append(path, NEW_FORMAT)
    assert start().faults == (NEW,)


def test_a_log_that_comes_and_goes(path: Path, start: Callable[[], Found]) -> None:
    path.unlink()
    assert start() == Found()
    append(path, OLD_FORMAT)
    assert start().faults == ()
    append(path, NEW_FORMAT)
    path.rename(path.with_name("away"))
    assert start() == Found()
    path.with_name("away").rename(path)
    assert start().faults == (NEW,)


def replace(path: Path) -> None:
    """Put another file in the log's place, as an editor does, or a copy to another disk."""
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes())
    copy.replace(path)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "copied": replace,
    "emptied": lambda path: os.truncate(path, 0),
    "cut short": lambda path: os.truncate(path, 30),
    "edited": lambda path: path.write_text(path.read_text().replace("lamp", "lump")),
    "rewritten": lambda path: path.write_text(NEW_FORMAT * 3),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_log_that_is_another_counts_as_old(
    path: Path, start: Callable[[], Found], damage: str
) -> None:
    start()
    append(path, OLD_FORMAT)
    start()
    DAMAGES[damage](path)
    append(path, NEW_FORMAT)
    assert start().faults == ()
    append(path, OLD_FORMAT)
    assert start().faults == (OLD,)


def test_only_the_hosts_user_can_read_the_memory(
    path: Path, memory: Path, start: Callable[[], Found]
) -> None:
    start()
    append(path, OLD_FORMAT)
    start()
    assert memory.stat().st_mode & 0o777 == 0o600
    assert "lamp" not in memory.read_text()


def test_the_log_is_never_touched(path: Path, start: Callable[[], Found]) -> None:
    start()
    append(path, OLD_FORMAT)
    path.chmod(0o444)
    before = path.stat()
    assert start().faults == (OLD,)
    after = path.stat()
    assert path.read_text() == OLD_FORMAT
    assert (after.st_ino, after.st_mtime_ns, after.st_ctime_ns, after.st_mode) == (
        before.st_ino,
        before.st_mtime_ns,
        before.st_ctime_ns,
        before.st_mode,
    )


def test_nothing_new_writes_nothing(path: Path, memory: Path, start: Callable[[], Found]) -> None:
    append(path, OLD_FORMAT)
    start()
    before = memory.stat().st_ino, memory.stat().st_mtime_ns
    start()
    assert (memory.stat().st_ino, memory.stat().st_mtime_ns) == before


def test_what_can_not_be_remembered_is_not_told(
    path: Path, memory: Path, start: Callable[[], Found]
) -> None:
    start()
    append(path, OLD_FORMAT)
    kept = memory.read_bytes()
    # Nothing can be written beside the memory while this is there.
    blocked = memory.with_name(f"{memory.name}.new")
    blocked.mkdir()
    assert start() == Found()
    assert memory.read_bytes() == kept
    blocked.rmdir()
    assert start().faults == (OLD,)


@pytest.mark.parametrize("name", ["path", "memory"])
def test_a_folder_in_the_place_of_a_file_stops_nothing(
    path: Path, memory: Path, start: Callable[[], Found], name: str
) -> None:
    path.unlink()
    {"path": path, "memory": memory}[name].mkdir()
    assert start() == Found()


@pytest.mark.parametrize(
    "change",
    [
        {"size": -1},
        {"size": "0"},
        {"size": 2**60},
        {"size": True},
        {"inode": None},
        {"digest": 1},
        {"more": 1},
        {"padding": "x" * 10_000},
    ],
)
def test_a_memory_that_is_none_of_ours_is_none(
    path: Path, memory: Path, start: Callable[[], Found], change: dict[str, Any]
) -> None:
    start()
    append(path, OLD_FORMAT)
    memory.write_text(json.dumps({**json.loads(memory.read_text()), **change}))
    assert start().faults == ()
    append(path, NEW_FORMAT)
    assert start().faults == (NEW,)


@given(content=st.binary(), remembered=st.binary())
def test_any_bytes_are_answered(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, remembered: bytes
) -> None:
    folder = tmp_path_factory.mktemp("any", numbered=True)
    path, memory = folder / "log", folder / "memory"
    memory.write_bytes(remembered)
    path.write_bytes(content)
    assert FaultLog(path, memory).new().faults == ()
    path.write_bytes(content + FATAL.encode() + b"\xff" + content)
    assert FaultLog(path, memory).new().faults[0].error == FATAL


def test_of_much_that_is_new_the_end_is_read(path: Path, start: Callable[[], Found]) -> None:
    start()
    append(path, OLD_FORMAT + "x" * MAX_NEW + NEW_FORMAT)
    assert start().faults == (NEW,)
    assert start().faults == ()


def test_a_log_beyond_all_bounds_is_left_alone(path: Path, start: Callable[[], Found]) -> None:
    start()
    append(path, OLD_FORMAT)
    os.truncate(path, MAX_BYTES + 1)
    assert start() == Found()
