import tomllib
from pathlib import Path

import pytest

from scripts import environments
from scripts.environments import HOSTS, Host, find_python

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
