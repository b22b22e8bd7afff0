"""What a run leaves to the next one: lengths, ends in a row, and memory that ran out."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from custom_components.analytics.run.current import Run
from custom_components.analytics.run.fault_log import FaultLog, Found
from custom_components.analytics.run.previous import UNCLEAN, End, Phase, PreviousRun, RunFile
from custom_components.analytics.run.traces import MAX_UNCLEAN, read_kills

CLEAN = (Phase.RUNNING, Phase.STOPPING, Phase.STOPPED)


@dataclass
class Computer:
    """A machine that is booted, and ends programs where memory is short."""

    folder: Path
    now: float = 5_000.0
    wall: float = 1_700_000_000.0

    def __post_init__(self) -> None:
        self.boot("one")
        self.kill(0)

    @property
    def file(self) -> Path:
        return self.folder / "run"

    def boot(self, name: str) -> None:
        """Begin to count from zero."""
        (self.folder / "boot_id").write_text(name)
        self.now = 20.0 if name != "one" else self.now

    def kill(self, number: int) -> None:
        """Let the kernel have ended so many programs since the boot."""
        (self.folder / "vmstat").write_text(f"pgfault 77\noom_kill {number}\nnr_free 5\n")

    def run(self) -> RunFile:
        """Return the file of a run, which has not begun."""
        return RunFile(
            self.file,
            self.folder / "boot_id",
            wall=lambda: self.wall,
            ticks=lambda: self.now,
            vmstat=self.folder / "vmstat",
        )

    def go_through(self, *phases: Phase, each: float = 1.0) -> PreviousRun:
        """Go through a run that takes so long in each phase, and return how the last one ended."""
        run = self.run()
        previous = run.begin()
        for phase in phases:
            self.now += each
            run.mark(phase)
        self.now += each
        return previous


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path)


def test_how_long_a_stop_took_is_known_to_the_next_run(computer: Computer) -> None:
    computer.go_through(*CLEAN, each=17.0)
    assert computer.run().begin().stopped_in == 17.0


def test_a_stop_before_the_machine_was_booted_took_as_long(computer: Computer) -> None:
    computer.go_through(*CLEAN, each=17.0)
    computer.boot("two")
    assert computer.run().begin().stopped_in == 17.0


@pytest.mark.parametrize("phases", [(), CLEAN[:1], CLEAN[:2], (CLEAN[0], Phase.UNLOADED)])
def test_a_stop_that_was_not_over_has_no_length(
    computer: Computer, phases: tuple[Phase, ...]
) -> None:
    computer.go_through(*phases)
    assert computer.run().begin().stopped_in is None


def test_a_run_that_was_killed_lasted_until_the_next_one(computer: Computer) -> None:
    computer.go_through(Phase.RUNNING)
    computer.now += 7_200
    assert computer.run().begin().lasted == 7_202.0


@pytest.mark.parametrize("other", ["two", ""])
def test_of_another_boot_nothing_is_known_that_needs_the_same(
    computer: Computer, other: str
) -> None:
    computer.go_through(Phase.RUNNING)
    (computer.folder / "boot_id").write_text(other)
    computer.kill(9)
    previous = computer.run().begin()
    assert (previous.lasted, previous.ran_out) == (None, None)
    assert previous.unclean == 1


def test_no_jump_of_the_wall_clock_changes_a_length(computer: Computer) -> None:
    run = computer.run()
    run.begin()
    for phase, jump in zip(CLEAN, (4e8, -9e8, 2e7), strict=True):
        computer.wall += jump
        computer.now += 30
        run.mark(phase)
    assert run.lasts == 90.0
    previous = computer.run().begin()
    assert (previous.stopped_in, previous.lasted) == (30.0, 90.0)


def test_a_clock_that_is_behind_is_another_one(computer: Computer) -> None:
    computer.go_through(Phase.RUNNING)
    computer.now = 5_000.5
    assert computer.run().begin().lasted is None


def test_loaded_again_a_run_goes_on(computer: Computer) -> None:
    run = computer.run()
    run.begin()
    for phase in (Phase.RUNNING, Phase.UNLOADED, Phase.RUNNING) * 20:
        computer.now += 1
        run.mark(phase)
    assert run.lasts == 60.0


def test_lengths_are_written_with_phases_and_at_no_other_time(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []
    target = "custom_components.analytics.run.previous.atomic_file.write"
    monkeypatch.setattr(target, lambda _, content: written.append(content))
    run = computer.run()
    run.begin()
    assert run.lasts == 0.0
    for phase in CLEAN:
        run.mark(phase)
    assert len(written) == 1 + len(CLEAN)
    assert max(map(len, written)) < 1024


def test_unclean_ends_are_counted_until_one_is_clean(computer: Computer) -> None:
    computer.go_through(*CLEAN)
    counted = [computer.go_through(Phase.RUNNING).unclean for _ in range(4)]
    assert counted == [0, 1, 2, 3]
    assert computer.go_through(*CLEAN).unclean == 4
    assert computer.go_through().unclean == 0


@pytest.mark.parametrize(
    ("phases", "end"),
    [
        ((), End.CRASHED_AT_START),
        (CLEAN[:1], End.KILLED),
        (CLEAN[:2], End.CRASHED_AT_STOP),
        (CLEAN, End.CLEAN),
        ((Phase.RUNNING, Phase.UNLOADED), End.UNKNOWN),
    ],
)
def test_each_unclean_end_counts_and_an_unknown_one_ends_the_row(
    computer: Computer, phases: tuple[Phase, ...], end: End
) -> None:
    computer.go_through(Phase.RUNNING)
    computer.go_through(*phases)
    previous = computer.run().begin()
    assert previous.end is end
    assert previous.unclean == (2 if end in UNCLEAN else 0)


def test_what_is_forgotten_is_not_counted_by_the_next_run(computer: Computer) -> None:
    for _ in range(3):
        computer.go_through(Phase.RUNNING)
    file = computer.run()
    log = FaultLog(computer.folder / "log", computer.folder / "memory")
    run = Run(file=file, fault_log=log, previous=file.begin(), found=Found())
    assert run.previous.unclean == 3
    assert run.count(False) is True
    assert run.previous.unclean == 0
    assert run.count(False) is False
    file.write()
    assert computer.run().begin().unclean == 1


def test_what_was_before_a_yes_is_not_known_after_it(computer: Computer) -> None:
    computer.go_through(Phase.RUNNING)
    file = computer.run()
    log = FaultLog(computer.folder / "log", computer.folder / "memory")
    run = Run(file=file, fault_log=log, previous=file.begin(), found=Found())
    run.count(False)
    file.mark(Phase.RUNNING)
    computer.now += 100_000
    assert run.lasts == 0.0
    assert run.count(True) is True
    file.write()
    previous = run.previous
    assert (previous.unclean, previous.stopped_in, previous.lasted) == (0, None, None)
    assert previous.ran_out is None
    computer.now += 90
    assert run.lasts == 90.0
    following = computer.run().begin()
    assert (following.unclean, following.lasted) == (1, 90.0)


def test_of_a_stop_that_began_before_the_yes_the_length_is_not_known(computer: Computer) -> None:
    file = computer.run()
    log = FaultLog(computer.folder / "log", computer.folder / "memory")
    run = Run(file=file, fault_log=log, previous=file.begin(), found=Found(), counting=False)
    file.mark(Phase.STOPPING)
    computer.now += 50
    assert run.count(True) is True
    computer.now += 30
    file.mark(Phase.STOPPED)
    previous = computer.run().begin()
    assert (previous.stopped_in, previous.lasted) == (None, 30.0)


def test_who_writes_at_once_loses_no_phase(
    computer: Computer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    run = computer.run()
    run.begin()
    with ThreadPoolExecutor(8) as pool:
        for _ in range(100):
            pool.submit(run.write)
        pool.submit(run.mark, Phase.RUNNING)
    assert caplog.messages == []
    assert [mark.phase for mark in computer.run().begin().marks][-1] is Phase.RUNNING


@pytest.mark.parametrize(
    ("before", "after", "ran_out"), [(0, 0, False), (2, 2, False), (2, 3, True), (3, 0, False)]
)
def test_memory_ran_out_where_the_kernel_ended_a_program_since(
    computer: Computer, before: int, after: int, ran_out: bool
) -> None:
    computer.kill(before)
    computer.go_through(Phase.RUNNING)
    computer.kill(after)
    assert computer.run().begin().ran_out is ran_out


@pytest.mark.parametrize(
    "text", [None, "", "pgfault 5\n", "oom_kill many\n", "oom_kill 9999999999999999999999\n"]
)
def test_a_kernel_that_does_not_count_tells_nothing(computer: Computer, text: str | None) -> None:
    vmstat = computer.folder / "vmstat"
    if text is None:
        vmstat.unlink()
    else:
        vmstat.write_text(text)
    assert read_kills(vmstat) is None
    computer.go_through(Phase.RUNNING)
    assert computer.run().begin().ran_out is None


DAMAGED: tuple[Any, ...] = (None, True, -1, "5", [5], {"starting": "5"}, {"starting": None}, 1e300)


@pytest.mark.parametrize("value", DAMAGED, ids=repr)
@pytest.mark.parametrize("name", ["ticks", "unclean", "kills"])
def test_a_part_that_is_damaged_costs_no_other(computer: Computer, name: str, value: Any) -> None:
    computer.go_through(Phase.RUNNING)
    saved = json.loads(computer.file.read_text())
    computer.file.write_text(json.dumps({**saved, name: value}))
    previous = computer.run().begin()
    assert previous.end is End.KILLED
    assert previous.lasted == (None if name == "ticks" else 2.0)
    assert previous.ran_out is (None if name == "kills" else False)
    assert previous.unclean == 1


def test_a_row_that_somebody_made_up_has_an_end(computer: Computer) -> None:
    computer.go_through(Phase.RUNNING)
    saved = json.loads(computer.file.read_text())
    computer.file.write_text(json.dumps({**saved, "unclean": 2**62}))
    for _ in range(3):
        assert computer.go_through(Phase.RUNNING).unclean == MAX_UNCLEAN + 1
