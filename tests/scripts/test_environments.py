import json
import re
import tomllib
from collections import defaultdict
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import homeassistant.components
import pytest
from homeassistant.const import __short_version__

from scripts import environments
from scripts.environments import (
    BUGSINK,
    HOSTS,
    NODE,
    RECEIVER,
    Checked,
    Host,
    SetupError,
    find_python,
)
from tests.host_first import BORROWED

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
    assert made == [*hosts, RECEIVER.name, NODE.name]
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


def test_node_gets_what_is_locked_and_again_when_that_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = replace(NODE, npm=tmp_path)
    for name in environments.NPM_FILES:
        (tmp_path / name).write_text("{}")
    before = environments.dependencies(node)
    (tmp_path / "package-lock.json").write_text('{"packages": {}}')
    assert environments.dependencies(node) != before
    named = json.loads((environments.ROOT / "scripts/page/package.json").read_text())
    assert all(version[0].isdigit() for version in named["devDependencies"].values())


def groups() -> dict[str, list[Any]]:
    """Return the dependency groups of the project."""
    project = tomllib.loads((environments.ROOT / "pyproject.toml").read_text())
    found: dict[str, list[Any]] = project["dependency-groups"]
    return found


def project_name(requirement: str) -> str:
    """Return the name in a requirement as package indexes write it."""
    [name] = re.findall(r"^[\w.-]+", requirement)
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements_of_manifests() -> dict[str, set[str]]:
    """Return what the manifests of the host that runs this ask for, by name."""
    found = defaultdict(set)
    for place in homeassistant.components.__path__:
        for manifest in Path(place).glob("*/manifest.json"):
            for requirement in json.loads(manifest.read_text()).get("requirements", ()):
                found[project_name(requirement)].add(requirement.rpartition("==")[2])
    return found


def this_host() -> Host:
    [host] = (host for host in HOSTS if host.name == __short_version__)
    return host


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)
def test_every_host_has_a_group_that_pins_it(host: Host) -> None:
    pins = [pin for pin in groups()[host.group] if isinstance(pin, str)]
    assert any(pin.startswith(f"homeassistant=={host.name}.") for pin in pins)


def test_every_group_of_a_host_has_a_row() -> None:
    known = {name for host in HOSTS for name in (host.group, *host.borrowed)}
    assert known == {name for name in groups() if name.startswith("host-")}


def test_pins_are_what_the_manifests_of_this_host_ask_for() -> None:
    asked = requirements_of_manifests()
    pins = [pin for pin in groups()[this_host().group] if isinstance(pin, str) and "==" in pin]
    wrong = {
        pin: versions
        for pin in pins
        if (versions := asked.get(project_name(pin))) and pin.rpartition("==")[2] not in versions
    }
    assert not wrong
    assert any(pin.startswith("home-assistant-frontend==") for pin in pins)


def test_this_host_is_the_one_that_is_pinned() -> None:
    pins = [pin for pin in groups()[this_host().group] if isinstance(pin, str)]
    assert f"homeassistant=={metadata.version('homeassistant')}" in pins


def test_another_hosts_test_package_is_borrowed_where_the_row_says_so() -> None:
    assert this_host().borrows_tests is BORROWED


def test_both_ends_are_checked_in_full() -> None:
    assert {host.name for host in HOSTS if host.checked is Checked.BROWSER} == {
        OLD.name,
        NEW.name,
    }


def test_the_readme_has_the_table_of_hosts() -> None:
    words = {
        Checked.DEMO: "demo",
        Checked.PLUGIN: "demo, tests of the integration",
        Checked.BROWSER: "demo, all tests",
    }
    rows = [
        f"| {host.name} | {' or '.join(reversed(host.pythons))} | {words[host.checked]} |"
        for host in HOSTS
    ]
    readme = (environments.ROOT / "README.md").read_text()
    assert re.findall(r"^\| 20\d\d\.\d+ \|.*$", readme, re.MULTILINE) == rows


def test_the_newest_is_made_whatever_this_machine_has(
    made: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "newest_host", lambda: OLD)
    assert environments.main(["--newest"]) == 0
    assert made == capsys.readouterr().out.split() == [NEW.name]


@pytest.mark.parametrize("checked", Checked)
def test_hosts_are_chosen_by_what_is_checked_on_them(
    made: list[str], capsys: pytest.CaptureFixture[str], checked: Checked
) -> None:
    assert environments.main(["--checked", checked.name.lower()]) == 0
    assert made == [host.name for host in HOSTS if host.checked >= checked]
    assert capsys.readouterr().out.split() == made


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
