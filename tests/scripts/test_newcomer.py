"""Being new by `scripts/newcomer`, in a project whose commands say how they were called."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from scripts.readme import ReadmeError, commands, packages
from tests.limits import limited

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PARTS = ("newcomer", "newcomer.py", "python", "readme.py", "spare_machine.py")
TIMEOUT = 60


def test_the_readme_names_two_commands_and_the_packages_that_they_need() -> None:
    assert commands(README) == ["scripts/demo", "scripts/test"]
    assert {"git", "python3"} <= set(packages(README))


@pytest.mark.parametrize(
    "text",
    [
        "# Nothing\n",
        "## Try it\n\n```sh\n# a comment\n```\n",
        "## Try it\n\nLater.\n\n## Next\n\n```sh\nscripts/demo\n```\n`sudo apt install git`\n",
    ],
)
def test_a_readme_without_them_is_told(text: str) -> None:
    with pytest.raises(ReadmeError, match="below '## Try it'"):
        commands(text)
    with pytest.raises(ReadmeError, match="below '## Try it'"):
        packages(text)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make a repository of a project whose commands do nothing but tell their arguments."""
    folder = tmp_path / "a repository"
    (folder / "scripts").mkdir(parents=True)
    for name in PARTS:
        shutil.copy(ROOT / "scripts" / name, folder / "scripts")
    (folder / "README.md").write_text(README)
    for name in ("demo", "test"):
        script = folder / "scripts" / name
        script.write_text(f'#!/bin/sh\necho "{name} got: $*; $(cat left 2>&1)"\ntouch left\n')
        script.chmod(0o755)
    git(folder, "init", "--quiet")
    commit(folder)
    return folder


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    subprocess.run(["git", "-C", folder, *identity, *arguments], check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "A commit to be cloned")


def newcomer(repository: Path, scratch: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [repository / "scripts" / "newcomer", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(scratch)},
        timeout=TIMEOUT,
    )


def test_both_commands_run_in_one_fresh_clone(repository: Path, scratch: Path) -> None:
    (repository / "left").write_text("of the owner's")
    done = newcomer(repository, scratch, "--here")
    assert (done.returncode, done.stderr) == (0, "")
    assert "A commit to be cloned" in done.stdout
    assert "demo got: --once; cat:" in done.stdout
    assert "test got: ; \n" in done.stdout
    assert list(scratch.iterdir()) == []


def test_the_fast_tests_can_be_asked_for(repository: Path, scratch: Path) -> None:
    assert "test got: --fast;" in newcomer(repository, scratch, "--here", "--fast").stdout


def test_each_command_that_fails_is_named(repository: Path, scratch: Path) -> None:
    for name, code in (("demo", 3), ("test", 4)):
        (repository / "scripts" / name).write_text(f"#!/bin/sh\nexit {code}\n")
    commit(repository)
    done = newcomer(repository, scratch, "--here")
    assert done.returncode == 1
    assert "scripts/demo --once ended with code 3. scripts/test ended with code 4." in done.stdout
    assert list(scratch.iterdir()) == []


def test_what_is_no_repository_is_told(repository: Path, scratch: Path) -> None:
    shutil.rmtree(repository / ".git")
    done = newcomer(repository, scratch, "--here")
    assert done.returncode == 1
    assert "A newcomer fails: git: fatal" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_when_it_is_ended(
    repository: Path, scratch: Path, number: signal.Signals
) -> None:
    (repository / "scripts" / "demo").write_text("#!/bin/sh\necho waiting\nexec sleep 600\n")
    commit(repository)
    process = subprocess.Popen(
        [repository / "scripts" / "newcomer", "--here"],
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(scratch)},
        start_new_session=True,
    )
    with process:
        assert process.stdout
        with limited(process, "the demo's word"):
            while process.stdout.readline() != b"waiting\n":
                assert process.poll() is None
        os.killpg(process.pid, number)
        assert process.wait(TIMEOUT) == (130 if number == signal.SIGINT else 128 + number)
    assert list(scratch.iterdir()) == []


def test_a_suite_is_another_machine_than_this_one(repository: Path, scratch: Path) -> None:
    done = newcomer(repository, scratch, "trixie", "--here")
    assert done.returncode == 2
    assert "either a suite or --here" in done.stderr
