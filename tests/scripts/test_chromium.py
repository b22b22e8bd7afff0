"""Where the browser of the tests is found, and how it is got where there is none."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import chromium, environments
from scripts.chromium import ChromiumMissingError

pytestmark = pytest.mark.once

type Program = Callable[..., Path]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Make programs, which are all that is on the PATH."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(environments, "ENVIRONMENTS", tmp_path)

    def program(name: str, body: str = "") -> Path:
        path = folder / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path

    return program


@pytest.fixture
def python(program: Program, tmp_path: Path) -> Path:
    """Return a Python whose Playwright has its own browser where it was told to download it."""
    own = tmp_path / "playwright" / "chrome"
    return program(
        "python",
        f'case "$*" in\n'
        f"*'playwright install'*) echo \"$*\" >{tmp_path}/asked\n"
        f"  [ -e {tmp_path}/offline ] && exit 1\n"
        f"  /bin/mkdir -p {own.parent}; printf '#!/bin/sh\\n' >{own}; /bin/chmod +x {own} ;;\n"
        f"*) echo {own} ;;\n"
        "esac",
    )


def debian(program: Program, tmp_path: Path) -> None:
    """Let apt-get put a browser onto the PATH."""
    program("env", 'shift; exec "$@"')
    target = tmp_path / "programs" / chromium.NAMES[0]
    program(
        "apt-get",
        f"[ $1 = install ] || exit 0\nprintf '#!/bin/sh\\n' >{target}; /bin/chmod +x {target}",
    )


def test_what_is_named_counts_alone(program: Program, python: Path) -> None:
    program("chromium", "")
    mine = program("mine", "")
    assert chromium.find(python, {**os.environ, "CHROMIUM": str(mine)}) == mine
    with pytest.raises(ChromiumMissingError):
        chromium.provide(python, {**os.environ, "CHROMIUM": str(mine) + "-not-there"})


def test_one_that_does_not_start_is_passed_over(program: Program, python: Path) -> None:
    program("chromium", "exit 1")
    works = program("chromium-browser", "")
    assert chromium.find(python, os.environ) == works


def test_debians_is_installed_where_that_is_allowed(
    program: Program, python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    debian(program, tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert chromium.provide(python, os.environ) == tmp_path / "programs" / chromium.NAMES[0]


def test_sudo_that_asks_no_password_will_do(
    program: Program, python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    debian(program, tmp_path)
    program("true")
    program("sudo", '[ $1 = -n ] && shift && exec "$@"')
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert chromium.provide(python, os.environ) == tmp_path / "programs" / chromium.NAMES[0]


def test_else_playwright_downloads_its_own(
    program: Program, python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    debian(program, tmp_path)
    program("sudo", "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert chromium.provide(python, os.environ) == tmp_path / "playwright" / "chrome"
    assert "--with-deps" not in (tmp_path / "asked").read_text()


def test_without_any_the_ways_to_get_it_are_said(python: Path, tmp_path: Path) -> None:
    (tmp_path / "offline").touch()
    with pytest.raises(ChromiumMissingError) as error:
        chromium.provide(python, os.environ)
    assert f"apt-get install {chromium.NAMES[0]}" in str(error.value)
    assert f"{python} -m playwright install" in str(error.value)


def test_playwright_knows_where_its_own_would_be() -> None:
    places = list(chromium._places(Path(sys.executable), {"PATH": ""}))
    assert [place.is_absolute() for place in places] == [True]
