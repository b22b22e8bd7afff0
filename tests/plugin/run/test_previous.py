"""The last run's end: told by what it left behind, whatever state that is in."""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custom_components.analytics.run.previous import (
    MAX_BYTES,
    MAX_MARKS,
    End,
    Mark,
    Phase,
    PreviousRun,
    RunFile,
)
from tests.limits import limited

ROOT = Path(__file__).parents[3]
WHOLE_RUN = (Phase.RUNNING, Phase.STOPPING, Phase.STOPPED)

# Imports once, which takes longer than all else. For each line it has a copy of itself go through a
# run, that says each phase, and waits to be told to go on, or to be killed.
CHILD = """
import json
import os
import sys
from pathlib import Path
from custom_components.analytics.run.previous import Phase, RunFile
while line := sys.stdin.readline():
    if pid := os.fork():
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
        continue
    folder, *phases = json.loads(line)
    run = RunFile(Path(folder, "run"), Path(folder, "boot_id"))
    run.begin()
    print(os.getpid(), flush=True)
    for phase in phases:
        sys.stdin.readline()
        run.mark(Phase(phase))
        print(phase, flush=True)
    sys.stdin.readline()
"""


class Clock:
    """A clock that goes on by a second whenever it is looked at."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def boot(tmp_path: Path) -> Path:
    """Return a file that says which boot the machine is in."""
    path = tmp_path / "boot_id"
    path.write_text("one\n")
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the file of phases lies."""
    return tmp_path / "run"


def end_after(path: Path, boot: Path, *phases: Phase) -> PreviousRun:
    """Go through a run, and return what the next one is told."""
    run = RunFile(path, boot, Clock())
    run.begin()
    for phase in phases:
        run.mark(phase)
    return RunFile(path, boot).begin()


@pytest.fixture(scope="module")
def child() -> Iterator[subprocess.Popen[str]]:
    """Run a process whose copies go through runs."""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    ) as process:
        yield process
        process.kill()


def kill_at(child: subprocess.Popen[str], folder: Path, *phases: Phase) -> None:
    """Let a copy go through phases, and kill it in the last."""
    assert child.stdin is not None
    assert child.stdout is not None
    with limited(child, "a phase of the run"):
        print(json.dumps([str(folder), *phases]), file=child.stdin, flush=True)
        pid = int(child.stdout.readline())
        for phase in phases:
            print(file=child.stdin, flush=True)
            assert child.stdout.readline() == f"{phase}\n"
        os.kill(pid, signal.SIGKILL)
        assert int(child.stdout.readline()) == -signal.SIGKILL


KILLED = [
    ((), End.CRASHED_AT_START),
    ((Phase.RUNNING,), End.KILLED),
    ((Phase.RUNNING, Phase.STOPPING), End.CRASHED_AT_STOP),
    (WHOLE_RUN, End.CLEAN),
    ((Phase.RUNNING, Phase.UNLOADED), End.UNKNOWN),
]


@pytest.mark.parametrize(("phases", "end"), KILLED)
def test_a_killed_process_is_told_by_its_phase(
    child: subprocess.Popen[str],
    tmp_path: Path,
    path: Path,
    boot: Path,
    phases: tuple[Phase, ...],
    end: End,
) -> None:
    kill_at(child, tmp_path, *phases)
    previous = RunFile(path, boot).begin()
    assert previous.end == end
    assert [mark.phase for mark in previous.marks] == [Phase.STARTING, *phases]


def test_the_first_run_has_none_before_it(path: Path, boot: Path) -> None:
    assert RunFile(path, boot).begin() == PreviousRun(end=End.FIRST, marks=())


def test_the_marks_have_their_times(path: Path, boot: Path) -> None:
    previous = end_after(path, boot, *WHOLE_RUN)
    assert previous.end is End.CLEAN
    assert previous.marks == (
        Mark(phase=Phase.STARTING, time=1001.0),
        Mark(phase=Phase.RUNNING, time=1002.0),
        Mark(phase=Phase.STOPPING, time=1003.0),
        Mark(phase=Phase.STOPPED, time=1004.0),
    )


def test_the_version_that_ran_is_known_to_the_next_run(path: Path, boot: Path) -> None:
    RunFile(path, boot, version="2025.4.4").begin()
    second = RunFile(path, boot, version="2026.10.4")
    assert second.begin().version == "2025.4.4"
    second.mark(Phase.RUNNING)
    assert RunFile(path, boot).begin().version == "2026.10.4"
    assert RunFile(path, boot).begin().version is None


@pytest.mark.parametrize("version", [None, "", 7, ["2025.4.4"], "x" * 101])
def test_a_version_that_is_none_is_unknown(path: Path, boot: Path, version: object) -> None:
    path.write_text(json.dumps({**GOOD, "version": version}))
    previous = RunFile(path, boot).begin()
    assert (previous.end, previous.version) == (End.KILLED, None)


def test_the_folder_may_not_be_there_yet(tmp_path: Path, boot: Path) -> None:
    path = tmp_path / "new" / "run"
    assert end_after(path, boot, Phase.RUNNING).end == End.KILLED


def test_only_the_last_run_is_told(path: Path, boot: Path) -> None:
    end_after(path, boot, *WHOLE_RUN)
    assert RunFile(path, boot).begin().end == End.CRASHED_AT_START


@pytest.mark.parametrize(
    ("phases", "end"),
    [
        ((), End.POWER_LOSS),
        ((Phase.RUNNING,), End.POWER_LOSS),
        ((Phase.RUNNING, Phase.STOPPING), End.POWER_LOSS),
        (WHOLE_RUN, End.CLEAN),
        ((Phase.RUNNING, Phase.UNLOADED), End.UNKNOWN),
    ],
)
def test_another_boot_without_a_stop_is_a_power_loss(
    path: Path, boot: Path, phases: tuple[Phase, ...], end: End
) -> None:
    end_after(path, boot)
    run = RunFile(path, boot)
    assert run.begin().end == End.CRASHED_AT_START
    for phase in phases:
        run.mark(phase)
    boot.write_text("two\n")
    assert RunFile(path, boot).begin().end == end


@pytest.mark.parametrize("missing", ["before", "after"])
def test_a_machine_that_does_not_say_its_boot_tells_no_power_loss(
    tmp_path: Path, path: Path, boot: Path, missing: str
) -> None:
    nowhere = tmp_path / "nowhere"
    run = RunFile(path, nowhere if missing == "before" else boot)
    run.begin()
    run.mark(Phase.RUNNING)
    assert RunFile(path, nowhere if missing == "after" else boot).begin().end == End.KILLED


def test_set_up_again_after_an_unload_it_runs(path: Path, boot: Path) -> None:
    previous = end_after(path, boot, Phase.RUNNING, Phase.UNLOADED, Phase.RUNNING)
    assert previous.end == End.KILLED


def test_the_marks_are_bounded(path: Path, boot: Path) -> None:
    previous = end_after(path, boot, *[Phase.RUNNING, Phase.UNLOADED] * 500)
    assert [mark.phase for mark in previous.marks] == [Phase.RUNNING, Phase.UNLOADED] * (
        MAX_MARKS // 2
    )
    assert previous.end == End.UNKNOWN
    assert path.stat().st_size < MAX_BYTES


@pytest.mark.parametrize("before", [None, 0o644])
def test_only_the_hosts_user_can_read_it(path: Path, boot: Path, before: int | None) -> None:
    if before:
        for name in (path, path.with_name("run.new")):
            name.touch(before)
    RunFile(path, boot).begin()
    assert "starting" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(path.parent.glob("run*")) == [path]


GOOD: dict[str, Any] = {"boot_id": "one", "marks": [["running", 1.5]]}
BAD_MARKS: tuple[Any, ...] = (
    [],
    {},
    "running",
    7,
    None,
    ["running"],
    [["running"]],
    [["running", 1, 2]],
    [["running", "1"]],
    [["running", True]],
    [["running", None]],
    [["walking", 1]],
    [[["running"], 1]],
)


BAD = (
    b"",
    b"\xff\x00",
    b"null",
    b"[]",
    b"{}",
    b"[" * 10_000,
    b'{"boot_id": "one", "marks": [["running", 1e999]]}',
    json.dumps({**GOOD, "padding": "x" * MAX_BYTES}).encode(),
    *(json.dumps({**GOOD, "marks": marks}).encode() for marks in BAD_MARKS),
    *(json.dumps({**GOOD, "boot_id": boot_id}).encode() for boot_id in (None, 1, ["one"])),
)


@pytest.mark.parametrize("content", BAD, ids=lambda content: repr(content[:60]))
def test_a_file_that_is_none_of_ours_is_unknown(path: Path, boot: Path, content: bytes) -> None:
    path.write_bytes(content)
    run = RunFile(path, boot)
    assert run.begin() == PreviousRun(end=End.UNKNOWN, marks=())
    run.mark(Phase.RUNNING)
    assert RunFile(path, boot).begin().end == End.KILLED


def test_the_same_file_without_damage_is_read(path: Path, boot: Path) -> None:
    path.write_text(json.dumps(GOOD))
    mark = Mark(phase=Phase.RUNNING, time=1.5)
    assert RunFile(path, boot).begin() == PreviousRun(end=End.KILLED, marks=(mark,), unclean=1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(list(Phase)),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["boot_id", "marks"]), inner),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary() | JSON.map(json.dumps).map(str.encode))
def test_any_content_is_answered(path: Path, boot: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert RunFile(path, boot).begin().end in End
    assert RunFile(path, boot).begin().end == End.CRASHED_AT_START


@pytest.mark.parametrize("name", ["pipe", "folder", "link"])
def test_what_is_no_file_is_unknown(path: Path, boot: Path, name: str) -> None:
    if name == "pipe":
        os.mkfifo(path)
    elif name == "folder":
        path.mkdir()
    else:
        path.symlink_to("nowhere")
    assert RunFile(path, boot).begin().end == End.UNKNOWN


def test_a_disk_that_can_not_be_written_stops_nothing_and_is_told_once(
    tmp_path: Path, boot: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    path = tmp_path / "run"
    path.mkdir()
    (path / "in the way").touch()
    run = RunFile(path, boot)
    run.begin()
    run.mark(Phase.RUNNING)
    [record] = [found for found in caplog.records if "can't be written" in found.getMessage()]
    assert record.levelno == logging.INFO
    assert str(tmp_path) not in record.getMessage()
    assert sorted(tmp_path.glob("run*")) == [path]
