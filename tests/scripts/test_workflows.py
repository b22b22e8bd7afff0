"""The workflows try what the project says of itself: README's machines, the table of hosts."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.environments import HOSTS
from scripts.readme import packages

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
README = (ROOT / "README.md").read_text()
# Its python3 is too old to begin with, so there the one that the README asks for has its version.
OLDER = {"ubuntu:22.04"}


def jobs(name: str) -> dict[str, Any]:
    """Return the jobs of a workflow."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text())["jobs"]
    return found


def newcomers() -> list[dict[str, str]]:
    found: list[dict[str, str]] = jobs("test.yml")["newcomer"]["strategy"]["matrix"]["include"]
    return found


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_of_others_are_pinned(workflow: Path) -> None:
    used = re.findall(r"uses: (\S+)", workflow.read_text())
    assert used
    for action in used:
        assert action.startswith("./") or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_scripts_that_are_run_are_there(workflow: Path) -> None:
    for script in re.findall(r"(?<!/)\bscripts/[\w-]+", workflow.read_text()):
        assert (ROOT / script).stat().st_mode & 0o111, script


def test_newcomers_come_to_each_kind_of_machine() -> None:
    images = {"debian:12", "debian:13", "ubuntu:22.04", "ubuntu:24.04"}
    named = {machine["image"] for machine in newcomers()}
    assert images < named
    assert any(image.startswith("fedora:") for image in named)
    assert jobs("test.yml")["macos"]["runs-on"].startswith("macos")


@pytest.mark.parametrize("machine", newcomers(), ids=lambda machine: machine["image"])
def test_newcomers_have_what_the_readme_names(machine: dict[str, str]) -> None:
    installed = machine["install"].partition(" install -y ")[2].split()
    if machine["image"].startswith("fedora:"):
        assert f"`sudo dnf install {' '.join(installed)}`" in README
    elif machine["image"] in OLDER:
        assert f"`{' '.join(installed[1:])}` for the last two" in README
        assert [re.sub(r"^python3\.\d+", "python3", name) for name in installed] == packages(README)
    else:
        assert installed == packages(README)


def test_the_matrix_is_the_table_of_hosts() -> None:
    printed = subprocess.run(
        [ROOT / "scripts" / "python", "-m", "scripts.hosts"],
        capture_output=True,
        check=True,
        cwd=ROOT,
    ).stdout
    assert [row["host"] for row in json.loads(printed)["include"]] == [host.name for host in HOSTS]
    job = jobs("test.yml")["test"]
    assert job["strategy"]["matrix"] == "${{ fromJSON(needs.hosts.outputs.matrix) }}"


def test_a_release_waits_for_everything_else() -> None:
    release = jobs("release.yml")
    called = {job["uses"] for name, job in release.items() if name in release["release"]["needs"]}
    assert called == {"./.github/workflows/test.yml", "./.github/workflows/validate.yml"}
