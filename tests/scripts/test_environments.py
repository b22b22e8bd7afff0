import tomllib
from pathlib import Path

import pytest

from scripts import environments
from scripts.environments import BUGSINK, HOSTS, RECEIVER, Host, SetupError, find_python

OLD, NEW = HOSTS[0], HOSTS[-1]


def make_python(folder: Path, name: str, answer: str) -> Path:
    """Make a program that answers as a Python of that version would, or fails."""
    folder.mkdir(parents=True, exist_ok=True)
    python = folder / name
    python.write_text(f"#!/bin/sh\n{answer}\n")
    python.chmod(0o755)
    return python


def test_a_shim_that_fails_is_passed_over(tmp_path: Path) -> None:
    make_python(
        tmp_path / "shims", "python3.14", "echo 'python3.14: command not found' >&2; exit 127"
    )
    works = make_python(tmp_path / "bin", "python3.14", "echo 3 14 2")
    environ = {"PATH": f"{tmp_path / 'shims'}:{tmp_path / 'bin'}", "HOME": str(tmp_path)}
    assert find_python(NEW, environ) == works


def test_pyenv_is_looked_into_newest_first(tmp_path: Path) -> None:
    for version in ("3.13.0", "3.14.2", "3.14.4"):
        name = f"python{version.rpartition('.')[0]}"
        folder = tmp_path / ".pyenv" / "versions" / version / "bin"
        make_python(folder, name, f"echo {version.replace('.', ' ')}")
    environ = {"PATH": "", "HOME": str(tmp_path)}
    found = find_python(NEW, environ)
    assert found is not None
    assert found.parts[-3] == "3.14.4"


@pytest.mark.parametrize(
    ("host", "version", "fits"),
    [
        (OLD, "3 13 0", True),
        (OLD, "3 12 9", False),
        (OLD, "3 14 2", False),
        (NEW, "3 14 2", True),
        (NEW, "3 14 1", False),
        (NEW, "3 13 9", False),
    ],
)
def test_plain_python3_counts_where_its_version_fits(
    tmp_path: Path, host: Host, version: str, fits: bool
) -> None:
    python = make_python(tmp_path / "bin", "python3", f"echo {version}")
    environ = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}
    assert find_python(host, environ) == (python if fits else None)


def test_bugsink_takes_the_newest_python_that_it_runs_on(tmp_path: Path) -> None:
    for version in ("3.11", "3.13", "3.15"):
        make_python(tmp_path / "bin", f"python{version}", f"echo {version.replace('.', ' ')} 1")
    environ = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}
    assert find_python(BUGSINK, environ) == tmp_path / "bin" / "python3.13"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let nothing be installed, not even Bugsink; return what would have been."""
    names: list[str] = []

    def complete(environment: environments.Environment) -> None:
        if environment is BUGSINK:
            raise SetupError("Bugsink could not be installed, see above.")
        names.append(environment.name)

    monkeypatch.setattr(environments, "ENVIRONMENTS", tmp_path)
    monkeypatch.setattr(environments, "relative", lambda path: path.name)
    monkeypatch.setattr(environments, "complete", complete)
    return names


def test_all_hosts_are_made_though_bugsink_can_not_be(
    made: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert environments.main(["--all"]) == 0
    hosts = [host.name for host in HOSTS]
    assert made == [*hosts, RECEIVER.name]
    captured = capsys.readouterr()
    assert captured.out.split() == hosts
    [line] = captured.err.splitlines()
    assert line.startswith("No Bugsink, so tests that need it will be skipped")


def test_who_asks_for_bugsink_is_told_that_it_can_not_be_made(
    made: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert environments.main(["--bugsink"]) == 1
    assert made == []
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Bugsink could not be installed" in captured.err


def test_the_receiver_needs_what_its_group_pins() -> None:
    project = tomllib.loads((environments.ROOT / "pyproject.toml").read_text())
    pinned = {pin.partition("==")[0] for pin in project["dependency-groups"][RECEIVER.group]}
    needed = {need.partition(">=")[0] for need in project["project"]["dependencies"]}
    assert needed <= pinned


def test_bugsink_is_pinned_and_kept_from_the_hosts() -> None:
    project = tomllib.loads((environments.ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    assert [pin.partition("==")[0] for pin in groups[BUGSINK.group]] == ["bugsink"]
    assert all(BUGSINK.group not in host.groups for host in HOSTS)


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)
def test_every_host_has_a_group_that_pins_it(host: Host) -> None:
    project = tomllib.loads((environments.ROOT / "pyproject.toml").read_text())
    pins = [pin for pin in project["dependency-groups"][host.group] if isinstance(pin, str)]
    assert any(pin.startswith(f"homeassistant=={host.name}.") for pin in pins)


def test_the_digest_follows_the_dependencies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "ROOT", tmp_path)
    project = tmp_path / "pyproject.toml"
    project.write_text('[dependency-groups]\ndev = ["ruff==1"]\n')
    before = environments.dependencies(NEW)
    project.write_text('[dependency-groups]\ndev = ["ruff==1"]\n[tool.ruff]\n')
    assert environments.dependencies(NEW) == before
    project.write_text('[dependency-groups]\ndev = ["ruff==2"]\n')
    assert environments.dependencies(NEW) != before
