"""What `.ci/run` runs, and in which order, with scripts that only tell how they were called."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
SCRIPTS = ("newcomer", "setup", "lint", "test", "demo", "benchmarks")
PROGRAMS = ("apt-get", "chromium-headless-shell")
TELL = '#!/bin/bash\nprintf "%s\\n" "${0##*/} $*" >>"$CALLS"\n'
# Names of which one begins another, as they do in the table.
CHECKED = {
    "demo": ("2025.4", "2026.1", "2026.4", "2026.10", "2026.11"),
    "plugin": ("2025.4", "2026.1", "2026.4", "2026.11"),
    "browser": ("2025.4", "2026.11"),
}
PINS = "tests/scripts/test_environments.py"
# What goes on beside the tests.
BESIDE = ("lint", "demo", "benchmarks")
TESTS_BESIDE = (f"test --host 2026.10 tests/plugin/test_host.py {PINS}",)
NEWCOMERS = """
case "$*" in
  '') echo '== Home Assistant 2025.4'; echo '== Receiver' ;;
  trixie*) echo '== Home Assistant 2026.1' ;;
esac
"""
RECEIVER = "tests/receiver"
KILLS = "tests/receiver/valkey/test_failover.py"
ON_EACH_SQLITE = " ".join(
    f"{RECEIVER}/{name}"
    for name in (
        *("storage", "intake", "publishing", "copying", "test_aggregate.py", "test_clock.py"),
        *("test_doubt.py", "test_start.py", "valkey/test_copying.py"),
    )
)


class Project:
    """A project in a folder, and what was called in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls_file = folder / "calls"

    def script(self, name: str, body: str = "", *, folder: str = "scripts") -> None:
        path = self.folder / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TELL + body)
        path.chmod(0o755)

    def run(self) -> subprocess.CompletedProcess[str]:
        programs = self.folder / "programs"
        environ = {
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "CALLS": str(self.calls_file),
        }
        return subprocess.run(
            [self.folder / ".ci" / "run"], capture_output=True, text=True, check=False, env=environ
        )

    def calls(self) -> list[str]:
        return self.calls_file.read_text().splitlines()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    (project.folder / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "run", project.folder / ".ci")
    for name in SCRIPTS:
        project.script(name)
    for name in PROGRAMS:
        project.script(name, folder="programs")
    cases = "\n".join(
        f"*'--checked {kind}') printf '.venv/%s\\n' {' '.join(hosts)} ;;"
        for kind, hosts in CHECKED.items()
    )
    project.script("setup", f'case "$*" in {cases} esac\n')
    project.script("newcomer", NEWCOMERS)
    for name in (*CHECKED["demo"], "receiver"):
        project.script("python", folder=f".venv/{name}/bin")
    return project


def beside(calls: list[str]) -> list[str]:
    """Return those that go on beside the others."""
    return [call for call in calls if call.startswith(BESIDE) or call in TESTS_BESIDE]


def test_everything_is_tried_once_and_the_newcomer_comes_first(project: Project) -> None:
    done = project.run()
    assert (done.returncode, done.stderr) == (0, "")
    tried = [call for call in project.calls() if not call.startswith(("python", "setup"))]
    assert [call for call in tried if call not in beside(tried)] == [
        "newcomer ",
        "apt-get update -qq",
        "apt-get install -y -qq --no-install-recommends chromium-headless-shell debootstrap",
        "chromium-headless-shell --version",
        "newcomer trixie --fast",
        "test --host 2026.1 -m process tests/plugin",
        "test --host 2026.1 tests/scripts/test_environments.py",
        "test --host 2026.4 tests/plugin tests/scripts/test_environments.py",
        "test --host 2026.11",
        f"test {ON_EACH_SQLITE} {KILLS}",
    ]
    assert beside(tried) == [
        "lint ",
        "demo --once --fresh --port 8124 --host 2026.1",
        "demo --once --fresh --port 8124 --host 2026.4",
        "demo --once --fresh --port 8124 --host 2026.10",
        *TESTS_BESIDE,
        "demo --once --fresh --port 8124 --host 2026.11",
        "demo --once --crash --fresh --port 8124 --host 2026.11",
        "demo --once --cluster --fresh --port 8124 --host 2026.11",
        "benchmarks --smoke",
    ]
    # What they need is there when they begin.
    assert tried.index("lint ") > tried.index("chromium-headless-shell --version")
    assert done.stdout.endswith("=== All passed\n")
    for name in ("Lint", "Demo on Home Assistant 2026.10", "Benchmarks, at their smallest"):
        assert f"\n=== {name}\n" in done.stdout
        assert f" s  {name}\n" in done.stdout


def test_what_the_newcomers_did_not_say_is_tried(project: Project) -> None:
    project.script("newcomer")
    project.run()
    assert "test --host 2025.4" in project.calls()
    assert f"test --host 2026.1 tests/plugin {PINS}" in project.calls()
    assert "test --receiver" in project.calls()
    assert "demo --once --fresh --port 8124 --host 2025.4" in project.calls()


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_fails_ends_it_and_is_named(project: Project, name: str) -> None:
    project.script(name, "exit 7\n")
    done = project.run()
    assert done.returncode == 7
    calls = project.calls()
    aside = beside(calls)
    lanes = (aside, [call for call in calls if call not in aside])
    # Tests are in both, and those that come first end all.
    assert any(lane[-1].startswith(name) for lane in lanes if lane)
    section, told = done.stdout.rpartition("=== How long it took\n")[::2]
    failed = told.strip().splitlines()[-1].removeprefix("=== Failed: ")
    assert f"\n=== {failed}\n" in section
    assert f" s  {failed}\n" in told
    assert "All passed" not in done.stdout


@pytest.mark.parametrize("name", BESIDE)
def test_what_fails_beside_others_is_told_when_the_next_of_them_would_begin(
    project: Project, name: str
) -> None:
    ended = project.folder / "ended"
    project.script(name, f"echo $PPID >{ended}; exit 7\n")
    gone = f"[ -s {ended} ] && ! kill -0 $(cat {ended}) 2>/dev/null"
    # But for the tests that are run beside others themselves.
    project.script("test", f'[ "$2" = 2026.10 ] || until {gone}; do sleep 0.02; done\n')
    done = project.run()
    assert done.returncode == 7
    assert f"test --host 2026.4 tests/plugin {PINS}" not in project.calls()


def test_what_runs_on_each_sqlite_is_there_and_whoever_opens_a_database_is_in_it() -> None:
    named = [ROOT / path for path in ON_EACH_SQLITE.split()]
    assert [path for path in named if not path.exists()] == []
    opens = [
        path
        for path in sorted((ROOT / RECEIVER).rglob("test_*.py"))
        if re.search(r"open_database|Writer\(|sqlite3\.connect", path.read_text())
        and not any(path.is_relative_to(one) for one in named)
    ]
    # What the made-up fleet looks like is the same on all.
    assert [path.name for path in opens] == ["test_fleet.py"]
